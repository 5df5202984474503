using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.MsMail;

/// <summary>A file of the exchange folder, now in <c>Work</c>.</summary>
internal sealed record FetchedName(string Path, long RunId);

/// <summary>
/// The folder through which files go when the gateway programs run elsewhere: <c>*.PUT</c> for them to put, <c>*.GET</c> that they have got. It may lie
/// on another machine, so a file comes and goes by a copy that is whole before it has its name (Q100703).
/// </summary>
/// <remarks>
/// A file that waits in <c>Put</c> was not laid; it is removed there only when it has its name in the exchange folder. Whoever writes <c>*.GET</c> may
/// write slowly: one is taken when two looks in a row find it the same, and under a name that tells which run took it.
/// </remarks>
internal sealed class ExchangeFolder(MsMailLink link, FolderSweep sweep) : IPutWay
{
    private const string TakenExtension = ".TKN";
    private const string GetRun = "fetch";

    private readonly Dictionary<string, (long Length, DateTime Written)> seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private bool standsStill;

    /// <summary>The name of runs that lay a file.</summary>
    public const string PutRun = "lay";

    public async Task<PutOutcome> RunAsync(PutBundle bundle, CancellationToken stop)
    {
        using var turn = await link.House.Programs.TakeTurnAsync(link.LockFile, stop);
        await CheckFlowAsync();
        await sweep.RunAsync(link.Folders.Put, _ => false, stop, takesLocked: true);
        var path = await PutFiles.WriteAsync(link, bundle, stop);
        var runId = await link.Runs.BeginAsync(link.ConnectorId, PutRun, [bundle.RunFile], stop);
        try
        {
            Lay(path, Path.Combine(link.ExchangeFolder, bundle.Name));
            var end = new ProgramEnd(ProgramEnding.Exited, 0, "", TimeSpan.Zero, TimeSpan.Zero);
            await link.Runs.EndAsync(runId, end, [bundle.RunFile], stop);
            return new PutOutcome(end, bundle.Items, [], [], [], null);
        }
        catch
        {
            // The end is not recorded: before anything else it is found out whether the file was laid.
            link.HasOpenRun = true;
            throw;
        }
    }

    /// <summary>Takes what is ready to be read, and finishes what a stop has left half-way.</summary>
    public async Task<IReadOnlyList<FetchedName>> FetchAsync(CancellationToken cancellationToken)
    {
        var fetched = new List<FetchedName>();
        foreach (var path in Files(TakenExtension))
        {
            if (FileId.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), out var earlier))
            {
                fetched.Add(Bring(path, earlier));
            }
        }

        var waiting = Files(MsMailFolders.GetExtension);
        foreach (var gone in seen.Keys.Except(waiting, StringComparer.Ordinal).ToList())
        {
            seen.Remove(gone);
        }

        foreach (var path in waiting.Where(IsReady))
        {
            if (await TakeAsync(path, cancellationToken) is { } taken)
            {
                fetched.Add(taken);
            }
        }

        return fetched;
    }

    /// <summary>Was a file of an interrupted run laid? False also where that cannot be known.</summary>
    public bool IsLaid(string name) => WorkFolder.Find(link.ExchangeFolder, name) is not null;

    private IReadOnlyList<string> Files(string extension) =>
        [.. WorkFolder.Entries(link.ExchangeFolder).Where(path => Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase) && FileKinds.IsFile(path))];

    private bool IsReady(string path)
    {
        var file = new FileInfo(path);
        var now = (file.Length, file.LastWriteTimeUtc);
        var isSame = seen.TryGetValue(path, out var before) && before == now;
        seen[path] = now;
        return isSame;
    }

    private async Task<FetchedName?> TakeAsync(string path, CancellationToken cancellationToken)
    {
        var runId = await link.Runs.BeginAsync(link.ConnectorId, GetRun, [], cancellationToken);
        var taken = Path.Combine(link.ExchangeFolder, FileId.From(runId) + TakenExtension);
        try
        {
            File.Move(path, taken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero), [], cancellationToken);
            if (told.Add(path))
            {
                await link.TellAsync(
                    EventCodes.MsMailFileLocked, EventSeverity.Warning, $"{Path.GetFileName(path)} in the exchange folder cannot be taken: {e.Message}", "Free the file or mend its rights; other mail goes on.");
            }

            return null;
        }

        told.Remove(path);
        await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.Exited, 0, Path.GetFileName(path), TimeSpan.Zero, TimeSpan.Zero), [], cancellationToken);
        return Bring(taken, runId);
    }

    // It is removed here before it is read there, so what is still here was never read.
    private FetchedName Bring(string taken, long runId)
    {
        var work = link.Folders.WorkFile(runId);
        if (!File.Exists(work))
        {
            Copy(taken, Path.ChangeExtension(work, ".TMP"), work);
        }

        File.Delete(taken);
        return new FetchedName(work, runId);
    }

    private static void Lay(string path, string target)
    {
        if (!File.Exists(target))
        {
            Copy(path, Path.ChangeExtension(target, ".TMP"), target);
        }

        File.Delete(path);
    }

    private static void Copy(string from, string temporary, string to)
    {
        using (var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read))
        using (var target = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            source.CopyTo(target);
            target.Flush(flushToDisk: true);
        }

        File.Move(temporary, to, overwrite: false);
    }

    // When nobody takes what was laid, mail waits here, where it is seen and can be acted on (Q163020).
    private async Task CheckFlowAsync()
    {
        var limit = TimeSpan.FromMinutes(link.Settings.MinutesToStandstill);
        var oldest = Files(MsMailFolders.PutExtension).Select(path => (DateTime?)File.GetLastWriteTimeUtc(path)).Min();
        if (oldest is not { } since || link.House.Clock.GetUtcNow().UtcDateTime - since < limit)
        {
            if (standsStill)
            {
                standsStill = false;
                await link.TellAsync(EventCodes.MsMailStandstill, EventSeverity.Information, $"Files are taken from the exchange folder of {link.Settings.PostOfficeName} again.");
            }

            return;
        }

        var reason = $"Nobody has taken the files in the exchange folder {link.ExchangeFolder} for {limit.TotalMinutes:0} minutes.";
        if (!standsStill)
        {
            standsStill = true;
            await link.TellAsync(EventCodes.MsMailStandstill, EventSeverity.Error, reason, "Look whether GTWPUT still runs on the other side. Mail waits in the queue meanwhile.");
        }

        throw new PostOfficeUnreachableException(reason);
    }
}
