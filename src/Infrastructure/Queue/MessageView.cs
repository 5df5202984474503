using System.Globalization;
using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>A message as it was accepted.</summary>
/// <param name="Notes">What was lost or doubtful when it was read, as JSON; null when nothing was.</param>
public sealed record MessageRow(
    long Id, long LastId, DateTimeOffset AcceptedAt, string Source, string Peer, string Sender, string HeaderId, string Subject, long Size,
    bool IsReport, long? ReportOf, string EnvelopeId, int Hops, string? Notes)
{
    /// <summary>So many recipients were accepted with it.</summary>
    public long Recipients => LastId - Id;
}

/// <summary>One thing that happened to a delivery.</summary>
/// <param name="Kind">deferred, bounced, quarantined, delivered, held, released, retried, returned, removed, crashed, converted, repeated.</param>
/// <param name="Actor">The operator; empty where none acted.</param>
/// <param name="Details">For a conversion, what was lost or changed, as JSON.</param>
public sealed record DeliveryHappening(
    long DeliveryId, DateTimeOffset At, string Kind, int Attempt, string Status, string Reply, string Reason, string Remote, string Actor, string? Details);

/// <summary>A message with everything that is known of it but its content.</summary>
/// <param name="Deliveries">In order of the recipients, at most <see cref="MessageView.MostDeliveries"/>.</param>
/// <param name="Happenings">Oldest first, at most <see cref="MessageView.MostHappenings"/>.</param>
public sealed record MessageDetails(
    MessageRow Message, IReadOnlyList<DeliverySnapshot> Deliveries, IReadOnlyList<DeliveryHappening> Happenings);

/// <summary>A message as a search finds it.</summary>
/// <param name="States">How many of its deliveries are in which state.</param>
/// <param name="FirstRecipient">The first of them.</param>
public sealed record MessageFound(MessageRow Message, string FirstRecipient, IReadOnlyList<(DeliveryState State, long Count)> States);

/// <summary>What a search found.</summary>
/// <param name="Exact">The one message that the text names by number or Message-ID; else null.</param>
/// <param name="IsCut">There are more than are given.</param>
public sealed record MessageSearch(IReadOnlyList<MessageFound> Found, long? Exact, bool IsCut);

/// <summary>What pages ask about one message, and how a message is found.</summary>
public sealed partial class MessageView(NpgsqlDataSource database)
{
    /// <summary>Deliveries that are listed on the page of a message.</summary>
    public const int MostDeliveries = 500;

    /// <summary>Steps of a timeline.</summary>
    public const int MostHappenings = 2_000;

    /// <summary>Messages that a search lists.</summary>
    public const int MostFound = 100;

    private const int LimitSeconds = 10;

    /// <summary>The message of that number, or the one that the delivery of that number belongs to; null when there is none.</summary>
    public async Task<MessageDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (await RowAsync(id, cancellationToken) is not { } message)
        {
            return null;
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Statement("select id, name from connector"));
        batch.BatchCommands.Add(Statement(DeliveriesSql, message.Id, message.LastId, message.AcceptedAt, MostDeliveries));
        batch.BatchCommands.Add(Statement(HappeningsSql, message.Id, message.LastId, message.AcceptedAt, MostHappenings));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var names = new Dictionary<long, string>();
        while (await row.ReadAsync(cancellationToken))
        {
            names[row.GetInt64(0)] = row.GetString(1);
        }

        await row.NextResultAsync(cancellationToken);
        var deliveries = new List<DeliverySnapshot>();
        while (await row.ReadAsync(cancellationToken))
        {
            deliveries.Add(QueueView.Snapshot(row, names));
        }

        await row.NextResultAsync(cancellationToken);
        var happenings = new List<DeliveryHappening>();
        while (await row.ReadAsync(cancellationToken))
        {
            happenings.Add(Happening(row));
        }

        return new MessageDetails(message, deliveries, happenings);
    }

    /// <summary>The message of that number, or the one that the delivery of that number belongs to, without its deliveries.</summary>
    public async Task<MessageRow?> RowAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RowSql);
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Message(row) : null;
    }

    /// <summary>Messages accepted within <paramref name="within"/> that carry the text: as number, Message-ID, address or part of the subject; newest first.</summary>
    /// <exception cref="QueueViewTimeoutException">It took too long.</exception>
    public async Task<MessageSearch> SearchAsync(string text, TimeSpan within, CancellationToken cancellationToken)
    {
        var exact = await ExactAsync(text, cancellationToken);
        await using var command = database.CreateCommand(SearchSql);
        command.CommandTimeout = LimitSeconds;
        command.Parameters.Add(new() { Value = within });
        command.Parameters.Add(new() { Value = Storable.Text(text.Trim('<', '>', ' ')) });
        command.Parameters.Add(new() { Value = Like(text) });
        command.Parameters.Add(new() { Value = MostFound + 1 });
        command.Parameters.Add(new() { Value = exact ?? 0 });
        try
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            var found = new List<MessageFound>();
            while (await row.ReadAsync(cancellationToken))
            {
                found.Add(Found(row));
            }

            exact ??= found.Where(f => f.Message.HeaderId.Length > 0 && f.Message.HeaderId == text.Trim('<', '>', ' ')).ToList() is [var only] ? only.Message.Id : null;
            return new MessageSearch([.. found.Take(MostFound)], exact, found.Count > MostFound);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new QueueViewTimeoutException(TimeSpan.FromSeconds(LimitSeconds), e);
        }
    }

    /// <summary>The newest messages.</summary>
    public async Task<IReadOnlyList<MessageFound>> LatestAsync(int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LatestSql);
        command.CommandTimeout = LimitSeconds;
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<MessageFound>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(Found(row));
        }

        return found;
    }

    private async Task<long?> ExactAsync(string text, CancellationToken cancellationToken) =>
        long.TryParse(text.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (await RowAsync(number, cancellationToken))?.Id
            : null;

    private static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object> values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            statement.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return statement;
    }

    private static string Like(string text) => "%" + Storable.Text(text)
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";

    internal static MessageRow Message(System.Data.Common.DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.GetString(6), row.GetString(7), row.GetInt64(8), row.GetBoolean(9), row.IsDBNull(10) ? null : row.GetInt64(10), row.GetString(11),
        row.GetInt32(12), row.IsDBNull(13) ? null : row.GetString(13));

    private static MessageFound Found(System.Data.Common.DbDataReader row)
    {
        var states = row.GetFieldValue<string[]>(15);
        var counts = row.GetFieldValue<long[]>(16);
        return new MessageFound(
            Message(row), row.IsDBNull(14) ? "" : row.GetString(14), [.. states.Select((state, i) => (DeliveryStateText.Parse(state), counts[i])).OrderBy(s => s.Item1)]);
    }

    private static DeliveryHappening Happening(System.Data.Common.DbDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5),
        row.GetString(6), row.GetString(7), row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9));
}
