using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>What a verb answers: sentences and aligned columns for people, JSON for scripts.</summary>
public sealed class Answer(TextWriter output, bool isJson)
{
    private static readonly JsonSerializerOptions Options = Readable();

    public bool IsJson => isJson;

    /// <summary>Writes one JSON document.</summary>
    public Task JsonAsync<T>(T value) => output.WriteLineAsync(Escaped(JsonSerializer.Serialize(value, Options)));

    /// <summary>Writes a line. What it quotes of others has to be made visible first.</summary>
    public Task LineAsync(string text = "") => output.WriteLineAsync(text);

    /// <summary>Writes a text as it is, to the byte.</summary>
    public Task TextAsync(string text) => output.WriteAsync(text);

    /// <summary>Writes columns as wide as they need to be; numbers stand to the right.</summary>
    public async Task TableAsync(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        var cells = rows.Select(row => row.Select(cell => VisibleText.Of(cell, LongestCell)).ToList()).ToList();
        var isNumber = heads.Select((_, i) => cells.Count > 0 && cells.All(row => row[i].All(c => char.IsAsciiDigit(c) || c == ','))).ToList();
        var widths = heads.Select((head, i) => cells.Select(row => row[i].Length).Append(head.Length).Max()).ToList();
        foreach (var row in cells.Prepend([.. heads]))
        {
            var line = row.Select((cell, i) => isNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            await output.WriteLineAsync(string.Join("  ", line).TrimEnd());
        }
    }

    /// <summary>Writes names and values below one another; what is empty is left out.</summary>
    public async Task FieldsAsync(IEnumerable<(string Name, string Value)> fields)
    {
        var shown = fields.Where(field => field.Value.Length > 0).ToList();
        var width = shown.Select(field => field.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, value) in shown)
        {
            await output.WriteLineAsync($"{name.PadRight(width)}  {VisibleText.Of(value, LongestField)}");
        }
    }

    private const int LongestCell = 60;
    private const int LongestField = 2_000;

    private static JsonSerializerOptions Readable()
    {
        // A terminal, not a page: letters and angle brackets stay as they are.
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        ApiJson.Set(options);
        return options;
    }

    // The encoder leaves what turns the direction of a line or is not seen at all as it is; it stands only within strings, where an escape means the same.
    private static string Escaped(string json)
    {
        if (!json.Any(IsUnseen))
        {
            return json;
        }

        var result = new StringBuilder(json.Length + 64);
        foreach (var c in json)
        {
            _ = IsUnseen(c) ? result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : result.Append(c);
        }

        return result.ToString();
    }

    private static bool IsUnseen(char c) => c >= '\u007f' && char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control;
}
