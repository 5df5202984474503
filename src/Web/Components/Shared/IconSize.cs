namespace Postern.Web.Components.Shared;

/// <summary>Edge of an icon: 16, 14 or 12 px.</summary>
public enum IconSize
{
    /// <summary>Beside body text.</summary>
    Normal,

    /// <summary>In small buttons and second lines.</summary>
    Small,

    /// <summary>Behind a word.</summary>
    Tiny,
}
