using System.Text;

namespace Postern.Domain.Directory.Rows;

/// <summary>The values of a row beside name and address, each with its name; two are equal when they say the same, in whatever order it was said.</summary>
public sealed class RowValues : IEquatable<RowValues>
{
    public static readonly RowValues None = new("");

    private RowValues(string text) => Text = text;

    /// <summary>One line for each value, <c>name=value</c>, in the order of the names: as it is stored, compared and hashed.</summary>
    public string Text { get; }

    public bool IsEmpty => Text.Length == 0;

    /// <summary>Values as they were read; empty ones are as good as none, and of two with one name the first counts.</summary>
    public static RowValues Of(IEnumerable<KeyValuePair<string, string>> values)
    {
        var sorted = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in values)
        {
            if (value.Trim() is { Length: > 0 } trimmed && !sorted.Exists(known => known.Key == name))
            {
                sorted.Add(KeyValuePair.Create(name, trimmed));
            }
        }

        if (sorted.Count == 0)
        {
            return None;
        }

        sorted.Sort(static (one, other) => CodePoints.Compare(one.Key, other.Key));

        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            Append(Append(text, name).Append('='), value).Append('\n');
        }

        return new RowValues(text.ToString());
    }

    public static RowValues Of(params (string Name, string Value)[] values) => Of(values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    /// <summary>Takes the stored text as it is.</summary>
    public static RowValues OfText(string text) => text.Length == 0 ? None : new RowValues(text);

    /// <summary>The value of that name; empty when there is none.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var (known, value) in All())
            {
                if (known == name)
                {
                    return value;
                }
            }

            return "";
        }
    }

    /// <summary>All names and values in order.</summary>
    public IEnumerable<KeyValuePair<string, string>> All()
    {
        foreach (var line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                yield return KeyValuePair.Create(Plain(line[..equals]), Plain(line[(equals + 1)..]));
            }
        }
    }

    /// <summary>These values with one changed; an empty value takes it out.</summary>
    public RowValues With(string name, string value) => Of(All().Where(pair => pair.Key != name).Append(KeyValuePair.Create(name, value)));

    /// <summary>Each value that differs, with both sides; empty where there is none.</summary>
    public static IEnumerable<(string Name, string Before, string After)> Differences(RowValues before, RowValues after) =>
        before.All().Concat(after.All()).Select(pair => pair.Key).Distinct(StringComparer.Ordinal).Order(CodePoints)
            .Select(name => (name, before[name], after[name]))
            .Where(value => value.Item2 != value.Item3);

    public bool Equals(RowValues? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as RowValues);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static Names.CodePointOrder CodePoints => Names.CodePointOrder.Instance;

    private static StringBuilder Append(StringBuilder text, string plain)
    {
        if (plain.AsSpan().IndexOfAny("\\\n\r=") < 0)
        {
            return text.Append(plain);
        }

        foreach (var c in plain)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '=' => text.Append("\\e"),
                _ => text.Append(c),
            };
        }

        return text;
    }

    private static string Plain(string escaped)
    {
        if (!escaped.Contains('\\', StringComparison.Ordinal))
        {
            return escaped;
        }

        var plain = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var code = escaped[i] == '\\' && i + 1 < escaped.Length ? escaped[++i] : '\0';
            plain.Append(code switch
            {
                '\0' => escaped[i],
                'n' => '\n',
                'r' => '\r',
                'e' => '=',
                _ => code,
            });
        }

        return plain.ToString();
    }
}
