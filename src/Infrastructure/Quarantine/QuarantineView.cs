using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>Deliveries that were set aside for one cause.</summary>
/// <param name="Key">Names the group in an address; the same as long as cause and connector are.</param>
/// <param name="Cause">The error without what differs from mail to mail.</param>
/// <param name="Sample">The error of the newest of them, whole.</param>
/// <param name="Reasons">All errors of the group, word for word.</param>
public sealed record QuarantineGroup(
    string Key, string Cause, string Connector, long ConnectorId, long Count, DateTimeOffset First, DateTimeOffset Last, string Sample, IReadOnlyList<string> Reasons)
{
    /// <summary>For people: the error itself where all are the same, else the cause with what differs left open.</summary>
    public string Title => Reasons.Count == 1 ? Sample : Cause.Replace('#', '…');
}

/// <summary>A message that was set aside, as it lies there and as Postern reads it.</summary>
/// <param name="Lines">The first lines, hex where they are no text.</param>
/// <param name="Rows">The first bytes.</param>
/// <param name="Fields">What was read: label and text.</param>
/// <param name="Faults">What is wrong, each with its place in the bytes.</param>
/// <param name="IsCut">There is more than is shown.</param>
public sealed record RawReading(
    IReadOnlyList<RawLine> Lines, IReadOnlyList<RawLine> Rows, IReadOnlyList<(string Label, string Text)> Fields, IReadOnlyList<PlacedFault> Faults,
    IReadOnlyList<string> Files, long Length, bool IsCut);

/// <summary>What the quarantine page asks: the causes, their deliveries, and what is in them.</summary>
public sealed class QuarantineView(NpgsqlDataSource database, ContentStore contents)
{
    /// <summary>Deliveries of a group that are acted on together.</summary>
    public const int MostOfGroup = 10_000;

    private const int MostReasons = 20_000;
    private const int ShownBytes = 64 * 1024;
    private const int ShownLines = 400;
    private const int ShownRows = 256;

    private const string ReasonsSql =
        """
        -- what was set aside, by connector and reason
          select d.connector_id, coalesce(c.name, ''), d.reason, count(*), min(coalesce(d.last_attempt_at, d.accepted_at)), max(coalesce(d.last_attempt_at, d.accepted_at))
            from delivery d left join connector c on c.id = d.connector_id
           where d.state = 'quarantined'
        group by 1, 2, 3
        order by 6 desc limit $1
        """;

    private const string IdsSql =
        """
        -- the deliveries of one cause, newest first
        select id from delivery where state = 'quarantined' and connector_id = $1 and reason = any($2) order by id desc limit $3
        """;

    private const string PassedSql =
        """
        -- what the same connector has delivered since the first of them was set aside
        select count(*) from (select from delivery_history where connector_id = $1 and state = 'delivered' and accepted_at >= $2 limit 10001) passed
        """;

    private const string ContentSql =
        """
        -- what the content of a delivery is stored under
        select coalesce(v.id, d.message_id), coalesce(v.made_at, d.accepted_at), coalesce(v.size, m.size)
          from delivery d join message m on m.id = d.message_id and m.accepted_at = d.accepted_at left join message_version v on v.id = d.version_id
         where d.id = $1
        """;

    /// <summary>The causes, most deliveries first.</summary>
    public async Task<IReadOnlyList<QuarantineGroup>> GroupsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReasonsSql);
        command.Parameters.Add(new() { Value = MostReasons });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(long Id, string Connector, string Reason, long Count, DateTimeOffset First, DateTimeOffset Last)>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add((row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4), row.GetFieldValue<DateTimeOffset>(5)));
        }

        return
        [
            .. found.GroupBy(reason => (Cause: QuarantineCause.Of(reason.Reason), reason.Id, reason.Connector))
                .Select(group => new QuarantineGroup(
                    KeyOf(group.Key.Cause, group.Key.Id), group.Key.Cause, group.Key.Connector, group.Key.Id, group.Sum(reason => reason.Count),
                    group.Min(reason => reason.First), group.Max(reason => reason.Last), group.First().Reason, [.. group.Select(reason => reason.Reason)]))
                .OrderByDescending(group => group.Count).ThenBy(group => group.First).ThenBy(group => group.Key, StringComparer.Ordinal),
        ];
    }

    /// <summary>Ids of the deliveries of a group, newest first.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(QuarantineGroup group, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(IdsSql);
        command.Parameters.Add(new() { Value = group.ConnectorId });
        command.Parameters.Add(new() { Value = group.Reasons.ToArray() });
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<long>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(row.GetInt64(0));
        }

        return found;
    }

    /// <summary>How many the connector has delivered since; counting ends at 10,000.</summary>
    public async Task<long> PassedAsync(QuarantineGroup group, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PassedSql);
        command.Parameters.Add(new() { Value = group.ConnectorId });
        command.Parameters.Add(new() { Value = group.First });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The content a delivery would go out with, raw and read; null when there is no such delivery any more.</summary>
    /// <exception cref="ContentDamagedException">What is stored is not what was accepted.</exception>
    public async Task<RawReading?> ReadAsync(long deliveryId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ContentSql);
        command.Parameters.Add(new() { Value = deliveryId });
        (long Id, DateTimeOffset At, long Size) place;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
            {
                return null;
            }

            place = (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2));
        }

        using var content = await contents.OpenAsync(place.Id, place.At, place.Size, cancellationToken);
        return Read(content.AsSequence());
    }

    internal static RawReading Read(in ReadOnlySequence<byte> content)
    {
        var message = MimeMessage.Read(content);
        var first = content.Slice(0, Math.Min(content.Length, ShownBytes)).ToArray();
        var lines = RawLines.Read(first, ShownLines, Encoding.Latin1);
        return new RawReading(
            lines, RawLines.Bytes(first, ShownRows), [.. Fields(message)], MessageFaults.Of(message),
            [.. MessageBody.Of(message.Root).Files.Select(file => file.FileName).OfType<string>().Distinct()],
            content.Length, lines.Count > 0 && lines[^1].End < content.Length);
    }

    internal static string KeyOf(string cause, long connectorId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{connectorId}\n{cause}")).AsSpan(0, 6));

    private static IEnumerable<(string, string)> Fields(MimeMessage message)
    {
        foreach (var name in (string[])["From", "To", "Cc", "Date", "Subject"])
        {
            if (message.Root.Header(name) is { Length: > 0 } text)
            {
                yield return (name, Storable.Text(text, 500));
            }
        }

        var body = MessageBody.Of(message.Root);
        foreach (var part in body.Texts.Concat(body.Html is { } html ? [html] : []).Take(5))
        {
            yield return ("Text", $"{part.CountDecoded().Length:N0} bytes, {part.ContentType.MediaType}, {Storable.Text(part.ContentType.Charset ?? "no character set named", 60)}");
        }

        foreach (var file in body.Files.Take(20))
        {
            yield return ("Attachment", $"{Storable.Text(file.FileName ?? file.ContentType.MediaType, 200)}, {file.CountDecoded().Length:N0} bytes");
        }
    }
}
