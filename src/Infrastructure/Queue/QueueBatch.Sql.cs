using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Mime;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

public sealed partial class QueueBatch
{
    // A text in one piece: rows of arrays of different length cannot be unnested. No name holds a line end.
    private const int LongestNames = 4_000;

    private const string InsertMessages =
        """
        -- accepted messages; returns the instant of acceptance, which is the transaction's
        insert into message (id, last_id, accepted_at, source, peer, sender, header_id, subject, size, is_report, report_of,
                             is_8bit, is_utf8, returns_headers, envelope_id, hops, notes, answers, attachments)
             select id, last_id, coalesce(accepted_at, now()), source, peer, sender, header_id, subject, size, is_report, report_of,
                    is_8bit, is_utf8, returns_headers, envelope_id, hops, notes::jsonb, answers, string_to_array(nullif(attachments, ''), chr(10))
               from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
                 as m (id, last_id, accepted_at, source, peer, sender, header_id, subject, size, is_report, report_of,
                       is_8bit, is_utf8, returns_headers, envelope_id, hops, notes, answers, attachments)
        """;

    private const string InsertContents =
        """
        -- content of small messages, one chunk each
        insert into message_content (message_id, chunk, accepted_at, data)
             select id, 0, now(), data from unnest($1, $2) as c (id, data)
        """;

    private const string InsertDeliveries =
        """
        -- deliveries; those of a worker of this process are born leased and never seen by claim
        insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient,
                              original_recipient, recipient_class, notify, sender, subject, size, is_report, state,
                              due_at, expires_at, route_version, leased_by, leased_until)
             select id, message_id, last_id, transfer_id, coalesce(accepted_at, now()), connector_id, destination, recipient,
                    original_recipient, recipient_class, notify, sender, subject, size, is_report, state::delivery_state,
                    coalesce(accepted_at, now()), coalesce(accepted_at, now()) + expiry, route_version,
                    case state when 'leased' then $19 end, case state when 'leased' then now() + $20 end
               from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                 as d (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient,
                       original_recipient, recipient_class, notify, sender, subject, size, is_report, state,
                       expiry, route_version)
        """;

    private const string InsertFailed =
        """
        -- recipients of a pickup that nothing leads to: accepted and bounced at once
        with failed as (
          insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient,
                                        sender, subject, size, is_report, state, attempts, route_version, finished_at,
                                        status, reason, report, report_id)
               select id, message_id, last_id, id, coalesce(accepted_at, now()), 0, '', recipient,
                      sender, subject, size, is_report, 'bounced', 0, route_version, now(),
                      status, reason, report, report_id
                 from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                   as f (id, message_id, last_id, accepted_at, recipient, sender, subject, size, is_report, route_version,
                         status, reason, report, report_id)
            returning id, accepted_at, reason, status),
        noted as (
          insert into delivery_event (delivery_id, accepted_at, at, kind, status, reason)
               select id, accepted_at, now(), 'bounced', status, reason from failed)
        insert into ledger (day, batch, outcome, deliveries, ids)
             select (accepted_at at time zone 'UTC')::date, $15, 'bounced', count(*), array_agg(id)
               from failed group by 1
        """;

    private const string InsertLedger =
        """
        -- what this transaction accepted: every id of a range belongs to it
        insert into ledger (day, batch, source, deliveries, messages, first_id, last_id)
             select (coalesce(accepted_at, now()) at time zone 'UTC')::date, $7, source, deliveries, messages, first_id, last_id
               from unnest($1, $2, $3, $4, $5, $6) as l (accepted_at, source, deliveries, messages, first_id, last_id)
        """;

    private const string InsertIdentities =
        """
        -- which message of which file each one was; a second acceptance fails here
        insert into pickup_identity (source, file_id, ordinal, message_id, accepted_at)
             select source, file_id, ordinal, message_id, coalesce(accepted_at, now())
               from unnest($1, $2, $3, $4, $5) as p (source, file_id, ordinal, message_id, accepted_at)
        """;

