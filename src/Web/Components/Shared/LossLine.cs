namespace Postern.Web.Components.Shared;

/// <summary>One thing that a conversion could not carry over as it was (promise P7).</summary>
/// <param name="What">The finding as a sentence.</param>
/// <param name="Before">What it was, if that can be shown.</param>
/// <param name="After">What became of it.</param>
public sealed record LossLine(string What, string? Before, string? After);
