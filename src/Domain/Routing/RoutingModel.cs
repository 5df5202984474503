using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>What a site does with a recipient in its own domains who is not in the directory.</summary>
public enum UnknownRecipients
{
    /// <summary>Refuse at once: the directory knows everybody.</summary>
    Refuse,

    /// <summary>Pass on by the best address space: the backbone knows people whom the directory does not.</summary>
    Forward,
}

/// <summary>A part of the backbone: its own domains, its own cc:Mail name and its own MS Mail name (each may be empty).</summary>
public sealed record Site(
    string Name,
    IReadOnlyList<string> SmtpDomains,
    string CcMailPostOffice,
    string MsMailNetwork,
    string MsMailPostOffice,
    UnknownRecipients UnknownRecipients = UnknownRecipients.Refuse)
{
    /// <summary>The name by which post offices of a system know this site; empty when it has none there.</summary>
    public string NameIn(string system) => system switch
    {
        CcMailAddress.TypeName => CcMailPostOffice,
        MsMailAddress.TypeName when MsMailNetwork.Length > 0 && MsMailPostOffice.Length > 0 => $"{MsMailNetwork}/{MsMailPostOffice}",
        _ => "",
    };
}

/// <summary>An old post office, reached by a connector of its own or via another post office.</summary>
/// <param name="System">The address type of its mailboxes: CCMAIL or MS.</param>
/// <param name="Name">The whole name: <c>SALES</c>, or <c>NETWORK/POSTOFFICE</c>.</param>
/// <param name="Connector">Name of the connector that reaches it directly; empty when <paramref name="Via"/> is set.</param>
/// <param name="Via">Name of the post office to go through; empty when direct.</param>
public sealed record PostOffice(string System, string Name, string Connector, string Via)
{
    /// <summary>Equal for every spelling of one name; the <see cref="MailAddress.HomeKey"/> of the mailboxes that live there.</summary>
    public string Key => KeyOf(System, Name);

    /// <summary>The key of a post office of this name in this system. Whole names, without case (Q162841).</summary>
    public static string KeyOf(string system, string name) => $"{system}:{NameKey.Fold(name)}";
}

/// <summary>What a connector claims to reach.</summary>
/// <param name="Type">SMTP, CCMAIL or MS.</param>
/// <param name="Pattern">
/// <c>*</c> or blank is the default route of its type. SMTP: <c>example.net</c>, <c>*.example.net</c> or a whole address. CCMAIL and MS: the whole address text with
/// <c>*</c> or <c>%</c> for any run and <c>?</c> for one character (Exchange 5.5 books, Address Space page).
/// </param>
/// <param name="Cost">1 to 100; the lower one is taken among equally specific ones.</param>
public sealed record AddressSpace(string Type, string Pattern, int Cost, string Connector);

/// <summary>A connector as routing sees it.</summary>
public sealed record RoutedConnector(long Id, string Name, string Kind)
{
    /// <summary>Who may send through it.</summary>
    public SenderRestrictions Restrictions { get; init; } = SenderRestrictions.None;

    /// <summary>The name of ours under which the post office it leads to knows us; empty when nothing is said.</summary>
    public string KnownAs { get; init; } = "";
}

/// <summary>What became of one address, with every step that led there.</summary>
/// <param name="Explanation">Sentences in order; console, command line, refusal and bounce show the same ones.</param>
public abstract record RouteDecision(IReadOnlyList<string> Explanation)
{
    /// <summary>Goes out by a connector.</summary>
    /// <param name="Target">The address at the next system; differs from the one asked for when an entry was found.</param>
    /// <param name="Destination">The next hop within the connector: the unit of fairness and back-off.</param>
    /// <param name="IsOurs">Ours to take from anyone: found in the directory, or a post office we serve. Otherwise only who may relay may send there.</param>
    public sealed record Routed(
        RoutedConnector Connector, MailAddress Target, string Destination, bool IsOurs, IReadOnlyList<string> Explanation)
        : RouteDecision(Explanation);

    /// <summary>Cannot go anywhere.</summary>
    /// <param name="Status">5.1.1 unknown, 5.4.4 no route, 5.1.3 bad address, 5.7.1 not from this sender.</param>
    /// <param name="Reason">The last sentence of the explanation.</param>
    public sealed record Unroutable(string Status, string Reason, IReadOnlyList<string> Explanation)
        : RouteDecision(Explanation);
}
