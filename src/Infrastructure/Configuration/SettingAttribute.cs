namespace Postern.Infrastructure.Configuration;

/// <summary>How a setting is called on the connector's page and under which tab it stands; what it means is its summary.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string tab, string label) : Attribute
{
    /// <summary>Tab of the page, as in the original's dialogs where it had one.</summary>
    public string Tab { get; } = tab;

    public string Label { get; } = label;

    /// <summary>Stands behind the field; empty where the value says it.</summary>
    public string Unit { get; init; } = "";
}
