using System.Collections.Concurrent;
using Npgsql;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Connectors;

/// <summary>The work folders of one link to a post office, as far as sweeping needs to know them.</summary>
/// <param name="Root">What they lie in.</param>
/// <param name="Complete">Makes what is missing and returns its names.</param>
/// <param name="Bad">Where files go that do not belong there.</param>
/// <param name="Extensions">Of files that are made again from the queue, in small letters.</param>
/// <param name="Tell">Writes an event: code, severity, sentence, what to do.</param>
internal sealed record WorkPlace(
    long ConnectorId, NpgsqlDataSource Database, string Root, int Folders, Func<IReadOnlyList<string>> Complete, string Bad, IReadOnlyList<string> Extensions,
    Func<int, EventSeverity, string, string, Task> Tell, WorkPlaceCodes Codes);

/// <summary>The event codes of one kind of connector for what is found in its folders.</summary>
internal sealed record WorkPlaceCodes(int SetAside, int Locked, int Recreated);

/// <summary>
/// Clears a work folder of what does not belong there: old undeliverable files, empty, unknown and foreign ones (Q212788). Nothing found
/// there ever stops the mail; each file is told once and lies in <c>Bad</c> afterwards, or where it was when it cannot be moved.
/// </summary>
internal sealed class FolderSweep(WorkPlace place)
{
    private readonly ConcurrentDictionary<string, bool> told = new(StringComparer.Ordinal);

    /// <summary>Sets aside everything in <paramref name="folder"/> that is not <paramref name="isExpected"/>.</summary>
    /// <param name="takesLocked">Also files that another program has open: what lies in <c>Import</c> would be imported.</param>
    public async Task RunAsync(string folder, Func<string, bool> isExpected, CancellationToken cancellationToken, bool takesLocked = false)
    {
        foreach (var path in WorkFolder.Entries(folder).Where(path => !(isExpected(Path.GetFileName(path)) && FileKinds.IsFile(path))))
        {
            if (await IsOursAsync(path, cancellationToken))
            {
                File.Delete(path); // the queue has the message; the file is made again
                continue;
            }

            await SetAsideAsync(path, takesLocked);
        }
    }

    /// <summary>Makes missing folders and tells of them; where all are missing it is a first start.</summary>
    public async Task CompleteFoldersAsync()
    {
        var made = place.Complete();
        if (made.Count > 0 && made.Count < place.Folders)
        {
            await place.Tell(
                place.Codes.Recreated,
                EventSeverity.Warning,
                $"Folders were missing in {place.Root} and were made again: {string.Join(", ", made)}.",
                "Find out who removed them; files that lay in them are gone.");
        }
    }

    private async Task SetAsideAsync(string path, bool takesLocked)
    {
        var name = $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}";
        var kind = Kind(path);
        if (!takesLocked && IsLocked(path))
        {
            await TellOnceAsync(path, $"{name}, {kind}, is in use by another program and was left where it is.");
            return;
        }

        try
        {
            var target = WorkFolder.MoveTo(place.Bad, path);
            told.TryRemove(path, out _);
            await place.Tell(
                place.Codes.SetAside,
                EventSeverity.Warning,
                $"{name}, {kind}, was moved to Bad/{Path.GetFileName(target)}.",
                "Look at it and remove it; it is never sent by itself.");
        }
        catch (IOException e)
        {
            await TellOnceAsync(path, $"{name}, {kind}, cannot be moved to Bad: {e.Message}");
        }
        catch (UnauthorizedAccessException e)
        {
            await TellOnceAsync(path, $"{name}, {kind}, cannot be moved to Bad: {e.Message}");
        }
    }

    private async Task TellOnceAsync(string path, string text)
    {
        if (told.TryAdd(path, true))
        {
            await place.Tell(place.Codes.Locked, EventSeverity.Warning, text, "Mail goes on; free the file and it will be set aside.");
        }
    }

    private static string Kind(string path)
    {
        if (FileKinds.Of(path) is var kind and not FileKind.File)
        {
            return kind switch { FileKind.Folder => "a folder", FileKind.Link => "a link", _ => "a pipe or device" };
        }

        // An undeliverable file is a list of refusals, never mail to send (Q168680).
        var what = Path.GetExtension(path).Equals(".und", StringComparison.OrdinalIgnoreCase)
            ? "an undeliverable file of an earlier run"
            : "a file that does not belong here";
        return new FileInfo(path) is { Exists: true, Length: 0 } ? what + ", empty" : what;
    }

    internal static bool IsLocked(string path)
    {
        if (!FileKinds.IsFile(path))
        {
            return false;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    // A file of ours that no run knows was being made when the process ended.
    private async Task<bool> IsOursAsync(string path, CancellationToken cancellationToken)
    {
        if (!place.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()) || !FileKinds.IsFile(path)
            || !FileId.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), out var id))
        {
            return false;
        }

        await using var command = place.Database.CreateCommand(
            """
            -- is this number a delivery of this connector?
            select exists (select from delivery where id = $1 and connector_id = $2)
                   or exists (select from delivery_history where id = $1 and connector_id = $2)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = place.ConnectorId });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
