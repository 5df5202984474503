using Postern.Domain.Watch;

namespace Postern.Infrastructure.Watch;

/// <summary>The folders and disks that mail depends on, on this machine.</summary>
/// <param name="DataFolder">Everything of ours lies below it unless a setting says otherwise.</param>
/// <param name="Spool">Where large content is kept until the intake has it.</param>
public sealed record WatchPlaces(string DataFolder, string Spool)
{
    /// <summary>Folders of the process itself: path, and whether it writes there.</summary>
    internal IEnumerable<(string Path, bool IsWritten)> Own => [(DataFolder, true), (Spool, true)];

    /// <summary>Folders of a connector that runs here.</summary>
    internal IEnumerable<(string Path, bool IsWritten)> Of(ConnectorFacts connector)
    {
        if (connector.Link is not { } link)
        {
            return [];
        }

        var work = link.Work(DataFolder, connector.Name);
        return [.. link.Outside, (work, true), .. link.Below.Select(name => (Path.Combine(work, name), true))];
    }

    /// <summary>The disks that those folders, and a database of ours, lie on.</summary>
    /// <param name="database">The folder of the tables; empty when it is not known or not here.</param>
    internal IReadOnlyList<WatchedDisk> Disks(IEnumerable<ConnectorFacts> here, string database)
    {
        var held = new List<(string What, string Path)> { ("the data folder", DataFolder), ("the spool", Spool) };
        if (database.Length > 0)
        {
            held.Add(("the database", database));
        }

        held.AddRange(here.Where(connector => connector.Link is not null).Select(connector => ($"the work folders of {connector.Name}", connector.Link!.Work(DataFolder, connector.Name))));
        var mounts = Mounts();
        return
        [
            .. held.Select(item => (item.What, item.Path, Mount: MountOf(item.Path, mounts))).GroupBy(item => item.Mount, StringComparer.Ordinal)
                .Select(group => Measure(group.Key, group.First().Path, string.Join(", ", group.Select(item => item.What)))).OfType<WatchedDisk>(),
        ];
    }

    private static WatchedDisk? Measure(string mount, string path, string holds)
    {
        try
        {
            var drive = new DriveInfo(path);
            return new WatchedDisk(mount, holds, drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the folder's own alert says so
        }
    }

    private static string MountOf(string path, IReadOnlyList<string> mounts) => mounts
        .Where(mount => mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal))
        .OrderByDescending(mount => mount.Length).FirstOrDefault() ?? "/";

    private static IReadOnlyList<string> Mounts()
    {
        try
        {
            return [.. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).Where(parts => parts.Length > 1)
                .Select(parts => parts[1].Replace(@"\040", " ", StringComparison.Ordinal))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ["/"];
        }
    }
}
