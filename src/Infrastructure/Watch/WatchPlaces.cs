using Postern.Domain.Watch;
using Postern.Infrastructure.Queue;

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
    /// <param name="room">What decides whether mail is taken in.</param>
    internal IReadOnlyList<WatchedDisk> Disks(IEnumerable<ConnectorFacts> here, string database, StorageRoom room)
    {
        var held = new List<(string What, string Path, bool HoldsMail)> { ("the data folder", DataFolder, true), ("the spool", Spool, true) };
        if (database.Length > 0)
        {
            held.Add(("the database", database, true));
        }

        held.AddRange(here.Where(connector => connector.Link is not null).Select(connector => ($"the work folders of {connector.Name}", connector.Link!.Work(DataFolder, connector.Name), false)));
        var mounts = Mounts();
        return
        [
            .. held.GroupBy(item => MountOf(item.Path, mounts), StringComparer.Ordinal)
                .Select(group => room.SizeOf(group.First().Path) is { } size
                    ? new WatchedDisk(group.Key, string.Join(", ", group.Select(item => item.What)), size, group.Any(item => room.IsShort(item.Path)), group.Any(item => item.HoldsMail))
                    : null).OfType<WatchedDisk>(),
        ];
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
