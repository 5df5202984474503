using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>One mapping of the configuration text while it is read: each key is asked for once, what nobody asked for is a fault.</summary>
internal sealed class YamlSection(YamlMappingNode node, string place, FaultList faults)
{
    private const int LongestText = 1000;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public int Line => LineOf(node);

    public string Place => place;

    public FaultList Faults => faults;

    public static int LineOf(YamlNode node) => (int)node.Start.Line;

    /// <summary>The value of a key; null when the key is not there.</summary>
    public YamlNode? Find(string key)
    {
        known.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    /// <summary>The line of a key's value, or of the whole where the key is missing.</summary>
    public int LineOf(string key) => Find(key) is { } value ? LineOf(value) : Line;

    /// <summary>A text that may be missing.</summary>
    public string Text(string key, string missing = "") => Find(key) is { } value ? TextOf(value, key) ?? missing : missing;

    /// <summary>A text that must be there and not be empty; else a fault, and an empty text.</summary>
    public string RequiredText(string key)
    {
        var value = Find(key);
        var text = value is null ? "" : TextOf(value, key) ?? "";
        if (value is null || (text.Length == 0 && value is YamlScalarNode))
        {
            faults.Add(value is null ? Line : LineOf(value), $"{place} needs {key}.");
        }

        return text.Trim();
    }

    /// <summary>One of some words.</summary>
    public string Word(string key, string missing, params ReadOnlySpan<string> words)
    {
        var value = Find(key);
        if (value is null || TextOf(value, key) is not { } text)
        {
            return missing;
        }

        foreach (var word in words)
        {
            if (string.Equals(word, text.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        faults.Add(LineOf(value), $"{place}: {key} is “{text}”; it can be {string.Join(", ", words!)}.");
        return missing;
    }

    public int Number(string key, int missing, int least, int most)
    {
        var value = Find(key);
        if (value is null || TextOf(value, key) is not { } text)
        {
            return missing;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        faults.Add(LineOf(value), $"{place}: {key} is “{text}”; it must be a number from {least} to {most}.");
        return missing;
    }

    /// <summary>The items of a list; empty when the key is missing, a fault when it is something else.</summary>
    public IReadOnlyList<YamlNode> List(string key)
    {
        switch (Find(key))
        {
            case null or YamlScalarNode { Value: null or "" }:
                return [];
            case YamlSequenceNode list:
                return [.. list.Children];
            case var other:
                faults.Add(LineOf(other), $"{place}: {key} must be a list.");
                return [];
        }
    }

    /// <summary>A list of texts with their lines.</summary>
    public IReadOnlyList<(int Line, string Text)> TextList(string key) =>
        [.. List(key).Select(item => (LineOf(item), TextOf(item, key))).Where(item => item.Item2 is not null).Select(item => (item.Item1, item.Item2!))];

    /// <summary>Names the keys nobody asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var key in node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name))
            {
                faults.Add(LineOf(key), $"{place} has no “{key}”; it has {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    /// <summary>The text of a scalar; null, and a fault, when it is a list or a mapping or too long.</summary>
    public string? TextOf(YamlNode value, string key)
    {
        if (value is not YamlScalarNode { Value: { } text })
        {
            faults.Add(LineOf(value), $"{place}: {key} must be a single value.");
            return null;
        }

        if (text.Length > LongestText || text.Any(char.IsControl) || !IsWellFormed(text))
        {
            faults.Add(LineOf(value), $"{place}: {key} is longer than {LongestText:N0} characters, or holds a control character.");
            return null;
        }

        return text;
    }

    // A lone surrogate cannot be stored.
    private static bool IsWellFormed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == System.Text.Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
