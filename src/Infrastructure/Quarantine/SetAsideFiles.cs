using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Formats;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>A file in <c>Bad</c>: what never became a message, or a copy of one for looking at.</summary>
/// <param name="Program">What brings mail from the post office of its connector: EXPORT, GTWGET.</param>
/// <param name="Reason">What the event of that moment said; empty when none is found.</param>
/// <param name="IsUnread">It holds mail that the program brought and that was not accepted: it can be read again.</param>
public sealed record SetAsideFile(string Connector, string Program, string Name, long Size, DateTimeOffset At, string Reason, long? EventId, bool IsUnread)
{
    /// <summary>Names it in an address.</summary>
    public string Key => $"{Connector}/{Name}";
}

/// <summary>What reading a file again came to.</summary>
/// <param name="Accepted">Numbers of the messages that it became.</param>
/// <param name="Sentence">Says it, or why nothing was done.</param>
public sealed record ReadAgain(IReadOnlyList<long> Accepted, string Sentence);

/// <summary>Lists what lies in the <c>Bad</c> folders of connectors to old post offices, shows it, and reads it again.</summary>
/// <remarks>
/// Only what a program brought is read again. A list of refusals is never mail to send (Q168680), and a copy of something that waits in the queue
/// would come back as new mail. What was accepted keeps its file, under a name that is no longer listed.
/// </remarks>
/// <param name="kinds">By the kind of connector.</param>
public sealed class SetAsideFiles(NpgsqlDataSource database, IReadOnlyList<IFolderKind> kinds, AcceptMessage accept)
{
    private const int MostListed = 500;
    private const string Done = ".read";

    /// <summary>All of them, newest first, at most so many as a page shows.</summary>
    public async Task<IReadOnlyList<SetAsideFile>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<SetAsideFile>();
        foreach (var kind in kinds)
        {
            foreach (var name in await kind.NamesAsync(cancellationToken))
            {
                if (await kind.FindAsync(name, null, cancellationToken) is { } place && Directory.Exists(place.Bad))
                {
                    found.AddRange(await ListAsync(kind, name, place, cancellationToken));
                }
            }
        }

        return [.. found.OrderByDescending(file => file.At).ThenBy(file => file.Key, StringComparer.Ordinal).Take(MostListed)];
    }

    /// <summary>A file as it lies there and as Postern reads it; null when it is gone.</summary>
    public async Task<RawReading?> ReadAsync(SetAsideFile file, int? codePage, CancellationToken cancellationToken)
    {
        if (await FindAsync(file.Connector, codePage, cancellationToken) is not { } place || WorkFolder.FindNamed(place.Bad, file.Name) is not { } path)
        {
            return null;
        }

        using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
        return place.Read(content.AsSequence());
    }

    /// <summary>Its bytes; null when it is gone. The caller disposes them.</summary>
    public async Task<MessageContent?> OpenAsync(string connector, string name, CancellationToken cancellationToken) =>
        await FindAsync(connector, null, cancellationToken) is { } place && WorkFolder.FindNamed(place.Bad, name) is { } path
            ? MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false)
            : null;

    /// <summary>Reads what was brought once more, with another code page, and accepts it.</summary>
    /// <param name="takesFaulty">Also what is not whole: what could be read of it is delivered, and the message says what was wrong.</param>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public async Task<ReadAgain> ReadAgainAsync(SetAsideFile file, int codePage, bool takesFaulty, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ActOnQueue);
        if (!OemText.IsKnown(codePage))
        {
            return new ReadAgain([], $"The code page {codePage} is not known.");
        }

        if (await FindAsync(file.Connector, codePage, cancellationToken) is not { } place || WorkFolder.FindNamed(place.Bad, file.Name) is not { } path)
        {
            return new ReadAgain([], $"{file.Name} is no longer there.");
        }

        if (!file.IsUnread || place.IsNeverMail(file.Name))
        {
            return new ReadAgain([], $"{file.Name} is no mail that {place.Program} brought; it is never sent.");
        }

        await NoteAsync(file, codePage, takesFaulty, who, cancellationToken);
        var (accepted, fault) = await TakeAsync(place, path, takesFaulty, cancellationToken);
        if (fault.Length > 0)
        {
            return new ReadAgain(accepted, fault);
        }

        File.Move(path, path + Done, overwrite: true);
        return new ReadAgain(accepted, $"{file.Name} was read with code page {codePage} and accepted as message {string.Join(", ", accepted)}.");
    }

    private async Task<(IReadOnlyList<long> Accepted, string Fault)> TakeAsync(IFolderPlace place, string path, bool takesFaulty, CancellationToken cancellationToken)
    {
        using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
        var name = Plain(Path.GetFileNameWithoutExtension(path));
        return await place.TakeAsync(
            content.AsSequence(), ordinal => new PickupIdentity($"B-{name}", ordinal), new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero), takesFaulty, accept, cancellationToken);
    }

    private async Task<IFolderPlace?> FindAsync(string connector, int? codePage, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds)
        {
            if (await kind.FindAsync(connector, codePage, cancellationToken) is { } place)
            {
                return place;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<SetAsideFile>> ListAsync(IFolderKind kind, string connector, IFolderPlace place, CancellationToken cancellationToken)
    {
        var events = await EventsAsync(connector, [.. kind.UnreadCodes, .. kind.OtherCodes], cancellationToken);
        var files = new List<SetAsideFile>();
        foreach (var path in WorkFolder.Entries(place.Bad).Where(path => FileKinds.IsFile(path) && !path.EndsWith(Done, StringComparison.Ordinal)).Take(MostListed))
        {
            var name = Path.GetFileName(path);
            var told = events.Find(happened => happened.Text.Contains($"Bad/{name}", StringComparison.Ordinal));
            var info = new FileInfo(path);
            files.Add(new SetAsideFile(
                connector, place.Program, name, info.Exists ? info.Length : 0, new DateTimeOffset(info.LastWriteTimeUtc, TimeSpan.Zero), told.Text ?? "", told.Text is null ? null : told.Id,
                told.Text is not null && kind.UnreadCodes.Contains(told.Code)));
        }

        return files;
    }

    private async Task<List<(long Id, int Code, string Text)>> EventsAsync(string connector, int[] codes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- why files of a connector were set aside, newest first
            select id, code, text || ' ' || next_step from event where connector = $1 and code = any($2) order by id desc limit 2000
            """);
        command.Parameters.Add(new() { Value = connector });
        command.Parameters.Add(new() { Value = codes });
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

    private static string Plain(string name) => string.Concat(name.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' ? c : '-'));
}
