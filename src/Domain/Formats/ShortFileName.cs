using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats;

/// <summary>
/// Names for file items that DOS and Windows 3.x clients can open: 8.3 with <c>~n</c> where a name had to be shortened (Q190297),
/// or the long name bounded to an item title (Q192593). Names within one message stay distinct without case.
/// </summary>
public static class ShortFileName
{
    private const string Forbidden = "\"*+,/:;<=>?[\\]|";
    private const int StemLimit = 8;
    private const int ExtensionLimit = 3;

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CLOCK$", "COM1", "COM2", "COM3", "COM4", "LPT1", "LPT2", "LPT3",
    };

    /// <summary>The 8.3 name for one that is already in the code page. Lengths are bytes, and no double-byte character is cut (Q228534).</summary>
    public static string Shorten(string name, Encoding page, ISet<string> taken)
    {
        var (stem, extension) = Split(Cleaned(name, isShort: true));
        var shortExtension = OemText.Cut(extension, ExtensionLimit, page);
        var suffix = shortExtension.Length > 0 ? "." + shortExtension : "";
        var isWhole = stem.Length > 0
            && stem + suffix == name
            && page.GetByteCount(stem) <= StemLimit
            && !Devices.Contains(stem);
        if (isWhole && taken.Add(name))
        {
            return name;
        }

        stem = stem.Length > 0 ? stem : "Unnamed";
        for (var n = 1; ; n++)
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"~{n}");
            var candidate = OemText.Cut(stem, StemLimit - mark.Length, page) + mark + suffix;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    /// <summary>A long name within so many bytes; the extension is kept, and a second file of the same name gets <c>~n</c>.</summary>
    public static string Bound(string name, int byteLimit, Encoding page, ISet<string> taken)
    {
        name = Cleaned(name, isShort: false);
        name = name.Length > 0 ? name : "Unnamed";
        if (page.GetByteCount(name) <= byteLimit && taken.Add(name))
        {
            return name;
        }

        var (stem, extension) = Split(name);
        var suffix = extension.Length > 0 ? "." + OemText.Cut(extension, byteLimit / 3, page) : "";
        for (var n = 1; ; n++)
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"~{n}");
            var candidate = OemText.Cut(stem, byteLimit - mark.Length - page.GetByteCount(suffix), page) + mark + suffix;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    private static (string Stem, string Extension) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot <= 0 ? (name.TrimStart('.'), "") : (name[..dot].TrimEnd('.'), name[(dot + 1)..]);
    }

    // The last part of a path; blanks and further dots have no place in 8.3
    private static string Cleaned(string name, bool isShort)
    {
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Trim().TrimEnd('.');
        var dot = name.LastIndexOf('.');
        var cleaned = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsControl(c) || (Forbidden.Contains(c, StringComparison.Ordinal) && (isShort || c is not ('+' or ',' or ';' or '=' or '[' or ']'))))
            {
                cleaned.Append('_');
            }
            else if (!isShort || (c != ' ' && (c != '.' || i == dot)))
            {
                cleaned.Append(c);
            }
        }

        return cleaned.ToString();
    }
}
