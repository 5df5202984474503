using System.Collections.Concurrent;
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

    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<(string What, string Path)> guarded = [];

    public StorageRoom(TimeProvider clock)
        : this(Measure, clock)
    {
    }

    /// <summary>Adds a folder that all mail needs, before anybody asks.</summary>
    /// <param name="what">What it is called in sentences: the spool.</param>
    public void Guard(string what, string path) => guarded = [.. guarded, (what, path)];

    /// <summary>Why no new mail is taken in now, in a sentence; empty when there is room.</summary>
    public string Shortage()
    {
        foreach (var (what, path) in guarded)
        {
            if (Look(what, path) is { Length: > 0 } sentence)
            {
                return sentence;
            }
        }

        return "";
    }

    /// <summary>Why nothing is fetched into a folder now: it has no room itself, or what comes from there has none.</summary>
    public string ShortageOf(string what, string path) => path.Length > 0 && Look(what, path) is { Length: > 0 } sentence ? sentence : Shortage();

    /// <summary>Is nothing taken in for lack of room where this lies?</summary>
    public bool IsShort(string path) => Look("", path).Length > 0;

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

    // Each place is measured by itself: a share that hangs holds up nobody who does not need it.
    private string Look(string what, string path)
    {
        var place = places.GetOrAdd(path, _ => new Place());
        lock (place)
        {
            if (!place.IsShort && place.WellAt is { } at && clock.GetElapsedTime(at) < Rest)
            {
                return "";
            }

            place.WellAt = clock.GetTimestamp();
            var found = measure(path) ?? default;
            place.IsShort = found.Total > 0 && DiskSpace.IsBelow(found.Free, DiskSpace.ShortLimit(found.Total), place.IsShort);
            return !place.IsShort
                ? ""
                : $"The disk of {what} has {DiskSpace.InWords(found.Free)} left of {DiskSpace.InWords(found.Total)}; nothing is taken in until it has {DiskSpace.InWords(DiskSpace.EndOf(DiskSpace.ShortLimit(found.Total)))}.";
        }
    }

    private sealed class Place
    {
        public bool IsShort { get; set; }

        public long? WellAt { get; set; }
    }
}
