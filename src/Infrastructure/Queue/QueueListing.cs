using System.Data.Common;
using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>Which deliveries are listed. Empty filters do not narrow.</summary>
/// <param name="States">Empty: everything that waits. Final states look into the history.</param>
/// <param name="Connector">Whole name.</param>
/// <param name="Recipient">A part of it, without case; also as the sender wrote it.</param>
/// <param name="Sender">A part of it, without case.</param>
public sealed record QueueListingFilter(IReadOnlyList<DeliveryState> States, string Connector, string Recipient, string Sender, int Limit);

/// <summary>A delivery as it stands in the queue or the history. Instants and ids that do not apply are null.</summary>
public sealed record ListedDelivery(
    long Id,
    long MessageId,
    DeliveryState State,
    string Connector,
    string Destination,
    string Sender,
    string Recipient,
    string OriginalRecipient,
    string Subject,
    long Size,
    bool IsReport,
    int Attempts,
    bool MayRepeat,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? FirstAttemptAt,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? DueAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? FinishedAt,
    string Status,
    string Reply,
    string Reason,
    string Remote,
    string Report,
    long? ReportId);

/// <summary>One thing that happened to a delivery.</summary>
/// <param name="Actor">The operator who acted; empty when Postern did.</param>
public sealed record DeliveryStep(
    DateTimeOffset At, string Kind, int Attempt, string Status, string Reply, string Reason, string Remote, string Actor);

/// <summary>Lists deliveries for the command line: a filter, a limit, and everything that is known of one.</summary>
public sealed class QueueListing(NpgsqlDataSource database)
{
    private const string Common =
        """
        d.id, d.message_id, d.state::text, coalesce(c.name, ''), d.destination, d.sender, d.recipient, d.original_recipient, d.subject,
               d.size, d.is_report, d.attempts, d.may_repeat, d.accepted_at, d.first_attempt_at, d.last_attempt_at
        """;

    private const string LiveSql =
        $"""
        -- deliveries that wait, oldest first
           select {Common}, d.due_at, d.expires_at, null::timestamptz, d.status, d.reply, d.reason, d.remote, '', null::bigint
             from delivery d left join connector c on c.id = d.connector_id
        """;

    private const string HistorySql =
        $"""
        -- deliveries that have ended
           select {Common}, null::timestamptz, null::timestamptz, d.finished_at, d.status, d.reply, d.reason, d.remote, d.report, d.report_id
             from delivery_history d left join connector c on c.id = d.connector_id
        """;

    private const string Filter =
        """

            where d.state = any($1::delivery_state[])
              and ($2 = '' or c.name = $2)
              and ($3 = '' or strpos(lower(d.recipient), lower($3)) > 0 or strpos(lower(d.original_recipient), lower($3)) > 0)
              and ($4 = '' or strpos(lower(d.sender), lower($4)) > 0)
        """;

    private static readonly DeliveryState[] Waiting = [.. Enum.GetValues<DeliveryState>().Where(state => !DeliveryTransitions.IsFinal(state))];

    /// <summary>What matches: what waits first, oldest first, then what has ended, newest first.</summary>
    public async Task<IReadOnlyList<ListedDelivery>> ListAsync(QueueListingFilter filter, CancellationToken cancellationToken)
    {
        var states = filter.States.Count > 0 ? filter.States : Waiting;
        var found = new List<ListedDelivery>();
        if (states.Any(state => !DeliveryTransitions.IsFinal(state)))
        {
            found.AddRange(await ReadAsync($"{LiveSql}{Filter} order by d.id limit $5", states, filter, filter.Limit, cancellationToken));
        }

        if (states.Any(DeliveryTransitions.IsFinal) && found.Count < filter.Limit)
        {
            found.AddRange(await ReadAsync(
                $"{HistorySql}{Filter} order by d.accepted_at desc, d.id desc limit $5", states, filter, filter.Limit - found.Count, cancellationToken));
        }

        return found;
    }

    /// <summary>One delivery; null when there is none of this id.</summary>
    public async Task<ListedDelivery?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{LiveSql} where d.id = $1 union all {HistorySql} where d.id = $1 limit 1");
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    /// <summary>What happened to it beyond its acceptance and a success at the first try, in order.</summary>
    public async Task<IReadOnlyList<DeliveryStep>> StepsAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- the life of one delivery
              select at, kind, attempt, status, reply, reason, remote, actor from delivery_event where delivery_id = $1 order by at, attempt
            """);
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var steps = new List<DeliveryStep>();
        while (await row.ReadAsync(cancellationToken))
        {
            steps.Add(new DeliveryStep(
                row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
                row.GetString(7)));
        }

        return steps;
    }

    private async Task<List<ListedDelivery>> ReadAsync(
        string sql, IReadOnlyList<DeliveryState> states, QueueListingFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = states.Select(state => state.ToSql()).ToArray() });
        command.Parameters.Add(new() { Value = Storable.Text(filter.Connector) });
        command.Parameters.Add(new() { Value = Storable.Text(filter.Recipient) });
        command.Parameters.Add(new() { Value = Storable.Text(filter.Sender) });
        command.Parameters.Add(new() { Value = limit });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ListedDelivery>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(Read(row));
        }

        return found;
    }

    private static ListedDelivery Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), Enum.Parse<DeliveryState>(row.GetString(2), ignoreCase: true), row.GetString(3), row.GetString(4), row.GetString(5),
        row.GetString(6), row.GetString(7), row.GetString(8), row.GetInt64(9), row.GetBoolean(10), row.GetInt32(11), row.GetBoolean(12),
        row.GetFieldValue<DateTimeOffset>(13), Instant(row, 14), Instant(row, 15), Instant(row, 16), Instant(row, 17), Instant(row, 18),
        row.GetString(19), row.GetString(20), row.GetString(21), row.GetString(22), row.GetString(23),
        row.IsDBNull(24) ? null : row.GetInt64(24));

    private static DateTimeOffset? Instant(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
