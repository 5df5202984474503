using Postern.Domain.Watch;

namespace Postern.Infrastructure.Queue;

/// <summary>Says whether new mail has room on the disks it comes to lie on; below <see cref="DiskSpace.ShortLimit"/> none is taken in (Q178758).</summary>
/// <remarks>
/// SMTP sessions ask before a message and connectors before they fetch; so mail stays where it is while there is still room to write down what became of that which is here.
/// Whoever asks has it measured: once a second at most while all is well, else each time, so that everything goes on by itself. A disk that cannot be measured stops nobody.
/// </remarks>
public sealed class StorageRoom(Func<string, DiskSize?> measure, TimeProvider clock)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<(string What, string Path)> guarded = [];
    private readonly HashSet<string> found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> wellAt = new(StringComparer.Ordinal);

    public StorageRoom(TimeProvider clock)
        : this(Measure, clock)
    {
    }

    /// <summary>Adds a folder that all mail needs.</summary>
    /// <param name="what">What it is called in sentences: the spool.</param>
    public void Guard(string what, string path)
    {
        lock (gate)
        {
            guarded.Add((what, path));
        }
    }

    /// <summary>Why no new mail is taken in now, in a sentence; empty when there is room.</summary>
    public string Shortage()
    {
        lock (gate)
        {
            return guarded.Select(place => Look(place.What, place.Path)).FirstOrDefault(sentence => sentence.Length > 0) ?? "";
        }
    }

    /// <summary>Why nothing is fetched into a folder now: it has no room itself, or what comes from there has none.</summary>
    public string ShortageOf(string what, string path)
    {
        lock (gate)
        {
            return path.Length > 0 && Look(what, path) is { Length: > 0 } sentence ? sentence : Shortage();
        }
    }

    /// <summary>Is nothing taken in for lack of room where this lies?</summary>
    public bool IsShort(string path)
    {
        lock (gate)
        {
            return Look("", path).Length > 0;
        }
    }

    /// <summary>What the disk of a folder has; null when the system does not say.</summary>
    public DiskSize? SizeOf(string path) => measure(path);

    private static DiskSize? Measure(string path)
    {
        try
        {
            var drive = new DriveInfo(path);
            return new DiskSize(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the folder's own alert says so
        }
    }

    private string Look(string what, string path)
    {
        var was = found.Contains(path);
        if (!was && wellAt.TryGetValue(path, out var at) && clock.GetElapsedTime(at) < Rest)
        {
            return "";
        }

        wellAt[path] = clock.GetTimestamp();
        if (measure(path) is not { Total: > 0 } size || !DiskSpace.IsBelow(size.Free, DiskSpace.ShortLimit(size.Total), was))
        {
            found.Remove(path);
            return "";
        }

        var limit = DiskSpace.EndOf(DiskSpace.ShortLimit(size.Total));
        found.Add(path);
        return $"The disk of {what} has {DiskSpace.InWords(size.Free)} left of {DiskSpace.InWords(size.Total)}; nothing is taken in until it has {DiskSpace.InWords(limit)}.";
    }
}
