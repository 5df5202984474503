using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>A name that cannot be used, or had better not be.</summary>
/// <param name="IsWarning">It works here, but trips old programs.</param>
public sealed record NameFault(string Name, string Sentence, bool IsWarning);

/// <summary>The rules that names of post offices, networks, sites and mailboxes keep, as sentences.</summary>
public static class PostOfficeNames
{
    /// <summary>Each part of an MS Mail address: network, post office, mailbox (Q96001).</summary>
    public const int LongestPart = 10;

    /// <summary>What MS Mail takes for a gateway or keeps for itself (Q175978, Q112157, Q126610); <c>*EMS</c> cannot be written in letters and digits anyway.</summary>
    public static IReadOnlyList<string> ReservedNetworks { get; } =
        ["ATTMAIL", "COMPUSERVE", "DISOSS", "EASYLINK", "ENVOY", "FAX", "GTE", "MCI", "MHS", "MSMAIL", "OV", "PROFS", "SMTP", "SNADS", "SOURCE", "VMGATE", "X400"];

    /// <summary>Why a post office or shadow cannot have this name; empty when it can.</summary>
    public static string FaultOf(string system, string name)
    {
        var fault = "";
        if (system != MsMailAddress.TypeName)
        {
            return CcMailAddress.TryCreate("x", name, out _, out fault) ? "" : fault;
        }

        if (name.Split('/') is not [var network, var postOffice])
        {
            return $"“{name}” is not NETWORK/POSTOFFICE.";
        }

        return PartFault("network", network) is { Length: > 0 } first ? first
            : PartFault("post office", postOffice) is { Length: > 0 } second ? second
            : ReservedNetworks.Contains(network, StringComparer.OrdinalIgnoreCase) ? $"The network name {network} is reserved by MS Mail."
            : "";
    }

    /// <summary>Why a person cannot have this mailbox name; empty when they can.</summary>
    public static string MailboxFault(string mailbox) =>
        PartFault("mailbox", mailbox) is { Length: > 0 } fault ? fault
        : IsReservedMailbox(mailbox) ? $"The mailbox name {mailbox} is the system's own: mail for it goes to the administrator or to a program (Q164464)."
        : "";

    /// <summary>All names of a table, each by itself and against the others under the rule of its system.</summary>
    public static IReadOnlyList<NameFault> Check(RoutingTable table)
    {
        var names = table.PostOffices.Select(office => (office.System, office.Name, Of: $"the post office {office.Name}"))
            .Concat(table.Sites.SelectMany(ShadowsOf)).ToList();
        return [.. Single(names), .. Twice(names), .. TwiceByDomain(table.Sites), .. BeginningAlike(names), .. OfTwoKinds(table)];
    }

    private static string PartFault(string what, string part) =>
        part.Length is 0 or > LongestPart ? $"The {what} name “{part}” has {part.Length} characters; MS Mail allows 1 to {LongestPart}."
        : part.All(char.IsAsciiLetterOrDigit) ? ""
        : $"The {what} name “{part}” may have only letters A to Z and digits.";

    private static bool IsReservedMailbox(string mailbox) =>
        mailbox.ToUpperInvariant() is var name
        && (name is "ADMIN" or "POSTMASTER" || (name.StartsWith("SYSTEM", StringComparison.Ordinal) && name[6..].All(char.IsAsciiDigit)));

    private static IEnumerable<NameFault> Single(IEnumerable<(string System, string Name, string Of)> names) =>
        names.Select(name => new NameFault(name.Name, FaultOf(name.System, name.Name), IsWarning: false)).Where(fault => fault.Sentence.Length > 0).Distinct();

    private static IEnumerable<NameFault> Twice(IEnumerable<(string System, string Name, string Of)> names) =>
        from same in names.GroupBy(name => PostOffice.KeyOf(name.System, name.Name), StringComparer.Ordinal)
        where same.Count() > 1
        let first = same.First()
        select new NameFault(first.Name, $"The name {first.Name} is taken twice: by {string.Join(" and by ", same.Select(name => name.Of))}.", IsWarning: false);

    private static IEnumerable<NameFault> TwiceByDomain(IEnumerable<Site> sites) =>
        from same in sites.SelectMany(site => site.SmtpDomains, (site, domain) => (site.Name, Domain: SmtpAddress.ToDnsForm(domain))).GroupBy(pair => pair.Domain, StringComparer.Ordinal)
        where same.Count() > 1
        select new NameFault(same.Key, $"The domain {same.Key} is taken twice: by the sites {string.Join(" and ", same.Select(pair => pair.Name))}.", IsWarning: false);

    // Postern compares whole parts; EXTERNAL took MEL227TRK for the beginning of MEL227TRK0 and reported a circular route (Q128627, Q162841).
    private static IEnumerable<NameFault> BeginningAlike(IEnumerable<(string System, string Name, string Of)> names)
    {
        var keys = names.Where(name => name.System == MsMailAddress.TypeName).Select(name => NameKey.Fold(name.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var longer in keys.Order(StringComparer.Ordinal))
        {
            if (longer[(longer.IndexOf('/', StringComparison.Ordinal) + 1)..].Length == LongestPart && keys.Contains(longer[..^1]))
            {
                yield return new NameFault(longer, $"{longer[..^1]} is the beginning of {longer}; old versions of EXTERNAL take such mail for a circular route [004].", IsWarning: true);
            }
        }
    }

    // GTWCFG makes no gateway in a network of post offices, and MS Mail no post office in one of gateways (Q96605).
    private static IEnumerable<NameFault> OfTwoKinds(RoutingTable table)
    {
        var offices = table.PostOffices.Where(office => office.System == MsMailAddress.TypeName).ToLookup(office => NameKey.Fold(office.Name.Split('/')[0]), office => office.Name, StringComparer.Ordinal);
        return from site in table.Sites
               where site.MsMailNetwork.Length > 0 && offices.Contains(NameKey.Fold(site.MsMailNetwork))
               select new NameFault(
                   site.MsMailNetwork,
                   $"The network {site.MsMailNetwork} is that of the site {site.Name} and of the post office {offices[NameKey.Fold(site.MsMailNetwork)].First()}; at MS Mail a network is one of gateways or one of post offices.",
                   IsWarning: true);
    }

    private static IEnumerable<(string System, string Name, string Of)> ShadowsOf(Site site)
    {
        if (site.CcMailPostOffice.Length > 0)
        {
            yield return (CcMailAddress.TypeName, site.CcMailPostOffice, $"the site {site.Name}");
        }

        if (site.MsMailNetwork.Length > 0 || site.MsMailPostOffice.Length > 0)
        {
            yield return (MsMailAddress.TypeName, $"{site.MsMailNetwork}/{site.MsMailPostOffice}", $"the site {site.Name}");
        }
    }
}