    /// <summary>The statements that store this batch; one round trip, one transaction, last result the instant of acceptance.</summary>
    public void AppendTo(NpgsqlBatch batch, long workerId, TimeSpan lease)
    {
        AppendMessages(batch);
        var inline = messages.Where(m => m.StoredAt is null).ToArray();
        if (inline.Length > 0)
        {
            var data = new NpgsqlParameter<ReadOnlyMemory<byte>[]>
            {
                TypedValue = [.. inline.Select(m => m.Message.Content.Memory)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            };
            Append(batch, InsertContents, Ids(inline, m => m.Id), data);
        }

        AppendDeliveries(batch, workerId, lease);
        AppendFailed(batch);
        AppendLedger(batch);
        AppendIdentities(batch);
        Append(batch, "select now()");
    }

    private void AppendMessages(NpgsqlBatch batch) => Append(
        batch,
        InsertMessages,
        Ids(messages, m => m.Id),
        Ids(messages, m => m.LastId),
        Times(messages, m => m.StoredAt),
        Texts(messages, m => m.Message.Source),
        Texts(messages, m => Storable.Text(m.Message.Peer)),
        Texts(messages, m => Storable.Text(m.Message.Sender?.ToString() ?? "")),
        Texts(messages, m => Storable.Text(HeaderIds.Bare(m.Message.HeaderId))),
        Texts(messages, m => Storable.Text(m.Message.Subject, Storable.SubjectLimit)),
        Ids(messages, m => m.Message.Content.Length),
        Values(messages, m => m.Message.IsReport),
        new NpgsqlParameter<long?[]> { TypedValue = [.. messages.Select(m => m.Message.ReportOf)] },
        Values(messages, m => m.Message.Is8Bit),
        Values(messages, m => m.Message.IsUtf8),
        Values(messages, m => m.Message.ReturnsHeaders),
        Texts(messages, m => Storable.Text(m.Message.EnvelopeId)),
        Values(messages, m => m.Message.Hops),
        new NpgsqlParameter<string?[]> { TypedValue = [.. messages.Select(m => m.Message.Notes)] },
        Texts(messages, m => Storable.Text(HeaderIds.Bare(m.Message.Answers))),
        Texts(messages, m => m.Message.Attachments.Count == 0 ? "" : Storable.Text(string.Join('\n', m.Message.Attachments), LongestNames)));

    private void AppendDeliveries(NpgsqlBatch batch, long workerId, TimeSpan lease)
    {
        var rows = messages.SelectMany(m => m.Deliveries, (m, d) => (Message: m, Delivery: d)).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        Append(
            batch,
            InsertDeliveries,
            Ids(rows, r => r.Delivery.Id),
            Ids(rows, r => r.Message.Id),
            Ids(rows, r => r.Message.LastId),
            Ids(rows, r => r.Delivery.TransferId),
            Times(rows, r => r.Message.StoredAt),
            Ids(rows, r => r.Delivery.Recipient.Route.Connector.Id),
            Texts(rows, r => r.Delivery.Recipient.Route.Destination),
            Texts(rows, r => Storable.Text(r.Delivery.Recipient.Route.Target.ToString())),
            Texts(rows, r => Storable.Text(r.Delivery.Recipient.OriginalRecipient)),
            Values(rows, r => (short)r.Delivery.Recipient.Class),
            Values(rows, r => (short)r.Delivery.Recipient.Notify),
            Texts(rows, r => Storable.Text(r.Message.Message.Sender?.ToString() ?? "")),
            Texts(rows, r => Storable.Text(r.Message.Message.Subject, Storable.SubjectLimit)),
            Ids(rows, r => r.Message.Message.Content.Length),
            Values(rows, r => r.Message.Message.IsReport),
            Texts(rows, r => StateOf(r.Message).ToSql()),
            Values(rows, r => r.Message.Expiry),
            Ids(rows, r => r.Message.RouteVersion),
            new NpgsqlParameter<long> { TypedValue = workerId },
            new NpgsqlParameter<TimeSpan> { TypedValue = lease });
    }

    private static DeliveryState StateOf(AssignedMessage message) => message switch
    {
        { IsBornLeased: true } => DeliveryState.Leased,
        { IsBornQuarantined: true } => DeliveryState.Quarantined,
        _ => DeliveryState.Queued,
    };

    private void AppendFailed(NpgsqlBatch batch)
    {
        var rows = messages.SelectMany(m => m.Message.Failed.Select((f, i) => (Message: m, Failed: f, Id: m.FirstFailedId + i))).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        Append(
            batch,
            InsertFailed,
            Ids(rows, r => r.Id),
            Ids(rows, r => r.Message.Id),
            Ids(rows, r => r.Message.LastId),
            Times(rows, r => r.Message.StoredAt),
            Texts(rows, r => Storable.Text(r.Failed.Address.ToString())),
            Texts(rows, r => Storable.Text(r.Message.Message.Sender?.ToString() ?? "")),
            Texts(rows, r => Storable.Text(r.Message.Message.Subject, Storable.SubjectLimit)),
            Ids(rows, r => r.Message.Message.Content.Length),
            Values(rows, r => r.Message.Message.IsReport),
            Ids(rows, r => r.Message.RouteVersion),
            Texts(rows, r => r.Failed.Status),
            Texts(rows, r => Storable.Text(r.Failed.Reason)),
            Texts(rows, r => ReportOf(r.Message) is null ? "no sender" : "sent"),
            new NpgsqlParameter<long?[]> { TypedValue = [.. rows.Select(r => ReportOf(r.Message))] },
            new NpgsqlParameter<Guid> { TypedValue = Id });
    }

    private long? ReportOf(AssignedMessage message) => messages.Find(m => m.Message.ReportOf == message.Id)?.Id;

    private void AppendLedger(NpgsqlBatch batch)
    {
        var rows = new List<(AssignedMessage First, int Deliveries, int Messages, long LastId)>();
        foreach (var message in messages)
        {
            var deliveries = message.Message.Recipients.Count + message.Message.Failed.Count;
            if (rows is [.., var last] && last.LastId + 1 == message.Id && last.First.Message.Source == message.Message.Source
                && last.First.StoredAt is null && message.StoredAt is null)
            {
                rows[^1] = (last.First, last.Deliveries + deliveries, last.Messages + 1, message.LastId);
            }
            else
            {
                rows.Add((message, deliveries, 1, message.LastId));
            }
        }

        Append(
            batch,
            InsertLedger,
            Times(rows, r => r.First.StoredAt),
            Texts(rows, r => r.First.Message.Source),
            Values(rows, r => r.Deliveries),
            Values(rows, r => r.Messages),
            Ids(rows, r => r.First.Id),
            Ids(rows, r => r.LastId),
            new NpgsqlParameter<Guid> { TypedValue = Id });
    }

    private void AppendIdentities(NpgsqlBatch batch)
    {
        var rows = messages.Where(m => m.Message.Identity is not null).ToArray();
        if (rows.Length > 0)
        {
            Append(
                batch,
                InsertIdentities,
                Texts(rows, r => r.Message.Source),
                Texts(rows, r => r.Message.Identity!.FileId),
                Values(rows, r => r.Message.Identity!.Ordinal),
                Ids(rows, r => r.Id),
                Times(rows, r => r.StoredAt));
        }
    }

    private static void Append(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter<long[]> Ids<T>(IEnumerable<T> rows, Func<T, long> value) => new() { TypedValue = [.. rows.Select(value)] };

    private static NpgsqlParameter<string[]> Texts<T>(IEnumerable<T> rows, Func<T, string> value) => new() { TypedValue = [.. rows.Select(value)] };

    private static NpgsqlParameter<TValue[]> Values<T, TValue>(IEnumerable<T> rows, Func<T, TValue> value) => new() { TypedValue = [.. rows.Select(value)] };

    private static NpgsqlParameter<DateTimeOffset?[]> Times<T>(IEnumerable<T> rows, Func<T, DateTimeOffset?> value) => new()
    {
        TypedValue = [.. rows.Select(value)],
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    };
}
