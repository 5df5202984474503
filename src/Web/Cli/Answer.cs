using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>What a verb answers: sentences and aligned columns for people, JSON for scripts.</summary>
public sealed class Answer(TextWriter output, bool isJson)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a terminal, not a page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public bool IsJson => isJson;

    /// <summary>Writes one JSON document.</summary>
    public Task JsonAsync<T>(T value) => output.WriteLineAsync(JsonSerializer.Serialize(value, Options));

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
        var width = shown.Max(field => field.Name.Length);
        foreach (var (name, value) in shown)
        {
            await output.WriteLineAsync($"{name.PadRight(width)}  {VisibleText.Of(value, LongestField)}");
        }
    }

    private const int LongestCell = 60;
    private const int LongestField = 2_000;
}
