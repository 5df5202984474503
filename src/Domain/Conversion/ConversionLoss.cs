namespace Postern.Domain.Conversion;

/// <summary>What kind of thing a conversion changed, left out, or could not carry.</summary>
public enum LossKind
{
    /// <summary>Text cut to a limit of the target.</summary>
    Shortened,

    /// <summary>Characters the target cannot hold were spelled out or replaced.</summary>
    Characters,

    /// <summary>A form the target cannot take was replaced by one it can: brackets, control characters, names.</summary>
    Replaced,

    /// <summary>Content took another place: a long body became a file, a recipient is named in a text.</summary>
    Moved,

    /// <summary>Content was not carried.</summary>
    Dropped,

    /// <summary>Something was added that the sender did not write.</summary>
    Added,
}

/// <summary>
/// One thing that a conversion changed or lost (promise P7). The message page shows <paramref name="What"/> as the subject and both texts;
/// they are cut for display where they are long.
/// </summary>
public sealed record ConversionLoss(LossKind Kind, string What, string Before, string After)
{
    private const int LongestText = 200;

    /// <summary>A loss with both texts cut to a length that can be stored and shown.</summary>
    public static ConversionLoss Of(LossKind kind, string what, string before, string after) => new(kind, what, Bounded(before), Bounded(after));

    private static string Bounded(string text)
    {
        if (text.Length <= LongestText)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text[..length] + "…";
    }
}
