namespace Postern.Domain.Formats.CcMail;

/// <summary>The location letter of a directory record; upper case means that the mail is kept in the post office at hand.</summary>
public enum DirectoryLocation
{
    /// <summary>No letter, or one this reader does not know.</summary>
    Unknown,

    /// <summary><c>P</c>: a post office, directly connected.</summary>
    DirectPostOffice,

    /// <summary><c>p</c>: a post office reached via another, which <c>Addr:</c> names.</summary>
    IndirectPostOffice,

    /// <summary><c>L</c>: a user of this post office.</summary>
    LocalUser,

    /// <summary><c>l</c>: a user of another post office.</summary>
    LocalUserElsewhere,

    /// <summary><c>R</c>: a mobile user whose mail is kept here.</summary>
    RemoteUser,

    /// <summary><c>r</c>: a mobile user elsewhere, and every user behind a gateway.</summary>
    RemoteUserElsewhere,

    /// <summary><c>A</c>: another name of a local user.</summary>
    Alias,

    /// <summary><c>a</c>: another name of a user elsewhere.</summary>
    AliasElsewhere,
}

/// <summary>A record of a cc:Mail directory file: <c>Name:</c>, <c>Locn:</c>, <c>Addr:</c>, <c>Cmts:</c>.</summary>
public sealed record DirectoryRecord(string Name, DirectoryLocation Location, string Address, string Comment)
{
    /// <summary>The letter as it stood in the file, for a record with <see cref="DirectoryLocation.Unknown"/>.</summary>
    public string LocationText { get; init; } = "";

    public bool IsPostOffice => Location is DirectoryLocation.DirectPostOffice or DirectoryLocation.IndirectPostOffice;

    public bool IsAlias => Location is DirectoryLocation.Alias or DirectoryLocation.AliasElsewhere;

    public bool IsBoard => Name.StartsWith('#');

    /// <summary>Entries of Automatic Directory Exchange itself; no person, list or board.</summary>
    public bool IsInternal => Name.StartsWith('~') || Name.StartsWith("##", StringComparison.Ordinal);

    /// <summary>
    /// Takes <c>Addr:</c> apart: the first word is the post office, what follows it a foreign address. A post office name with blanks is
    /// found when it is among the known ones; the longest wins.
    /// </summary>
    public (string PostOffice, string ForeignAddress) SplitAddress(IReadOnlyCollection<string> knownPostOffices)
    {
        var known = knownPostOffices
            .Where(p => p.Length > 0 && Address.StartsWith(p, StringComparison.OrdinalIgnoreCase)
                && (Address.Length == p.Length || Address[p.Length] == ' '))
            .MaxBy(p => p.Length);
        var length = known?.Length ?? Address.IndexOf(' ', StringComparison.Ordinal);
        return length < 0 ? (Address, "") : (Address[..length], Address[length..].Trim());
    }

    /// <summary>Where the entry lives: the named post office, or the one whose directory this is.</summary>
    public string Home(string ownPostOffice, IReadOnlyCollection<string> knownPostOffices)
    {
        var home = Location is DirectoryLocation.LocalUser or DirectoryLocation.RemoteUser ? "" : SplitAddress(knownPostOffices).PostOffice;
        return home.Length > 0 ? home : ownPostOffice;
    }
}
