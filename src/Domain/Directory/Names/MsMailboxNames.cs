using Postern.Domain.Addresses;

namespace Postern.Domain.Directory.Names;

/// <summary>MS Mail mailbox names: one to ten letters and digits, once in a post office (Q199676).</summary>
public sealed class MsMailboxNames : NameRule
{
    public const int LongestName = 10;

    // Q164464, Q77926: these belong to programs and administrators.
    private static readonly string[] Reserved = ["ADMIN", "POSTMASTER", "SYSTEM"];

    public override bool SpellingCounts => false;

    public override bool HasListPerHome => true;

    public override string Hold(string name, out bool isExact)
    {
        var letters = string.Concat(Formats.OemText.Fit(name, 20127, out _).Where(char.IsAsciiLetterOrDigit));
        var held = letters.Length > LongestName ? letters[..LongestName] : letters;
        isExact = held == name;
        return held;
    }

    /// <summary>Whether a mailbox name belongs to a program and can be nobody's.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    protected override SortKey KeyOf(string held, MailAddress address) => KeyOf($"{address.HomeKey}\0{held.ToUpperInvariant()}");

    protected override string FaultOf(string name, string held) =>
        held.Length == 0 ? $"“{name}” has no letter or digit that a mailbox name could be made of."
        : IsReserved(held) ? $"The mailbox {held} belongs to MS Mail itself."
        : "";
}
