using System.Globalization;

namespace Postern.Infrastructure.Database;

public sealed partial class PartitionKeeper
{
    // Two keepers at once would lock the tables in turns and stop each other. The number is this act's name.
    private const string TakeTurn = "select pg_advisory_xact_lock(7205001)";

    // Mail waits behind us while we wait for the lock: better to come back later.
    private const string LimitLockWait = "set local lock_timeout = '3s'";

    // The five tables of a day; the schema's own function knows what they are made of.
    private const string MakeDay = "select queue_partitions($1)";

    // Days from today on, by the database's clock, of which any table has no partition yet.
    private const string FindMissingDays =
        """
          select day::date
            from generate_series((now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + $1, interval '1 day') as day
           where exists (
                   select from unnest(array['message', 'message_content', 'delivery_history', 'delivery_event', 'ledger']) as parent
                    where to_regclass(parent || '_' || to_char(day, 'YYYYMMDD')) is null)
        order by day
        """;

    private static readonly (string Table, string Column)[] Partitioned =
    [
        ("message", "accepted_at"), ("message_content", "accepted_at"), ("delivery_history", "accepted_at"),
        ("delivery_event", "accepted_at"), ("ledger", "day"),
    ];

    // Is there anything of the day in the net?
    private static string HasStrayRows(string table, string column, DateOnly day) =>
        $"select exists (select from {table}_default where {OfDay(column, day)})";

    // Nothing may be added to the net between the copy and the new partition, hence the lock.
    private static string SetAside(string table, string column, DateOnly day) =>
        $"""
        lock table {table}_default in access exclusive mode;
        create temporary table {table}_aside on commit drop as select * from {table}_default where {OfDay(column, day)};
        delete from {table}_default where {OfDay(column, day)}
        """;

    private static string PutBack(string table) => $"insert into {table} select * from {table}_aside";

    // Bounds are literals: lock table takes no parameters, and so neither does its batch.
    private static string OfDay(string column, DateOnly day) => column == "day"
        ? $"day = '{Iso(day)}'"
        : $"{column} >= '{Iso(day)} 00:00:00+00' and {column} < '{Iso(day.AddDays(1))} 00:00:00+00'";

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
