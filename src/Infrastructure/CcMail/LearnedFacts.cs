using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;

namespace Postern.Infrastructure.CcMail;

/// <summary>What a post office has shown about itself; kept beside its files, so that a new start need not learn it again.</summary>
/// <param name="DateOrder">The order of a date that IMPORT takes (Q180641); null until it refused one.</param>
/// <param name="SizeModel">How EXPORT counts sizes.</param>
public sealed record LearnedFacts(DateOrder? DateOrder = null, SizeModel SizeModel = SizeModel.Unknown);

/// <summary>Reads and writes <see cref="LearnedFacts"/>. A file that cannot be read is as good as none: the facts are learned again.</summary>
internal static class LearnedFile
{
    public const string Name = "learned.json";

    public static LearnedFacts Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Name)), LearnedJson.Default.LearnedFacts) ?? new();
        }
        catch (IOException)
        {
            return new();
        }
        catch (JsonException)
        {
            return new();
        }
    }

    public static void Write(string folder, LearnedFacts facts)
    {
        var temporary = Path.Combine(folder, Name + ".tmp");
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(facts, LearnedJson.Default.LearnedFacts));
        File.Move(temporary, Path.Combine(folder, Name), overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LearnedFacts))]
internal sealed partial class LearnedJson : JsonSerializerContext;
