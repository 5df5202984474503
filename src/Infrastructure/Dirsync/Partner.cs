namespace Postern.Infrastructure.Dirsync;

/// <summary>A directory of another system that entries are exchanged with, as it is stored.</summary>
/// <param name="Kind">Which <see cref="IPartnerKind"/> it is of.</param>
/// <param name="Settings">What the kind needs to reach it: JSON of the kind's own settings.</param>
/// <param name="Rules">What is exchanged, whose consent it needs and when it runs.</param>
/// <param name="Version">Of settings and rules; who saves names the one that was read.</param>
public sealed record Partner(long Id, string Name, string Kind, string Settings, SyncRules Rules, bool IsEnabled, long Cycle, long Version);
