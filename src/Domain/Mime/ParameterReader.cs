using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Reads "; name=value" lists as they are met in mail: quoted or not, continued and percent-encoded (RFC 2231), encoded
/// words in file names (which RFC 2047 forbids and everybody sends).</summary>
internal static class ParameterReader
{
    private const int MostParameters = 200;

    /// <summary>The text starts behind the main value, at its first semicolon or at nothing.</summary>
    public static ParameterList Read(ReadOnlySpan<char> text)
    {
        var raw = new List<RawParameter>();
        var faults = MimeFaults.None;
        while (raw.Count < MostParameters && TryTake(ref text, ref faults, out var parameter))
        {
            raw.Add(parameter);
        }

        if (raw.Count == 0)
        {
            return faults == MimeFaults.None ? ParameterList.Empty : new ParameterList([], faults);
        }

        faults |= raw.Count == MostParameters ? MimeFaults.BadParameter : MimeFaults.None;
        var items = new List<KeyValuePair<string, string>>(raw.Count);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in raw)
        {
            if (seen.Add(parameter.Name))
            {
                items.Add(new(parameter.Name, Join(raw, parameter.Name, ref faults)));
            }
        }

        return new ParameterList(items, faults);
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, ref MimeFaults faults, out RawParameter parameter)
    {
        while (true)
        {
            text = text.TrimStart(" \t;");
            if (text.IsEmpty)
            {
                parameter = default;
                return false;
            }

            var end = text.IndexOfAny('=', ';');
            if (end < 0 || text[end] == ';')
            {
                faults |= text[0] == '(' ? MimeFaults.None : MimeFaults.BadParameter;
                text = end < 0 ? default : text[end..];
                continue;
            }

            var name = text[..end].Trim();
            text = text[(end + 1)..].TrimStart(" \t");
            var isQuoted = !text.IsEmpty && text[0] == '"';
            var value = isQuoted ? TakeQuoted(ref text, ref faults) : TakeBare(ref text, name);
            if (name.IsEmpty || name.Length > 100)
            {
                faults |= MimeFaults.BadParameter;
                continue;
            }

            parameter = RawParameter.From(name, value);
            return true;
        }
    }

    /// <summary>A backslash escapes only a quote and itself: old clients send DOS paths with bare backslashes.</summary>
    private static string TakeQuoted(ref ReadOnlySpan<char> text, ref MimeFaults faults)
    {
        var value = new StringBuilder();
        var at = 1;
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\')
            {
                at++;
            }

            value.Append(text[at++]);
        }

        faults |= at < text.Length ? MimeFaults.None : MimeFaults.BadParameter;
        text = at < text.Length ? text[(at + 1)..] : default;
        var next = text.IndexOf(';');
        text = next < 0 ? default : text[next..];
        return value.ToString();
    }

    private static string TakeBare(ref ReadOnlySpan<char> text, ReadOnlySpan<char> name)
    {
        var end = text.IndexOf(';');
        var value = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[end..];

        // "charset=us-ascii (plain)" carries a comment; "filename=plan (2).doc" does not.
        var comment = value.IndexOf(" (", StringComparison.Ordinal);
        if (comment >= 0 && !IsFileName(name))
        {
            value = value[..comment];
        }

        return value.Trim(" \t").ToString();
    }

    private static string Join(List<RawParameter> raw, string name, ref MimeFaults faults)
    {
        var own = raw.FindAll(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (own.FindIndex(p => p.Section < 0 && p.IsExtended) is >= 0 and var whole)
        {
            return JoinSections([own[whole]], ref faults);
        }

        var sections = new List<RawParameter>();
        while (own.FindIndex(p => p.Section == sections.Count) is >= 0 and var next)
        {
            sections.Add(own[next]);
        }

        if (sections.Count > 0)
        {
            return JoinSections(sections, ref faults);
        }

        var plain = own.FindIndex(p => p.Section < 0);
        if (plain < 0)
        {
            faults |= MimeFaults.BadParameter;
            return own[0].Value;
        }

        faults |= own.Count > 1 ? MimeFaults.FieldDuplicated : MimeFaults.None;
        return IsFileName(name) ? EncodedWords.Decode(own[plain].Value) : own[plain].Value;
    }

    /// <summary>Joins the bytes of all sections before they are read, since a character may be cut between two of them.</summary>
    private static string JoinSections(List<RawParameter> sections, ref MimeFaults faults)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var charset = "utf-8";
        for (var i = 0; i < sections.Count; i++)
        {
            var value = sections[i].Value;
            if (i == 0 && sections[0].IsExtended && TakeCharset(ref value) is { } label)
            {
                charset = label.Length == 0 ? charset : label;
            }

            var octets = Encoding.UTF8.GetBytes(value);
            bytes.Write(octets.AsSpan(0, sections[i].IsExtended ? DecodePercent(octets) : octets.Length));
        }

        if (bytes.WrittenCount == 0)
        {
            return "";
        }

        var text = Charsets.Decode(charset, bytes.WrittenSpan, out var wrong);
        faults |= wrong;
        return text;
    }

    private static string? TakeCharset(ref string value)
    {
        var first = value.IndexOf('\'', StringComparison.Ordinal);
        var second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        if (second < 0)
        {
            return null;
        }

        var charset = value[..first];
        value = value[(second + 1)..];
        return charset;
    }

    private static int DecodePercent(Span<byte> octets)
    {
        var length = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] == '%' && i + 2 < octets.Length && Hex.TryRead(octets[i + 1], octets[i + 2], out var value))
            {
                octets[length++] = value;
                i += 2;
            }
            else
            {
                octets[length++] = octets[i];
            }
        }

        return length;
    }

    private static bool IsFileName(ReadOnlySpan<char> name) =>
        name.Equals("name", StringComparison.OrdinalIgnoreCase) || name.Equals("filename", StringComparison.OrdinalIgnoreCase);

    private readonly record struct RawParameter(string Name, int Section, bool IsExtended, string Value)
    {
        public static RawParameter From(ReadOnlySpan<char> name, string value)
        {
            var isExtended = name.Length > 1 && name[^1] == '*';
            var rest = isExtended ? name[..^1] : name;
            var star = rest.LastIndexOf('*');
            if (star > 0 && rest.Length - star <= 4
                && int.TryParse(rest[(star + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var section))
            {
                return new RawParameter(rest[..star].ToString(), section, isExtended, value);
            }

            return new RawParameter(rest.ToString(), -1, isExtended, value);
        }
    }
}
