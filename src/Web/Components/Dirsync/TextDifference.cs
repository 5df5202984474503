using System.Globalization;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>A text in three parts: what both sides begin with, what only this one has, what both end with.</summary>
public sealed record MarkedParts(string Head, string Changed, string Tail)
{
    /// <summary>The parts as one.</summary>
    public override string ToString() => Head + Changed + Tail;
}

/// <summary>A text before and after a change, made visible, with the letters marked that differ; no letter is taken apart from its accents.</summary>
public sealed record TextDifference(MarkedParts Before, MarkedParts After)
{
    private const int Longest = 4_000;
    private const int MostAround = 60;
    private const int KeptAround = 30;
    private const int MostChanged = 140;

    /// <summary>What differs between two texts. Where nothing can be seen to differ, all of both is marked.</summary>
    public static TextDifference Of(string before, string after)
    {
        var one = Elements(VisibleText.Of(before, Longest));
        var other = Elements(VisibleText.Of(after, Longest));
        var most = Math.Min(one.Length, other.Length);
        var head = 0;
        while (head < most && one[head] == other[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < most - head && one[^(tail + 1)] == other[^(tail + 1)])
        {
            tail++;
        }

        (head, tail) = head == one.Length && head == other.Length ? (0, 0) : (head, tail);
        return new TextDifference(Parts(one, head, tail), Parts(other, head, tail));
    }

    private static MarkedParts Parts(string[] elements, int head, int tail)
    {
        var changed = elements[head..^tail];
        return new MarkedParts(
            head > MostAround ? "…" + string.Concat(elements[(head - KeptAround)..head]) : string.Concat(elements[..head]),
            changed.Length > MostChanged ? string.Concat(changed[..MostChanged]) + "…" : string.Concat(changed),
            tail > MostAround ? string.Concat(elements[^tail..^(tail - KeptAround)]) + "…" : string.Concat(elements[^tail..]));
    }

    private static string[] Elements(string text)
    {
        var starts = StringInfo.ParseCombiningCharacters(text);
        return [.. starts.Select((start, index) => text[start..(index + 1 < starts.Length ? starts[index + 1] : text.Length)])];
    }
}
