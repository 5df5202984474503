namespace Postern.Infrastructure.Watch;

/// <summary>Files of one connector that are on their way in and not read yet.</summary>
/// <param name="OldestAt">When the oldest was written; null when there is none.</param>
/// <param name="IsStranded">It lies there for longer than any round takes.</param>
public sealed record InboundWaiting(int Files, DateTimeOffset? OldestAt, bool IsStranded);

/// <summary>Shows in which direction of a link mail stands: what waits to go out is in the queue, what waits to come in lies in these folders (Q148707).</summary>
/// <param name="dataFolder">Where work folders lie unless a setting says otherwise.</param>
public sealed class InboundFiles(string dataFolder, TimeProvider clock)
{
    /// <summary>What lies longer than this is stranded, however short the polls.</summary>
    public static readonly TimeSpan Cycle = TimeSpan.FromMinutes(5);

    // A share that hangs must not hold up the page.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>What waits for a connector; null when it works without files, or its folders cannot be seen from here.</summary>
    public async Task<InboundWaiting?> OfAsync(string connector, string kind, string settings, CancellationToken cancellationToken)
    {
        if (FileLink.Of(kind, settings) is not { } link)
        {
            return null;
        }

        try
        {
            return await Task.Run(() => Look(link, link.Work(dataFolder, connector)), CancellationToken.None).WaitAsync(Limit, clock, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return null;
        }
    }

    private InboundWaiting Look(FileLink link, string work)
    {
        var (files, oldest) = (0, (DateTimeOffset?)null);
        foreach (var file in link.WaysIn(work).SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles()).Where(file => link.IsMailIn(file.Name)))
        {
            files++;
            var written = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
            oldest = oldest < written ? oldest : written;
        }

        var cycle = link.Poll * 3 > Cycle ? link.Poll * 3 : Cycle;
        return new InboundWaiting(files, oldest, oldest < clock.GetUtcNow() - cycle);
    }
}
