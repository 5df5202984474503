using System.Data.Common;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Queue;

/// <summary>How one message belongs to another.</summary>
public enum TraceRelation
{
    /// <summary>The one that this one reports on.</summary>
    Original,

    /// <summary>A report on this one.</summary>
    Report,

    /// <summary>The one that this one answers.</summary>
    Parent,

    /// <summary>An answer to this one.</summary>
    Answer,
}

/// <summary>A message that belongs to the one that is traced.</summary>
/// <param name="IsCertain">False when only sender and subject tell.</param>
public sealed record TracedMessage(TraceRelation Relation, MessageRow Message, bool IsCertain);

/// <summary>A run of a foreign program that a message went by.</summary>
/// <param name="FileName">The file it went in; empty for one that EXPORT wrote.</param>
/// <param name="DeliveryIds">The deliveries that the file is named for; none for a message on its way in.</param>
/// <param name="Refusals">Names of the undeliverable files of the run.</param>
public sealed record TracedRun(
    long RunId, string Program, string FileName, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int? ExitCode, string Ending, string Connector,
    IReadOnlyList<string> Refusals, IReadOnlyList<long> DeliveryIds);

/// <summary>What a message belongs to and went by.</summary>
/// <param name="Chain">Ancestors first, oldest of them first; then what came of it.</param>
/// <param name="Attachments">Names of its attachments, as they came.</param>
public sealed record TraceFound(IReadOnlyList<TracedMessage> Chain, IReadOnlyList<TracedRun> Runs, IReadOnlyList<string> Attachments)
{
    public static readonly TraceFound Nothing = new([], [], []);
}

/// <summary>Follows a message across systems: back to what it reports on or answers, on to what came of it, and through the files it went by.</summary>
public sealed partial class MessageTrace(NpgsqlDataSource database)
{
    private const int MostAncestors = 10;
    private const int PartsOfFile = 4;
    private const int LimitSeconds = 10;

    /// <summary>The chain and the runs of one message.</summary>
    public async Task<TraceFound> FollowAsync(MessageRow message, IReadOnlyList<DeliverySnapshot> deliveries, CancellationToken cancellationToken)
    {
        var (_, attachments, reports) = await LinksAsync(message, cancellationToken);
        var chain = new List<TracedMessage>();
        var seen = new HashSet<long> { message.Id };
        for (var at = message; chain.Count < MostAncestors && await AncestorAsync(at, cancellationToken) is { } ancestor && seen.Add(ancestor.Message.Id);)
        {
            chain.Insert(0, ancestor);
            at = ancestor.Message;
        }

        var children = await MessagesAsync(ByIdSql, cancellationToken, (object)reports);
        if (message.HeaderId.Length > 0)
        {
            children.AddRange(await MessagesAsync(AnswersSql, cancellationToken, message.HeaderId, message.Id));
        }

        chain.AddRange(children.Where(child => seen.Add(child.Id)).OrderBy(child => child.Id)
            .Select(child => new TracedMessage(child.IsReport ? TraceRelation.Report : TraceRelation.Answer, child, true)));
        return new TraceFound(chain, await RunsAsync(message, deliveries, cancellationToken), attachments);
    }

    private async Task<TracedMessage?> AncestorAsync(MessageRow message, CancellationToken cancellationToken)
    {
        var relation = message.IsReport ? TraceRelation.Original : TraceRelation.Parent;
        if (message.ReportOf is { } original && await MessagesAsync(ByIdSql, cancellationToken, new[] { original }) is [var reported, ..])
        {
            return new TracedMessage(relation, reported, true);
        }

        var (answers, _, _) = await LinksAsync(message, cancellationToken);
        if (answers.Length > 0 && await MessagesAsync(ByHeaderSql, cancellationToken, answers, message.Id) is [var parent, ..])
        {
            return new TracedMessage(relation, parent, true);
        }

        return message.IsReport && answers.Length == 0 && message.ReportOf is null ? await LikelyAsync(message, cancellationToken) : null;
    }

    private async Task<TracedMessage?> LikelyAsync(MessageRow report, CancellationToken cancellationToken)
    {
        const string Mark = "Undeliverable: ";
        if (!report.Subject.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand(
            "select recipient from delivery where id > $1 and id <= $2 union select recipient from delivery_history where id > $1 and id <= $2 and accepted_at = $3");
        command.Parameters.Add(new() { Value = report.Id });
        command.Parameters.Add(new() { Value = report.LastId });
        command.Parameters.Add(new() { Value = report.AcceptedAt });
        var recipients = new List<string>();
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                recipients.Add(row.GetString(0));
            }
        }

        return await MessagesAsync(LikelySql, cancellationToken, report.AcceptedAt, report.Subject[Mark.Length..], recipients.ToArray()) is [var likely, ..]
            ? new TracedMessage(TraceRelation.Original, likely, false)
            : null;
    }

    private async Task<(string Answers, IReadOnlyList<string> Attachments, long[] Reports)> LinksAsync(MessageRow message, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LinksSql);
        command.Parameters.Add(new() { Value = message.Id });
        command.Parameters.Add(new() { Value = message.AcceptedAt });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? (row.GetString(0), row.IsDBNull(1) ? [] : row.GetFieldValue<string[]>(1), row.GetFieldValue<long[]>(2))
            : ("", [], []);
    }

    private async Task<IReadOnlyList<TracedRun>> RunsAsync(MessageRow message, IReadOnlyList<DeliverySnapshot> deliveries, CancellationToken cancellationToken)
    {
        var runs = new List<TracedRun>();
        // "SALES 0000A1B2/0": the post office, the file it was read from, and its place in it.
        var place = message.Peer[(message.Peer.LastIndexOf(' ') + 1)..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && FileId.TryParse(place.AsSpan(0, slash), out var runId))
        {
            runs.AddRange(await ReadRunsAsync(RunSql, _ => [], cancellationToken, runId, message.Source));
        }

        var names = deliveries.SelectMany(delivery => Enumerable.Range(0, PartsOfFile).Select(part => (Name: FileId.From(delivery.Id, part) + ".ccm", delivery.Id)))
            .Concat(deliveries.Select(delivery => (Name: FileId.From(delivery.Id) + ".PUT", delivery.Id)))
            .ToLookup(pair => pair.Name, pair => pair.Id);
        runs.AddRange(await ReadRunsAsync(RunsSql, name => [.. names[name]], cancellationToken, (object)names.Select(group => group.Key).ToArray()));
        return runs;
    }

    private async Task<List<TracedRun>> ReadRunsAsync(string sql, Func<string, IReadOnlyList<long>> idsOf, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<TracedRun>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new TracedRun(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetInt32(5), row.GetString(6), row.GetString(7), row.GetFieldValue<string[]>(8), idsOf(row.GetString(2))));
        }

        return found;
    }

    private async Task<List<MessageRow>> MessagesAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await using DbDataReader row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<MessageRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(MessageView.Message(row));
        }

        return found;
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = LimitSeconds;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
