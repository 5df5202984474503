namespace Postern.Infrastructure.Queue;

/// <summary>Finds ledger rows by time through the index of their batches: a batch is named by a version 7 UUID, which begins with its milliseconds (RFC 9562 section 5.7).</summary>
internal static class BatchTime
{
    // The name is drawn by the process before the database sets the row's own time, and by another clock when they are two machines.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>A name that sorts before those of all batches from this instant on. Rows that it lets through are to be compared by their own time.</summary>
    public static Guid Before(DateTimeOffset at)
    {
        Span<byte> name = stackalloc byte[16];
        name.Clear();
        var milliseconds = Math.Max(0, (at - Slack).ToUnixTimeMilliseconds());
        for (var i = 0; i < 6; i++)
        {
            name[i] = (byte)(milliseconds >> (8 * (5 - i)));
        }

        return new Guid(name, bigEndian: true);
    }
}
