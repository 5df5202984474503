using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;

namespace Postern.Web.Components.Routing;

/// <summary>One site, post office or address space of a draft as somebody types it.</summary>
/// <param name="kind">Which of the three.</param>
/// <param name="key">The key it had when it was opened; empty for a new one.</param>
public sealed class RouteForm(RouteItemKind kind, string key)
{
    private const string ByConnector = "c:";
    private const string ByHub = "v:";

    public RouteItemKind Kind => kind;

    public string Key => key;

    public bool IsNew => key.Length == 0;

    public string Name { get; set; } = "";

    /// <summary>CCMAIL or MS for a post office; with SMTP for an address space.</summary>
    public string System { get; set; } = MsMailAddress.TypeName;

    /// <summary>How a post office is reached: a connector or another post office, as <see cref="Direct"/> and <see cref="Via"/> write it.</summary>
    public string Reach { get; set; } = "";

    public string Domains { get; set; } = "";

    public string CcMail { get; set; } = "";

    /// <summary>NETWORK/POSTOFFICE.</summary>
    public string MsMail { get; set; } = "";

    public bool Forwards { get; set; }

    public string Pattern { get; set; } = "";

    public string Cost { get; set; } = "1";

    public string Connector { get; set; } = "";

    /// <summary>There is enough of it to be checked.</summary>
    public bool CanBeChecked => kind switch
    {
        RouteItemKind.Site => Name.Trim().Length > 0,
        RouteItemKind.PostOffice => Name.Trim().Length > 0 && Reach.Length > 2,
        _ => Connector.Length > 0 && int.TryParse(Cost, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
    };

    /// <summary>What else in a set has the name that is typed; empty when it is free. Nothing is replaced unseen.</summary>
    public string Clash(RouteSet set) =>
        CanBeChecked && Item is var item && item.Key != key && set.Items.Any(other => other.Kind == kind && other.Key == item.Key) ? $"There is the {item.Title} already." : "";

    public static string Direct(string connector) => ByConnector + connector;

    public static string Via(string hub) => ByHub + hub;

    /// <summary>A form for something of a set; null when the set has no such thing.</summary>
    public static RouteForm? Of(RouteSet set, RouteItemKind kind, string key) => kind switch
    {
        RouteItemKind.Site => set.Sites.FirstOrDefault(site => RouteSet.ItemOf(site).Key == key) is { } site ? new RouteForm(kind, key)
        {
            Name = site.Name,
            Domains = string.Join('\n', site.SmtpDomains),
            CcMail = site.CcMailPostOffice,
            MsMail = site.MsMailNetwork.Length + site.MsMailPostOffice.Length > 0 ? $"{site.MsMailNetwork}/{site.MsMailPostOffice}" : "",
            Forwards = site.UnknownRecipients == UnknownRecipients.Forward,
        } : null,
        RouteItemKind.PostOffice => set.PostOffices.FirstOrDefault(office => office.Key == key) is { } office ? new RouteForm(kind, key)
        {
            Name = office.Name,
            System = office.System,
            Reach = office.Via.Length > 0 ? Via(office.Via) : Direct(office.Connector),
        } : null,
        _ => set.Spaces.FirstOrDefault(space => RouteSet.ItemOf(space).Key == key) is { } space ? new RouteForm(kind, key)
        {
            System = space.Type,
            Pattern = space.Pattern,
            Cost = space.Cost.ToString(CultureInfo.InvariantCulture),
            Connector = space.Connector,
        } : null,
    };

    /// <summary>A set with what is typed in place of what was opened.</summary>
    public RouteSet ApplyTo(RouteSet set)
    {
        if (!CanBeChecked || Clash(set).Length > 0)
        {
            return set;
        }

        var rest = IsNew ? set : set.Without(kind, key);
        return kind switch
        {
            RouteItemKind.Site => rest.With(ToSite()),
            RouteItemKind.PostOffice => rest.With(ToPostOffice()),
            _ => rest.With(ToSpace()),
        };
    }

    private RouteItem Item => kind switch
    {
        RouteItemKind.Site => RouteSet.ItemOf(ToSite()),
        RouteItemKind.PostOffice => RouteSet.ItemOf(ToPostOffice()),
        _ => RouteSet.ItemOf(ToSpace()),
    };

    private PostOffice ToPostOffice() =>
        new(System, Name.Trim(), Reach.StartsWith(ByConnector, StringComparison.Ordinal) ? Reach[2..] : "", Reach.StartsWith(ByHub, StringComparison.Ordinal) ? Reach[2..] : "");

    private AddressSpace ToSpace() => new(System, Pattern.Trim(), int.Parse(Cost, CultureInfo.InvariantCulture), Connector);

    private Site ToSite()
    {
        var (network, office) = MsMail.Trim().Split('/', 2) is [var first, var second] ? (first, second) : ("", MsMail.Trim());
        return new Site(
            Name.Trim(), Domains.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), CcMail.Trim(), network, office,
            Forwards ? UnknownRecipients.Forward : UnknownRecipients.Refuse);
    }
}
