using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>A delivery that waits, as far as ending it needs to know it.</summary>
internal sealed record WaitingDelivery(
    long Id, long MessageId, DateTimeOffset AcceptedAt, long Size, MailAddress? Sender, MailAddress Recipient, string OriginalRecipient,
    Notify Notify, string EnvelopeId, bool ReturnsHeaders, string Reply, string Reason, string Remote)
{
    /// <summary>What it ends with when its time is over.</summary>
    public AttemptOutcome.Bounced Expired() => new(
        "4.4.7",
        Reply,
        Reason.Length > 0 ? $"Not delivered in time. The last attempt: {Reason}" : "Not delivered in time; no attempt was possible.",
        Remote);

    public ReportItem ToReport(AttemptOutcome outcome, string note) => new()
    {
        DeliveryId = Id,
        MessageId = MessageId,
        AcceptedAt = AcceptedAt,
        Size = Size,
        Sender = Sender!,
        EnvelopeId = EnvelopeId,
        ReturnsHeaders = ReturnsHeaders,
        Recipient = Recipient,
        OriginalRecipient = OriginalRecipient,
        Outcome = outcome,
        Note = note,
    };
}

/// <summary>Reads and locks deliveries that wait.</summary>
internal static class WaitingDeliveries
{
    private const string Columns =
        """
        select d.id, d.message_id, d.accepted_at, m.size, d.sender, d.recipient, d.original_recipient, d.notify,
               m.envelope_id, m.returns_headers, d.reply, d.reason, d.remote
          from delivery d join message m on m.id = d.message_id and m.accepted_at = d.accepted_at
        """;

    /// <summary>Those of the given ids that are in one of the states, locked until the transaction ends.</summary>
    public static async Task<IReadOnlyList<WaitingDelivery>> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<long> ids, IReadOnlyList<DeliveryState> states, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"{Columns} where d.id = any($1) and d.state = any($2::delivery_state[]) order by d.id for update of d", connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        command.Parameters.Add(new() { Value = states.Select(state => state.ToSql()).ToArray() });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Queued deliveries past their age, locked; those another process is ending are passed over.</summary>
    public static async Task<IReadOnlyList<WaitingDelivery>> LockExpiredAsync(NpgsqlConnection connection, int most, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"{Columns} where d.state = 'queued' and d.expires_at < now() order by d.id limit $1 for update of d skip locked", connection);
        command.Parameters.Add(new() { Value = most });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The states of the given deliveries, live or final.</summary>
    public static async Task<Dictionary<long, DeliveryState>> StatesAsync(
        NpgsqlConnection connection, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select id, state::text from delivery where id = any($1) union all select id, state::text from delivery_history where id = any($1)",
            connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<long, DeliveryState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            states[reader.GetInt64(0)] = DeliveryStateText.Parse(reader.GetString(1));
        }

        return states;
    }

    private static async Task<IReadOnlyList<WaitingDelivery>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<WaitingDelivery>();
        while (await row.ReadAsync(cancellationToken))
        {
            var sender = row.GetString(4);
            found.Add(new WaitingDelivery(
                row.GetInt64(0),
                row.GetInt64(1),
                row.GetFieldValue<DateTimeOffset>(2),
                row.GetInt64(3),
                sender.Length == 0 ? null : MailAddress.Parse(sender),
                MailAddress.Parse(row.GetString(5)),
                row.GetString(6),
                (Notify)row.GetInt16(7),
                row.GetString(8),
                row.GetBoolean(9),
                row.GetString(10),
                row.GetString(11),
                row.GetString(12)));
        }

        return found;
    }
}
