using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>A file in <c>Bad</c>: what never became a message, or a copy of one for looking at.</summary>
/// <param name="Reason">What the event of that moment said; empty when none is found.</param>
/// <param name="IsUnread">It holds mail that EXPORT brought and that was not accepted: it can be read again.</param>
public sealed record SetAsideFile(string Connector, string Name, long Size, DateTimeOffset At, string Reason, long? EventId, bool IsUnread)
{
    /// <summary>Names it in an address.</summary>
    public string Key => $"{Connector}/{Name}";
}

/// <summary>What reading a file again came to.</summary>
/// <param name="Accepted">Numbers of the messages that it became.</param>
/// <param name="Sentence">Says it, or why nothing was done.</param>
public sealed record ReadAgain(IReadOnlyList<long> Accepted, string Sentence);

/// <summary>Lists what lies in the <c>Bad</c> folders of cc:Mail connectors, shows it, and reads it again.</summary>
/// <remarks>
/// Only what EXPORT brought is read again. A list of refusals is never mail to send (Q168680), and a copy of something that waits in the queue
/// would come back as new mail. What was accepted keeps its file, under a name that is no longer listed.
/// </remarks>
public sealed class SetAsideFiles(NpgsqlDataSource database, CcMailLinks links, AcceptMessage accept)
{
    private const int MostListed = 500;
    private const int ShownBytes = 64 * 1024;
    private const int ShownLines = 400;
    private const int ShownRows = 256;
    private const string Done = ".read";

    private static readonly int[] UnreadCodes = [EventCodes.CcMailMessageUnreadable, EventCodes.CcMailMessageForNobody, EventCodes.CcMailMessageUnacceptable];

    private static readonly int[] Codes =
        [.. UnreadCodes, EventCodes.CcMailFileSetAside, EventCodes.CcMailMessageQuarantined, EventCodes.CcMailUndeliverableUnmatched];

    /// <summary>All of them, newest first, at most so many as a page shows.</summary>
    public async Task<IReadOnlyList<SetAsideFile>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<SetAsideFile>();
        foreach (var name in await links.NamesAsync(cancellationToken))
        {
            if (await links.FindAsync(name, null, cancellationToken) is { } link && Directory.Exists(link.Folders.Bad))
            {
                found.AddRange(await ListAsync(link, cancellationToken));
            }
        }

