namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Looks for the next block when sizes cannot be trusted. Each answer is remembered with the range it covers, so that however often a
/// hostile file makes the reader ask, every byte is looked at once per question.
/// </summary>
internal sealed class BlockScan(ByteSource source, SourceLines lines)
{
    private Answer message = new(-1, -1);
    private Answer block = new(-1, -1);
    private Answer plain = new(-1, -1);

    /// <summary>The next <c>Message:</c> at or after an offset; the file's length when there is none.</summary>
    public long NextMessage(long from) => Next(from, ref message, lines.IsMessageStart);

    /// <summary>The next message or sized item.</summary>
    public long NextBlock(long from) => Next(from, ref block, at => lines.IsSizedItem(at, anyName: false) || lines.IsMessageStart(at));

    /// <summary>The next message or item keyword of the plain dialect.</summary>
    public long NextPlain(long from) => Next(from, ref plain, at => lines.IsItemLine(at) || lines.IsMessageStart(at));

    private long Next(long from, ref Answer known, Func<long, bool> isHit)
    {
        if (from >= source.Length || isHit(from))
        {
            return Math.Min(from, source.Length);
        }

        if (known.From <= from && from < known.Hit)
        {
            return known.Hit;
        }

        var at = from;
        do
        {
            var feed = source.IndexOf((byte)'\n', at, source.Length);
            at = feed < 0 ? source.Length : feed + 1;
        }
        while (at < source.Length && !isHit(at));

        known = new Answer(from, at);
        return at;
    }

    private readonly record struct Answer(long From, long Hit);
}
