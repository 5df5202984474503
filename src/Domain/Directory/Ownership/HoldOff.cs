namespace Postern.Domain.Directory.Ownership;

/// <summary>An address of an entry that is gone.</summary>
/// <param name="Identity">Whose it was.</param>
/// <param name="HasStableIdentity">The source gives its entries ids of their own: the same id is the same person.</param>
public sealed record FormerAddress(string AddressKey, string Identity, bool HasStableIdentity, DateTimeOffset GoneAt);

/// <summary>How long a new entry of an old name does not get the addresses of the person who had it before (Q166581).</summary>
/// <remarks>Mail that is still under way to somebody who left must not reach a namesake.</remarks>
public sealed record HoldOff(TimeSpan For)
{
    public static readonly HoldOff Default = new(TimeSpan.FromDays(90));

    /// <summary>Whether the address cannot be given to that entry yet. An entry that comes back under its own id gets its addresses back.</summary>
    public bool Withholds(FormerAddress former, string identity, DateTimeOffset now) =>
        now < former.GoneAt + For && !(former.HasStableIdentity && former.Identity == identity);

    /// <summary>When the address is free again.</summary>
    public DateTimeOffset Ends(FormerAddress former) => former.GoneAt + For;
}
