using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>Takes due deliveries out of the queue for this worker, and gives back what it did not try.</summary>
public sealed class DeliveryClaims(NpgsqlDataSource database, WorkerIdentity worker)
{
    private const string FindReady =
        """
        -- destinations with something due, by a loose scan of the claim index: one probe per destination, however long the queue
        with recursive ready as (
          (select connector_id, destination
             from delivery
            where state = 'queued' and connector_id = any($1)
            order by connector_id, destination limit 1)
          union all
          select following.connector_id, following.destination
            from ready
           cross join lateral (
                 select connector_id, destination
                   from delivery
                  where state = 'queued' and (connector_id, destination) > (ready.connector_id, ready.destination)
                    and connector_id = any($1)
                  order by connector_id, destination limit 1) following)
        select connector_id, destination
          from ready
         where exists (select from delivery d
                        where d.state = 'queued' and d.connector_id = ready.connector_id and d.destination = ready.destination
                          and d.priority in (1, 0, -1) and d.due_at <= coalesce($2, now()))
        """;

    private const string Returning =
        """

        returning d.id, d.transfer_id, d.message_id, d.accepted_at, d.connector_id, d.destination, d.sender, d.recipient,
                  d.original_recipient, d.recipient_class, d.notify, d.attempts, d.crashes, d.may_repeat, d.size, d.is_report,
                  coalesce((select v.is_8bit from message_version v where v.id = d.version_id), message.is_8bit),
                  coalesce((select v.is_utf8 from message_version v where v.id = d.version_id), message.is_utf8),
                  message.returns_headers, message.envelope_id, d.due_at, message.size, d.version_id,
                  (select v.made_at from message_version v where v.id = d.version_id), d.priority, d.route_version, message.source
        """;

    private static readonly string ClaimSql = Claim("");

    // Without what came after a drain began.
    private static readonly string ClaimEarlierSql = Claim("and accepted_at <= $7");

    private const string TakeSql =
        """
        -- deliveries of an interrupted run, leased again so that its result can be recorded
        update delivery d
           set state = 'leased', leased_by = $2, leased_until = now() + $3
          from message
         where d.id = any($1) and d.state = 'queued' and message.id = d.message_id and message.accepted_at = d.accepted_at
        """ + Returning;

    internal const string GiveBackSql =
        """
        -- leases given back untried: the attempt does not count
        update delivery
           set state = 'queued', leased_by = null, leased_until = null
         where id = any($1) and state = 'leased' and leased_by = $2
        """;

    private const string ExtendSql =
        """
        -- long calls keep their lease
        update delivery set leased_until = now() + $3 where id = any($1) and state = 'leased' and leased_by = $2
        """;

    /// <summary>Sends what was routed by an earlier version the way it goes now; null leaves everything where it was routed to.</summary>
    public RouteFollowing? Following { get; set; }

