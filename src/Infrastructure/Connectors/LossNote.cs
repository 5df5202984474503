using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Domain.Conversion;

namespace Postern.Infrastructure.Connectors;

/// <summary>A loss as it is stored: the message page shows it.</summary>
internal sealed record LossNote(string Kind, string What, string Before, string After)
{
    /// <summary>What a conversion changed, as JSON; null when it changed nothing.</summary>
    public static string? Of(IReadOnlyList<ConversionLoss> losses) =>
        Of([.. losses.Select(loss => new LossNote(loss.Kind.ToString(), loss.What, loss.Before, loss.After))]);

    public static string? Of(LossNote[] notes) => notes.Length == 0 ? null : JsonSerializer.Serialize(notes, NotesJson.Default.LossNoteArray);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LossNote[]))]
internal sealed partial class NotesJson : JsonSerializerContext;