        return [.. found.OrderByDescending(file => file.At).ThenBy(file => file.Key, StringComparer.Ordinal).Take(MostListed)];
    }

    /// <summary>A file as it lies there and as Postern reads it; null when it is gone.</summary>
    public async Task<RawReading?> ReadAsync(SetAsideFile file, int? codePage, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(file.Connector, codePage, cancellationToken) is not { } link || PathOf(link, file.Name) is not { } path)
        {
            return null;
        }

        using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
        return Read(content.AsSequence(), link.Profile);
    }

    /// <summary>Its bytes; null when it is gone. The caller disposes them.</summary>
    public async Task<MessageContent?> OpenAsync(string connector, string name, CancellationToken cancellationToken) =>
        await links.FindAsync(connector, null, cancellationToken) is { } link && PathOf(link, name) is { } path
            ? MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false)
            : null;

    /// <summary>Reads what EXPORT brought once more, with another code page, and accepts it.</summary>
    /// <param name="takesFaulty">Also what is not whole: what could be read of it is delivered, and the message says what was wrong.</param>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public async Task<ReadAgain> ReadAgainAsync(SetAsideFile file, int codePage, bool takesFaulty, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ActOnQueue);
        if (!OemText.IsKnown(codePage))
        {
            return new ReadAgain([], $"The code page {codePage} is not known.");
        }

        if (!file.IsUnread || Undeliverable.IsName(file.Name))
        {
            return new ReadAgain([], $"{file.Name} is no mail that EXPORT brought; it is never sent.");
        }

        if (await links.FindAsync(file.Connector, codePage, cancellationToken) is not { } link || PathOf(link, file.Name) is not { } path)
        {
            return new ReadAgain([], $"{file.Name} is no longer there.");
        }

        await NoteAsync(file, codePage, takesFaulty, who, cancellationToken);
        var (accepted, fault) = await TakeAsync(link, path, takesFaulty, cancellationToken);
        if (fault.Length > 0)
        {
            return new ReadAgain(accepted, fault);
        }

        File.Move(path, path + Done, overwrite: true);
        return new ReadAgain(accepted, $"{file.Name} was read with code page {codePage} and accepted as message {string.Join(", ", accepted)}.");
    }

    private static async Task<(List<long> Accepted, string Fault)> AcceptAllAsync(
        List<CcMailMessage> messages, Func<CcMailMessage, int, Task<(long? Id, string Fault)>> accept)
    {
        var accepted = new List<long>();
        for (var ordinal = 0; ordinal < messages.Count; ordinal++)
        {
            var (id, fault) = await accept(messages[ordinal], ordinal);
            if (id is not { } number)
            {
                return (accepted, fault);
            }

            accepted.Add(number);
        }

        return (accepted, accepted.Count == 0 ? "There is no message in it." : "");
    }

    private async Task<(List<long> Accepted, string Fault)> TakeAsync(CcMailLink link, string path, bool takesFaulty, CancellationToken cancellationToken)
    {
        using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
        var messages = ExportReader.ReadAll(content.AsSequence(), link.Profile).Take(100).ToList();
        if (!takesFaulty && messages.Find(message => !message.IsReadable) is { } faulty)
        {
            return ([], $"Still fails: {string.Join(' ', faulty.Notes.Select(note => note.Text).Distinct().Take(3))}");
        }

        var inbound = new InboundMessages(link);
        var receivedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
        return await AcceptAllAsync(messages, async (message, ordinal) =>
        {
            try
            {
                var identity = new PickupIdentity($"B-{Plain(Path.GetFileNameWithoutExtension(path))}", ordinal);
                if (inbound.Make(message, identity, SHA256.HashData(message.Raw.ToArray()), receivedAt) is not { } incoming)
                {
                    return (null, "It is for nobody at our sites.");
                }

                using var bytes = incoming.Content;
                return await accept(incoming, cancellationToken) switch
                {
                    IntakeResult.Accepted taken => (taken.MessageId, ""),
                    IntakeResult.AlreadyAccepted known => (known.MessageId, ""),
                    IntakeResult.TryLater later => (null, $"It is not taken now: {later.Reason}."),
                    IntakeResult.Unacceptable never => (null, $"It cannot be stored: {never.Reason}."),
                    _ => (null, "It was not taken."),
                };
            }
            catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or OperationCanceledException or NpgsqlException))
            {
                // The boundary of one message, as when it came in.
                return (null, $"Still fails: it could not be converted: {e.Message}");
            }
        });
    }

    private async Task<IReadOnlyList<SetAsideFile>> ListAsync(CcMailLink link, CancellationToken cancellationToken)
    {
        var events = await EventsAsync(link.Name, cancellationToken);
        var files = new List<SetAsideFile>();
        foreach (var path in WorkFolder.Entries(link.Folders.Bad).Where(path => FileKinds.IsFile(path) && !path.EndsWith(Done, StringComparison.Ordinal)).Take(MostListed))
        {
            var name = Path.GetFileName(path);
            var told = events.Find(happened => happened.Text.Contains($"Bad/{name}", StringComparison.Ordinal));
            var info = new FileInfo(path);
            files.Add(new SetAsideFile(
                link.Name, name, info.Exists ? info.Length : 0, new DateTimeOffset(info.LastWriteTimeUtc, TimeSpan.Zero), told.Text ?? "", told.Text is null ? null : told.Id,
                told.Text is not null && UnreadCodes.Contains(told.Code)));
        }

        return files;
    }

    private async Task<List<(long Id, int Code, string Text)>> EventsAsync(string connector, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- why files of a connector were set aside, newest first
            select id, code, text from event where connector = $1 and code = any($2) order by id desc limit 2000
            """);
        command.Parameters.Add(new() { Value = connector });
        command.Parameters.Add(new() { Value = Codes });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(long, int, string)>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add((row.GetInt64(0), row.GetInt32(1), row.GetString(2)));
        }

        return found;
    }

    private async Task NoteAsync(SetAsideFile file, int codePage, bool takesFaulty, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AuditLog.WriteAsync(
            connection, who, "read again", $"file Bad/{file.Name} of {file.Connector}", JsonSerializer.Serialize(new { codePage, takesFaulty }), cancellationToken);
    }

    private static RawReading Read(in ReadOnlySequence<byte> content, CcMailProfile profile)
    {
        var first = content.Slice(0, Math.Min(content.Length, ShownBytes)).ToArray();
        var lines = RawLines.Read(first, ShownLines, profile.TextEncoding);
        var messages = ExportReader.ReadAll(content, profile).Take(20).ToList();
        return new RawReading(
            lines, RawLines.Bytes(first, ShownRows), [.. messages.SelectMany(Fields)],
            [.. messages.SelectMany(message => message.Notes).Select(note => new PlacedFault(note.Offset, note.Text)).OrderBy(fault => fault.Offset)],
            [], content.Length, lines.Count > 0 && lines[^1].End < content.Length);
    }

    private static IEnumerable<(string Label, string Text)> Fields(CcMailMessage message)
    {
        yield return ("From", Storable.Text(message.From?.Raw ?? "nobody", 300));
        if (message.Recipients.Count > 0)
        {
            yield return ("To", Storable.Text(string.Join("; ", message.Recipients.Select(recipient => recipient.Address.Raw)), 600));
        }

        if (message.DateText.Length > 0)
        {
            yield return ("Date", Storable.Text(message.DateText, 100));
        }

        yield return ("Subject", Storable.Text(message.Subject, 500));
        foreach (var item in message.Items.Take(20))
        {
            var says = item.DeclaredSize is { } size && size != item.Data.Length ? $"; the file says {size:N0}" : "";
            yield return (item.Kind == ItemKind.File ? "Attachment" : "Text", $"{Storable.Text(item.Title, 100)} {item.Data.Length:N0} bytes{says}".TrimStart());
        }
    }

    // A name is looked for among what lies there, and never becomes part of a path.
    private static string? PathOf(CcMailLink link, string name) => !Directory.Exists(link.Folders.Bad) ? null
        : WorkFolder.Entries(link.Folders.Bad).FirstOrDefault(path => Path.GetFileName(path) == name && FileKinds.IsFile(path));

    private static string Plain(string name) => string.Concat(name.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' ? c : '-'));
}
