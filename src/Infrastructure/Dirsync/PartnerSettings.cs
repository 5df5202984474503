using System.Text.Json;
using Postern.Infrastructure.Configuration;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Dirsync;

/// <summary>The settings of a kind of partner as its page lays them out and as they are typed there; read by the rules of the settings of connectors.</summary>
public sealed class PartnerSettings
{
    /// <summary>Before the path of each setting.</summary>
    public const string Prefix = "settings.";

    private const string Place = "Partner";

    private readonly SettingsShape shape;
    private readonly SettingsGuide guide;

    public PartnerSettings(IPartnerKind kind)
    {
        shape = SettingsShape.Of(kind.Settings);
        guide = new SettingsGuide(shape);
        Fields = [.. guide.Fields.Select(field => field with { Path = Prefix + field.Path })];
    }

    /// <summary>In the order of the record, each path behind <see cref="Prefix"/>.</summary>
    public IReadOnlyList<SettingField> Fields { get; }

    /// <summary>Every setting as its field holds it; what cannot be read of the stored text has its default, and the fault says what that is.</summary>
    public IReadOnlyDictionary<string, string> Texts(string json, out string fault)
    {
        fault = "";
        try
        {
            return WithPrefix(json);
        }
        catch (JsonException)
        {
            (var readable, fault) = shape.Salvage(json);
            return WithPrefix(readable);
        }
    }

    /// <summary>The stored text for what was typed, and what cannot be read of it.</summary>
    public (string Json, IReadOnlyList<PartnerFault> Faults) Read(IEnumerable<DraftValue> values)
    {
        var (text, paths) = new ItemDraft("partners", [.. values], []).ToText();
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var faults = new FaultList();
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }] || root.Children.Values.FirstOrDefault() is not YamlSequenceNode { Children: [YamlMappingNode item] })
        {
            return ("{}", []);
        }

        var json = SettingsReader.Read(shape, new YamlSection(item, Place, faults));
        return (json, [.. faults.InOrder().Select(fault => new PartnerFault(paths.GetValueOrDefault(fault.Line, ""), WithoutPlace(fault.Text)))]);
    }

    private Dictionary<string, string> WithPrefix(string json) => guide.Texts(json).ToDictionary(pair => Prefix + pair.Key, pair => pair.Value, StringComparer.Ordinal);

    private static string WithoutPlace(string text) =>
        text.StartsWith(Place, StringComparison.Ordinal) && text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? char.ToUpperInvariant(text[colon + 2]) + text[(colon + 3)..] : text;
}
