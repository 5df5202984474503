using System.Text;
using System.Text.Json;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Messages;

/// <summary>Reads what was lost or changed on the way (promise P7) from the notes of a message and of its deliveries.</summary>
public static class LossLines
{
    private const int Most = 200;

    /// <summary>All of them, those of the reading first; equal ones once.</summary>
    public static IReadOnlyList<LossLine> Of(MessageDetails details) =>
        [.. Read(details.Message.Notes).Concat(details.Happenings.SelectMany(step => Read(step.Details))).Distinct().Take(Most)];

    /// <summary>Reads <c>[{"what":…,"before":…,"after":…}]</c>; what has another form is no loss.</summary>
    internal static IEnumerable<LossLine> Read(string? json)
    {
        if (json is null)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(Line).OfType<LossLine>()]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: half a surrogate pair
        {
            return [];
        }
    }

    private static LossLine? Line(JsonElement item) =>
        Text(item, "what") is { Length: > 0 } what ? new LossLine(VisibleText.Of(what, 300), Text(item, "before"), Text(item, "after")) : null;

    private static string? Text(JsonElement item, string name)
    {
        foreach (var property in item.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.String)
            {
                return property.Value.GetString();
            }
        }

        return null;
    }
}
