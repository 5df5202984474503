using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>Reads a text as one YAML mapping, bounded: the text may come from a stranger's mail.</summary>
internal static class YamlText
{
    private const int LongestText = 256 * 1024 * 1024;
    private const int DeepestNesting = 20;

    /// <summary>The mapping; null, and a fault, when the text is something else. An empty text is an empty mapping.</summary>
    public static YamlMappingNode? Read(string text, FaultList faults)
    {
        try
        {
            if (IsWithinBounds(text, faults))
            {
                var yaml = new YamlStream();
                yaml.Load(new StringReader(text));
                return RootOf(yaml, faults);
            }
        }
        catch (YamlException e)
        {
            faults.Add((int)e.Start.Line, $"This is not YAML: {e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser's own slips on damaged input, found by damaging some.
            faults.Add(0, $"This is not YAML: {e.Message}");
        }

        return null;
    }

    // Nodes are built by recursion, and an alias can stand for millions of them: both are settled before.
    private static bool IsWithinBounds(string text, FaultList faults)
    {
        if (text.Length > LongestText)
        {
            faults.Add(0, $"The text is longer than {LongestText:N0} characters.");
            return false;
        }

        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting)
            {
                faults.Add((int)parser.Current.Start.Line, $"The text is nested deeper than {DeepestNesting} levels.");
                return false;
            }

            if (parser.Current is AnchorAlias)
            {
                faults.Add((int)parser.Current.Start.Line, "An alias (*name) cannot be used; write the value out.");
                return false;
            }
        }

        return true;
    }

    private static YamlMappingNode? RootOf(YamlStream yaml, FaultList faults)
    {
        if (yaml.Documents.Count == 0)
        {
            return [];
        }

        if (yaml.Documents.Count > 1)
        {
            faults.Add(YamlSection.LineOf(yaml.Documents[1].RootNode), "The text holds more than one document.");
            return null;
        }

        switch (yaml.Documents[0].RootNode)
        {
            case YamlMappingNode root:
                return root;
            case YamlScalarNode { Value: null or "" }:
                return [];
            case var other:
                faults.Add(YamlSection.LineOf(other), "The text must begin with sections such as “sites:”.");
                return null;
        }
    }
}
