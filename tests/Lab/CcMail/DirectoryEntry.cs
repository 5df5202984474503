namespace Postern.Lab.CcMail;

/// <summary>One record of the directory: name, location letter, address, comment (formats 7.1).</summary>
internal sealed record DirectoryEntry(string Name, char Location, string Address, string Comment)
{
    public bool IsPostOffice => Location is 'P' or 'p';

    public bool IsAlias => Location is 'A' or 'a';

    /// <summary>Mail is kept in this post office: local users and mobile users of ours.</summary>
    public bool IsLocal => Location is 'L' or 'R';

    /// <summary>First word of the address: the post office behind it.</summary>
    public string AddressPostOffice => Address.Split(' ', 2)[0];

    /// <summary>The rest of the address: the foreign address (FAN), or nothing.</summary>
    public string ForeignAddress => Address.Split(' ', 2) is [_, var rest] ? rest.Trim() : "";

    /// <summary>Rank in the order that /DIRECTORY/PROPADD writes (D6).</summary>
    public int PropaddRank => Location switch
    {
        'P' => 0,
        'p' => 1,
        'A' or 'a' => 3,
        _ => 2,
    };

    public string ToText()
    {
        return Field("Name", Name) + Field("Locn", Location.ToString()) + Field("Addr", Address) + Field("Cmts", Comment) + "\r\n";

        static string Field(string name, string value) => value.Length == 0 ? $"{name}:\r\n" : $"{name}: {value}\r\n";
    }
}
