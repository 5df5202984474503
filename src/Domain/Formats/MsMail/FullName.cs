using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>The full name of an MS Mail list, alias in the programs' words: one line of the code page, 30 characters (Q96003).</summary>
internal static class FullName
{
    public const int Longest = 30;

    /// <summary>The name as a list will hold it.</summary>
    public static string Hold(string name, int codePage, out bool isExact)
    {
        var losses = new List<ConversionLoss>();
        var line = SingleLine.Of("full name", name, codePage, losses);
        var held = OemText.Cut(line, Longest, OemText.Page(codePage)).TrimEnd();
        isExact = losses.Count == 0 && held.Length == line.Length;
        return held;
    }
}
