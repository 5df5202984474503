using System.Text;
using System.Text.Json;

namespace Postern.Infrastructure.Configuration;

/// <summary>One value of a draft, as a person typed it.</summary>
/// <param name="Path">As in the configuration text: <c>name</c>, <c>settings.timeouts.connect</c>.</param>
public sealed record DraftValue(string Path, string Text, SettingForm Form = SettingForm.Text);

/// <summary>An address space as a person typed it.</summary>
public sealed record DraftSpace(string Type, string Pattern, string Cost);

/// <summary>
/// A site, connector, post office or listener as a form has it. It is read exactly as the configuration text is, so that form and text
/// have the same rules and the same sentences.
/// </summary>
/// <param name="Section">Its section in the text.</param>
public sealed record ItemDraft(string Section, IReadOnlyList<DraftValue> Values, IReadOnlyList<DraftSpace> Spaces)
{
    public const string Connectors = "connectors";
    public const string Sites = "sites";
    public const string PostOffices = "postOffices";
    public const string Listeners = "listeners";

    /// <summary>Where the values of address spaces stand.</summary>
    public const string SpacesPath = "addressSpaces";

    /// <summary>The item as text, and which path each of its lines belongs to.</summary>
    internal (string Text, IReadOnlyDictionary<int, string> Paths) ToText()
    {
        var text = new DraftText();
        text.Line("", $"{Section}:");
        text.Line("", "  -");
        text.Values(Values, 0, 2);
        if (Spaces.Count > 0)
        {
            text.Line(SpacesPath, $"    {SpacesPath}:");
            foreach (var (space, index) in Spaces.Select((space, index) => (space, index)))
            {
                text.Line(
                    $"{SpacesPath}[{index}]",
                    $"      - {{type: {DraftText.Quote(space.Type)}, pattern: {DraftText.Quote(space.Pattern)}, cost: {DraftText.Quote(space.Cost)}}}");
            }
        }

        return (text.ToString(), text.Paths);
    }

    private sealed class DraftText
    {
        private readonly StringBuilder text = new();
        private readonly Dictionary<int, string> paths = [];

        public IReadOnlyDictionary<int, string> Paths => paths;

        public void Line(string path, string line)
        {
            paths[paths.Count + 1] = path;
            text.Append(line).Append('\n');
        }

        // Values of one mapping; what has a common beginning of its path stands in a mapping below.
        public void Values(IReadOnlyList<DraftValue> values, int depth, int indent)
        {
            foreach (var group in values.GroupBy(value => value.Path.Split('.')[depth]).ToList())
            {
                var start = new string(' ', indent * 2) + group.Key + ":";
                var first = group.First();
                if (first.Path.Split('.').Length > depth + 1)
                {
                    Line(string.Join('.', first.Path.Split('.').Take(depth + 1)), start);
                    Values([.. group], depth + 1, indent + 1);
                }
                else if (Scalar(first) is { } scalar)
                {
                    Line(first.Path, $"{start} {scalar}");
                }
            }
        }

        public override string ToString() => text.ToString();

        // Every JSON string is a YAML string.
        public static string Quote(string value) => JsonSerializer.Serialize(value);

        private static string? Scalar(DraftValue value) => value.Form switch
        {
            SettingForm.Lines => $"[{string.Join(", ", Lines(value.Text).Select(Quote))}]",
            SettingForm.Secret => value.Text.Trim().Length > 0 ? $"{{secret: {Quote(value.Text.Trim())}}}" : null,
            SettingForm.Text => Quote(value.Text),
            _ => Quote(value.Text.Trim()),
        };

        private static string[] Lines(string lines) =>
            lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
