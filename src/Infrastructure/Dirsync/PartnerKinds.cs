namespace Postern.Infrastructure.Dirsync;

/// <summary>All kinds of partners that there are.</summary>
public sealed class PartnerKinds(IEnumerable<IPartnerKind> kinds)
{
    private readonly Dictionary<string, IPartnerKind> byName = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<IPartnerKind> All => byName.Values;

    /// <summary>The kind of that name; null when there is none.</summary>
    public IPartnerKind? Find(string name) => byName.GetValueOrDefault(name);
}
