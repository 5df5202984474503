namespace Postern.Infrastructure.Connectors;

/// <summary>What a check found about one field of a connector: a sentence that stands beside it.</summary>
/// <param name="Path">The setting, as in the configuration text.</param>
/// <param name="Said">The peer's own words; empty when it said none.</param>
public sealed record CheckAnswer(string Path, bool IsGood, string Sentence, string Said = "");
