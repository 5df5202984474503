namespace Postern.Web.Components.Shared;

/// <summary>One view of a page: a name, what it counts, and the address that is the view.</summary>
public sealed record ViewTab(string Name, string Href, bool IsCurrent, long? Count = null);