    /// <summary>Destinations of the given connectors with something due. <paramref name="now"/> is null but in tests.</summary>
    public async Task<IReadOnlyList<(long ConnectorId, string Destination)>> FindReadyAsync(
        long[] connectorIds, DateTimeOffset? now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FindReady);
        command.Parameters.Add(new() { Value = connectorIds });
        command.Parameters.Add(Now(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(long, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return found;
    }

    /// <summary>Leases up to <c>Room</c> transfers of each destination to this worker, oldest due first.</summary>
    /// <param name="acceptedUntil">Leaves alone what was accepted later; null takes all. Only a drain asks for it.</param>
    public async Task<IReadOnlyList<(long ConnectorId, Transfer Transfer)>> ClaimAsync(
        IReadOnlyList<(long ConnectorId, string Destination, int Room)> lanes, DateTimeOffset? now, CancellationToken cancellationToken, DateTimeOffset? acceptedUntil = null)
    {
        await using var command = database.CreateCommand(acceptedUntil is null ? ClaimSql : ClaimEarlierSql);
        command.Parameters.Add(new() { Value = lanes.Select(lane => lane.ConnectorId).ToArray() });
        command.Parameters.Add(new() { Value = lanes.Select(lane => lane.Destination).ToArray() });
        command.Parameters.Add(new() { Value = lanes.Select(lane => lane.Room).ToArray() });
        command.Parameters.Add(new() { Value = worker.Id });
        command.Parameters.Add(new() { Value = WorkerIdentity.Lease });
        command.Parameters.Add(Now(now));
        if (acceptedUntil is { } until)
        {
            command.Parameters.Add(new() { Value = until });
        }

        return Transfers(await WithoutMovedAsync(await ReadAsync(command, cancellationToken), cancellationToken));
    }

    /// <summary>Leases exactly these deliveries to this worker, as far as they are queued.</summary>
    public async Task<IReadOnlyList<Transfer>> TakeAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeSql);
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = worker.Id });
        command.Parameters.Add(new() { Value = WorkerIdentity.Lease });
        return [.. Transfers(await ReadAsync(command, cancellationToken)).Select(claimed => claimed.Transfer)];
    }

    /// <summary>Ends leases of deliveries that were not tried.</summary>
    public Task<int> GiveBackAsync(long[] ids, CancellationToken cancellationToken) => ExecuteAsync(GiveBackSql, ids, cancellationToken);

    /// <summary>Extends the leases of deliveries whose call goes on.</summary>
    public Task<int> ExtendAsync(long[] ids, CancellationToken cancellationToken) => ExecuteAsync(ExtendSql, ids, cancellationToken);

    private static async Task<List<ClaimedRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ClaimedRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return rows;
    }

    // One number is compared for each row; only those of an earlier version are looked up in the table.
    private async Task<IReadOnlyList<ClaimedRow>> WithoutMovedAsync(List<ClaimedRow> rows, CancellationToken cancellationToken)
    {
        var version = Following?.Version ?? 0;
        if (Following is not { } following || !rows.Exists(row => row.RouteVersion < version))
        {
            return rows;
        }

        var moving = rows.Where(row => row.RouteVersion < version && row.RouteVersion >= 0 && following.Leaves(row.ConnectorId, row.Transfer, row.Source)).Select(row => row.Transfer.Deliveries[0].Id).ToHashSet();
        rows.RemoveAll(row => moving.Contains(row.Transfer.Deliveries[0].Id));
        try
        {
            await following.MoveAsync([.. moving], worker.Id, cancellationToken);
        }
        catch (NpgsqlException)
        {
            // Their leases run out and they are claimed again; what goes its old way does not wait for that.
        }

        return rows;
    }

    private static IReadOnlyList<(long ConnectorId, Transfer Transfer)> Transfers(IReadOnlyList<ClaimedRow> rows)
    {
        // What an operator has changed no longer travels with what is as it was: each form of a message is a transfer by itself.
        return [.. rows
            .GroupBy(row => (row.Transfer.Id, row.Transfer.Version, row.Transfer.Sender))
            .OrderByDescending(group => group.Max(row => row.Priority)).ThenBy(group => group.Min(row => row.DueAt)).ThenBy(group => group.Key.Id)
            .Select(Join)];
    }

    private async Task<int> ExecuteAsync(string sql, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = worker.Id });
        if (sql == ExtendSql)
        {
            command.Parameters.Add(new() { Value = WorkerIdentity.Lease });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Claim(string condition) =>
        $"""
        -- a few whole transfers of each destination, the higher priority first and each in due order; rows another worker is taking are passed over
        with head as (
          select d.transfer_id, d.last_id, lane.connector_id, lane.destination
            from unnest($1, $2, $3) as lane (connector_id, destination, room)
           cross join lateral (
                 select level.transfer_id, level.last_id
                   from (values (1, 1), (2, 0), (3, -1)) as rank (turn, priority)
                  cross join lateral (
                        select transfer_id, last_id
                          from delivery
                         where state = 'queued' and connector_id = lane.connector_id and destination = lane.destination
                           and priority = rank.priority and due_at <= coalesce($6, now()) {condition}
                         order by due_at, id limit lane.room
                           for update skip locked) level
                  limit lane.room) d),
        member as (
          select distinct m.id
            from (select distinct transfer_id, last_id, connector_id, destination from head) t
            join delivery m on m.id between t.transfer_id and t.last_id
           where m.transfer_id = t.transfer_id and m.connector_id = t.connector_id and m.destination = t.destination and m.state = 'queued' and m.due_at <= coalesce($6, now()) {condition})
        update delivery d
           set state = 'leased', leased_by = $4, leased_until = now() + $5
          from member, message
         where d.id = member.id and d.state = 'queued' and message.id = d.message_id and message.accepted_at = d.accepted_at
        """ + Returning;

    private static NpgsqlParameter Now(DateTimeOffset? now) =>
        new() { Value = (object?)now ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };

    private static ClaimedRow Read(NpgsqlDataReader row)
    {
        var sender = row.GetString(6);
        var crashes = row.GetInt32(12);
        var delivery = new TransferDelivery(
            row.GetInt64(0), MailAddress.Parse(row.GetString(7)), row.GetString(8), (RecipientClass)row.GetInt16(9), (Notify)row.GetInt16(10), row.GetInt32(11));
        var transfer = new Transfer
        {
            Id = row.GetInt64(1),
            MessageId = row.GetInt64(2),
            AcceptedAt = row.GetFieldValue<DateTimeOffset>(3),
            Destination = row.GetString(5),
            Sender = sender.Length == 0 ? null : MailAddress.Parse(sender),
            Deliveries = [delivery],
            Size = row.GetInt64(14),
            IsReport = row.GetBoolean(15),
            Is8Bit = row.GetBoolean(16),
            IsUtf8 = row.GetBoolean(17),
            ReturnsHeaders = row.GetBoolean(18),
            EnvelopeId = row.GetString(19),
            MayRepeat = row.GetBoolean(13),
            RunsAlone = crashes > 0,
            OriginalSize = row.GetInt64(21),
            Version = row.IsDBNull(22) ? null : new ContentVersion(row.GetInt64(22), row.GetFieldValue<DateTimeOffset>(23)),
        };
        return new ClaimedRow(row.GetInt64(4), transfer, row.GetFieldValue<DateTimeOffset>(20), row.GetInt16(24), row.GetInt64(25), row.GetString(26));
    }

    private static (long, Transfer) Join(IEnumerable<ClaimedRow> rows)
    {
        var first = rows.First();
        var whole = first.Transfer with
        {
            Id = rows.Min(row => row.Transfer.Deliveries[0].Id),
            Deliveries = [.. rows.SelectMany(row => row.Transfer.Deliveries).OrderBy(delivery => delivery.Id)],
            MayRepeat = rows.Any(row => row.Transfer.MayRepeat),
            RunsAlone = rows.Any(row => row.Transfer.RunsAlone),
        };
        return (first.ConnectorId, whole);
    }

    private sealed record ClaimedRow(long ConnectorId, Transfer Transfer, DateTimeOffset DueAt, int Priority, long RouteVersion, string Source);
}
