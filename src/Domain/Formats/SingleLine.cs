using System.Text;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats;

/// <summary>Texts for header lines of the old post offices, where a line end or a control character would begin something else.</summary>
internal static class SingleLine
{
    /// <summary>One line of the code page: line ends and control characters become one blank, unknown characters are spelled out.</summary>
    public static string Of(string what, string text, int codePage, List<ConversionLoss> losses)
    {
        var line = Joined(text);
        if (line != text.Trim())
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, what, text, line));
        }

        var fitted = OemText.Fit(line, codePage, out var replaced);
        if (replaced.Length > 0)
        {
            losses.Add(ConversionLoss.Of(LossKind.Characters, what, replaced, fitted));
            fitted = Joined(fitted);
        }

        return fitted;
    }

    private static string Joined(string text)
    {
        if (!text.Any(IsControl))
        {
            return text.Trim();
        }

        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsControl(c))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().Trim();
    }

    private static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
