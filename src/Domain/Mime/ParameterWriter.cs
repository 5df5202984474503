using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Writes one parameter as the tokens of a header field: quoted when it is short ASCII, else percent-encoded and
/// continued (RFC 2231) with a plain stand-in for readers that know no better.</summary>
internal static class ParameterWriter
{
    private const int LongestQuoted = 60;
    private const int LongestSection = 60;

    public static IEnumerable<string> Tokens(string name, string value)
    {
        if (IsSimple(value) && value.Length <= LongestQuoted)
        {
            yield return $"{name}=\"{value}\"";
            yield break;
        }

        var isFile = name is "name" or "filename";
        if (isFile)
        {
            yield return $"{name}=\"{StandIn(value)}\"";
        }

        var sections = Sections(value);
        for (var i = 0; i < sections.Count; i++)
        {
            var start = i == 0 ? "utf-8''" : "";
            yield return sections.Count == 1
                ? $"{name}*={start}{sections[i]}"
                : string.Create(CultureInfo.InvariantCulture, $"{name}*{i}*={start}{sections[i]}");
        }
    }

    /// <summary>Neither quotes nor backslashes, which old readers take in different ways, nor what looks like an encoded word.</summary>
    private static bool IsSimple(string value) =>
        !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && !value.AsSpan().ContainsAny('"', '\\')
        && !value.Contains("=?", StringComparison.Ordinal);

    private static string StandIn(string value)
    {
        var output = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            output.Append(rune.Value is >= ' ' and <= '~' and not ('"' or '\\' or '?') ? (char)rune.Value : '_');
        }

        return FileNames.Cut(output.ToString(), LongestQuoted);
    }

    private static List<string> Sections(string value)
    {
        var sections = new List<string>();
        var current = new StringBuilder();
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(octets);
            var piece = count == 1 && (char.IsAsciiLetterOrDigit((char)octets[0]) || octets[0] is (byte)'.' or (byte)'-' or (byte)'_')
                ? ((char)octets[0]).ToString()
                : Percent(octets[..count]);
            if (current.Length + piece.Length > LongestSection - (sections.Count == 0 ? 7 : 0))
            {
                sections.Add(current.ToString());
                current.Clear();
            }

            current.Append(piece);
        }

        sections.Add(current.ToString());
        return sections;
    }

    private static string Percent(ReadOnlySpan<byte> octets)
    {
        var output = new StringBuilder(12);
        foreach (var octet in octets)
        {
            output.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }

        return output.ToString();
    }
}
