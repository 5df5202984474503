namespace Postern.Web.Components.Shared;

/// <summary>One filter that is in force.</summary>
/// <param name="RemoveHref">The view without it.</param>
public sealed record ActiveFilter(string Name, string Value, string? RemoveHref);

/// <summary>A property that can be filtered by, with the values that lead somewhere.</summary>
public sealed record FilterChoice(string Name, IReadOnlyList<FilterValue> Values);

/// <summary>One value of a property.</summary>
/// <param name="Count">How many match with it, where that is known.</param>
/// <param name="Href">The view with it.</param>
public sealed record FilterValue(string Text, long? Count, string Href, bool IsActive = false);

/// <summary>A property that is filtered by words the operator types.</summary>
/// <param name="Key">What the address of the page calls it.</param>
/// <param name="Value">What it is filtered by now; empty when it is not.</param>
/// <param name="Rest">The view without it; the browser adds the words.</param>
public sealed record FilterField(string Key, string Name, string Value, string Rest);
