using System.Globalization;
using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Formats.Ldap;

/// <summary>Where an entry of an LDAP directory stands, in the text form of RFC 4514: its own name first, then those of what it stands in.</summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private readonly IReadOnlyList<Part> parts;

    private DistinguishedName(IReadOnlyList<Part> parts) => this.parts = parts;

    /// <summary>How many names follow one another.</summary>
    public int Depth => parts.Count;

    /// <summary>The attribute that the entry is named by, such as <c>cn</c>; empty for the root.</summary>
    public string NamingAttribute => parts.Count > 0 ? parts[0].Pairs[0].Attribute : "";

    /// <summary>The entry's own name without escapes; empty for the root.</summary>
    public string Name => parts.Count > 0 ? parts[0].Pairs[0].Value : "";

    /// <summary>What the entry stands in.</summary>
    public DistinguishedName Parent => new([.. parts.Skip(1)]);

    /// <summary>The entry's own name as it is written in a distinguished name.</summary>
    public string OwnPart => parts.Count > 0 ? parts[0].Text : "";

    /// <summary>Reads the text form; false with a sentence where it is none.</summary>
    public static bool TryParse(string text, out DistinguishedName name, out string fault)
    {
        var reader = new Reader(text);
        var isRead = reader.TryRead(out var parts);
        name = new DistinguishedName(isRead ? parts : []);
        fault = isRead ? "" : $"“{text}” is no distinguished name such as ou=People,dc=example,dc=com.";
        return isRead;
    }

    /// <summary>An entry in this one.</summary>
    public DistinguishedName Child(string attribute, string name) => new([new Part([(attribute, name)]), .. parts]);

    /// <summary>Whether the entry stands directly in another one.</summary>
    public bool IsChildOf(DistinguishedName other) => Depth == other.Depth + 1 && IsWithin(other);

    /// <summary>Whether it is another entry, or stands anywhere below it.</summary>
    public bool IsWithin(DistinguishedName other) => Depth >= other.Depth && parts.Skip(Depth - other.Depth).Select(part => part.Key).SequenceEqual(other.parts.Select(part => part.Key));

    public bool Equals(DistinguishedName? other) => other is not null && Depth == other.Depth && IsWithin(other);

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => string.Join(',', parts.Select(part => part.Key)).GetHashCode(StringComparison.Ordinal);

    public override string ToString() => string.Join(',', parts.Select(part => part.Text));

    /// <summary>A value as it stands in a distinguished name (RFC 4514, section 2.4): what would end it or be lost is escaped.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var isOuter = (i == 0 && c is ' ' or '#') || (i == value.Length - 1 && c == ' ');
            _ = c < ' ' || c == '\u007f' ? text.Append(CultureInfo.InvariantCulture, $"\\{(int)c:X2}")
                : isOuter || ",+\"\\<>;=".Contains(c, StringComparison.Ordinal) ? text.Append('\\').Append(c)
                : text.Append(c);
        }

        return text.ToString();
    }

    private sealed record Part(IReadOnlyList<(string Attribute, string Value)> Pairs)
    {
        public string Text => string.Join('+', Pairs.Select(pair => $"{pair.Attribute}={Escape(pair.Value)}"));

        // Attributes without case; values as caseIgnoreMatch has them, in whatever order they were written.
        public string Key { get; } = string.Join('+', Pairs.Select(pair => $"{pair.Attribute.ToUpperInvariant()}={Escape(NameKey.Fold(pair.Value.Trim()))}").Order(StringComparer.Ordinal));
    }

    private ref struct Reader(string text)
    {
        private readonly string text = text;
        private int at;

        public bool TryRead(out IReadOnlyList<Part> parts)
        {
            var read = new List<Part>();
            parts = read;
            var pairs = new List<(string, string)>();
            if (text.AsSpan().Trim().IsEmpty)
            {
                return true;
            }

            while (TryAttribute(out var attribute) && TryValue(out var value))
            {
                pairs.Add((attribute, value));
                var end = at < text.Length ? text[at++] : '\0';
                if (end != '+')
                {
                    read.Add(new Part([.. pairs]));
                    pairs.Clear();
                }

                if (end == '\0')
                {
                    return true;
                }
            }

            return false;
        }

        private bool TryAttribute(out string attribute)
        {
            var end = text.IndexOf('=', at);
            attribute = end < 0 ? "" : text[at..end].Trim();
            at = end + 1;
            return attribute.Length > 0 && attribute.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ';');
        }

        // Until a comma, a plus or (of old, RFC 1779) a semicolon that is not escaped.
        private bool TryValue(out string value)
        {
            var bytes = new List<byte>();
            var kept = 0; // blanks that were escaped stay, others at the end do not count
            var isQuoted = false;
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }

            value = "";
            for (; at < text.Length && (isQuoted || text[at] is not (',' or '+' or ';')); at++)
            {
                if (text[at] == '"')
                {
                    isQuoted = !isQuoted;
                    kept = bytes.Count;
                    continue;
                }

                var isEscaped = text[at] == '\\';
                if (isEscaped && !TryEscaped(bytes))
                {
                    return false;
                }

                if (!isEscaped)
                {
                    Append(bytes);
                }

                kept = isEscaped || isQuoted || text[at] != ' ' ? bytes.Count : kept;
            }

            value = Encoding.UTF8.GetString([.. bytes.Take(kept)]);
            return !isQuoted;
        }

        private bool TryEscaped(List<byte> bytes)
        {
            if (at + 1 >= text.Length)
            {
                return false;
            }

            at++;
            if (at + 1 < text.Length && char.IsAsciiHexDigit(text[at]) && char.IsAsciiHexDigit(text[at + 1]))
            {
                bytes.Add(Convert.ToByte(text.Substring(at, 2), 16));
                at++;
                return true;
            }

            Append(bytes);
            return true;
        }

        private void Append(List<byte> bytes)
        {
            var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
            at += length - 1;
        }
    }
}
