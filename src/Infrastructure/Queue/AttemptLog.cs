using System.IO.MemoryMappedFiles;

namespace Postern.Infrastructure.Queue;

/// <summary>Remembers across a crash which attempts had begun, without a write to the database per attempt.</summary>
/// <remarks>
/// A mapped file of slots, one delivery id each. What is in the map when the process dies stays in the page cache, so the next
/// process finds it; only a crash of the whole machine loses it, and that is nobody's poison. An attempt that had begun and was
/// not recorded may have been taken by the peer (its next attempt is marked) and may have caused the crash (it runs alone).
/// </remarks>
public sealed class AttemptLog : IDisposable
{
    private const int Slots = 65_536;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly Dictionary<long, int> slotOf = [];
    private readonly Stack<int> free = new();
    private readonly Lock gate = new();

    public AttemptLog(string path)
    {
        Interrupted = ReadLeftOver(path);
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite))
        {
            // Written, not only lengthened: a slot without a block behind it ends the process on a full disk.
            stream.Write(new byte[Slots * sizeof(long)]);
            stream.Flush(flushToDisk: true);
        }

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        view = file.CreateViewAccessor();
        for (var slot = Slots - 1; slot >= 0; slot--)
        {
            free.Push(slot);
        }
    }

    /// <summary>Deliveries whose attempt had begun when the process before this one died; empty after an orderly end.</summary>
    public IReadOnlyList<long> Interrupted { get; }

    /// <summary>The attempts at these deliveries begin now.</summary>
    public void Begin(IEnumerable<long> deliveryIds)
    {
        lock (gate)
        {
            foreach (var id in deliveryIds)
            {
                // With all slots taken an attempt goes unremembered: a crash then leaves it unmarked, never lost.
                if (free.TryPop(out var slot) && slotOf.TryAdd(id, slot))
                {
                    view.Write(slot * sizeof(long), id);
                }
            }
        }
    }

    /// <summary>The outcomes of these deliveries are in the database.</summary>
    public void End(IEnumerable<long> deliveryIds)
    {
        lock (gate)
        {
            foreach (var id in deliveryIds)
            {
                if (slotOf.Remove(id, out var slot))
                {
                    view.Write(slot * sizeof(long), 0L);
                    free.Push(slot);
                }
            }
        }
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    private static List<long> ReadLeftOver(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var bytes = File.ReadAllBytes(path);
        var ids = new List<long>();
        for (var at = 0; at + sizeof(long) <= bytes.Length; at += sizeof(long))
        {
            if (BitConverter.ToInt64(bytes, at) is not 0 and var id)
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
