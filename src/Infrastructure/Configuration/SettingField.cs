namespace Postern.Infrastructure.Configuration;

/// <summary>What kind of field a setting is edited in.</summary>
public enum SettingForm
{
    Text,

    /// <summary>A list, one value a line.</summary>
    Lines,
    Number,
    Flag,
    Choice,

    /// <summary>A time such as <c>90s</c> or <c>15m</c>.</summary>
    Time,

    /// <summary>The name of a secret; its value is set beside it and never shown.</summary>
    Secret,
}

/// <summary>One setting as a page shows it: where it stands, what it means, what its default is and where that comes from.</summary>
/// <param name="Path">As in the configuration text: <c>timeouts.connect</c>.</param>
/// <param name="Meaning">Without what it says of the default.</param>
/// <param name="DefaultNote">“15 seconds, as in the original (Q168211)”.</param>
/// <param name="Default">The default as the field would hold it.</param>
/// <param name="Choices">The words of a choice.</param>
public sealed record SettingField(
    string Path, string Tab, string Label, string Unit, string Meaning, string DefaultNote, string Default, SettingForm Form, IReadOnlyList<string> Choices)
{
    /// <summary>May hold several words of <see cref="Choices"/>, one a line.</summary>
    public bool TakesSeveral => Form == SettingForm.Lines;
}
