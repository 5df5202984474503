namespace Postern.Web.Components.Shared;

/// <summary>The page that lies above the one that is open.</summary>
public sealed record Crumb(string Text, string Href);
