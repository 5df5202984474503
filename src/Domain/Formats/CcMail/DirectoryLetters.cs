namespace Postern.Domain.Formats.CcMail;

/// <summary>The letters of <c>Locn:</c>; case tells where mail is kept.</summary>
internal static class DirectoryLetters
{
    public static DirectoryLocation Of(string letter) => letter switch
    {
        "P" => DirectoryLocation.DirectPostOffice,
        "p" => DirectoryLocation.IndirectPostOffice,
        "L" => DirectoryLocation.LocalUser,
        "l" => DirectoryLocation.LocalUserElsewhere,
        "R" => DirectoryLocation.RemoteUser,
        "r" => DirectoryLocation.RemoteUserElsewhere,
        "A" => DirectoryLocation.Alias,
        "a" => DirectoryLocation.AliasElsewhere,
        _ => DirectoryLocation.Unknown,
    };

    public static string Of(DirectoryRecord record) => record.Location switch
    {
        DirectoryLocation.DirectPostOffice => "P",
        DirectoryLocation.IndirectPostOffice => "p",
        DirectoryLocation.LocalUser => "L",
        DirectoryLocation.LocalUserElsewhere => "l",
        DirectoryLocation.RemoteUser => "R",
        DirectoryLocation.RemoteUserElsewhere => "r",
        DirectoryLocation.Alias => "A",
        DirectoryLocation.AliasElsewhere => "a",
        _ => record.LocationText,
    };

    /// <summary>The place of a record in PROPADD order: direct post offices, indirect ones, users mixed, aliases mixed.</summary>
    public static int Rank(DirectoryLocation location) => location switch
    {
        DirectoryLocation.DirectPostOffice => 0,
        DirectoryLocation.IndirectPostOffice => 1,
        DirectoryLocation.Alias or DirectoryLocation.AliasElsewhere => 3,
        _ => 2,
    };
}
