using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class PartitionKeeperTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private PartitionKeeper Keeper => new(database.DataSource);

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Makes_what_is_missing_and_then_nothing()
    {
        (await Keeper.RunOnceAsync(20, default)).ShouldBe(new PartitionRound(19, 0)); // today and tomorrow exist
        (await Keeper.RunOnceAsync(20, default)).ShouldBe(new PartitionRound(0, 0));

        (await NumberAsync("select count(*) from pg_inherits where inhparent = 'ledger'::regclass")).ShouldBe(22);
    }

    [Fact]
    public async Task A_day_of_which_one_table_is_missing_is_completed()
    {
        await RunAsync("do $$ begin execute 'drop table ledger_' || to_char(now() at time zone 'UTC', 'YYYYMMDD'); end $$");

        (await Keeper.RunOnceAsync(0, default)).DaysMade.ShouldBe(1);

        (await NumberAsync("select count(*) from pg_inherits where inhparent = 'ledger'::regclass")).ShouldBe(3);
    }

    [Fact]
    public async Task Rows_that_fell_into_the_net_move_to_their_day()
    {
        await RunAsync(
            """
            insert into message (id, accepted_at, last_id, source, sender, size)
              select n, date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + make_interval(days => 3, secs => 86399 * (n - 1)), n, 's', '', 1
                from generate_series(1, 2) as n;
            insert into message (id, accepted_at, last_id, source, sender, size) values (9, now() + interval '900 days', 9, 's', '', 1);
            insert into ledger (day, batch, deliveries) values ((now() at time zone 'UTC')::date + 3, gen_random_uuid(), 1)
            """);

        (await Keeper.RunOnceAsync(5, default)).ShouldBe(new PartitionRound(4, 3));

        (await NumberAsync("select count(*) from message")).ShouldBe(3);
        (await NumberAsync("select count(*) from message_default")).ShouldBe(1);
        (await NumberAsync("select count(*) from ledger_default")).ShouldBe(0);
    }

    [Fact]
    public async Task Mail_that_holds_a_table_is_not_waited_for_without_end()
    {
        await using var mail = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await mail.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("lock table message in row exclusive mode", mail);
        await hold.ExecuteNonQueryAsync();

        (await Should.ThrowAsync<PostgresException>(() => Keeper.RunOnceAsync(3, default))).SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);

        await transaction.RollbackAsync();
        (await Keeper.RunOnceAsync(3, default)).DaysMade.ShouldBe(2);
    }

    private async Task RunAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> NumberAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
