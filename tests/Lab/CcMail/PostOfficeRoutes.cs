namespace Postern.Lab.CcMail;

/// <summary>How the post office resolves an address: own people, aliases, people elsewhere, post offices direct and indirect.</summary>
internal sealed class PostOfficeRoutes(string own, PostOfficeDirectory directory)
{
    public const string UnknownRecipient = "Recipient unknown";
    public const string UnknownPostOffice = "Post office unknown";

    private const int HopLimit = 16;

    /// <summary>The address with its post office, as a client or EXPORT writes it, and where it goes.</summary>
    public (string Address, Route Route) Resolve(string address)
    {
        var (name, postOffice) = AddressText.Split(address);
        return name.Length == 0
            ? (address, new Route.Failed(UnknownRecipient))
            : postOffice.Length == 0 || AddressText.AreSame(postOffice, own)
                ? ResolveName(name, isOwn: postOffice.Length > 0, HopLimit)
                : (AddressText.Join(name, postOffice), RouteTo(postOffice));
    }

    /// <summary>Follows indirect post offices to the direct one whose queue takes the mail.</summary>
    public Route RouteTo(string postOffice)
    {
        var name = postOffice;
        for (var hop = 0; hop < HopLimit; hop++)
        {
            switch (directory.FindPostOffice(name))
            {
                case { Location: 'P' } direct when !AddressText.AreSame(direct.Name, own):
                    return new Route.Queue(direct.Name);
                case { Location: 'p' } indirect:
                    name = indirect.AddressPostOffice;
                    break;
                default:
                    return new Route.Failed(UnknownPostOffice);
            }
        }

        return new Route.Failed(UnknownPostOffice);
    }

    private (string Address, Route Route) ResolveName(string name, bool isOwn, int hopsLeft)
    {
        var entry = directory.Find(name);
        if (entry is { IsLocal: true })
        {
            return (AddressText.Join(entry.Name, own), new Route.Mailbox(entry.Name));
        }

        if (entry is { IsAlias: true } && hopsLeft > 0)
        {
            return ResolveName(entry.Address, isOwn: false, hopsLeft - 1);
        }

        // "name at OWN" is looked up among our own people only; a bare name in the whole directory
        return entry is { IsPostOffice: false, IsAlias: false } && !isOwn
            ? (AddressText.Join(entry.Name, entry.AddressPostOffice), RouteTo(entry.AddressPostOffice))
            : (isOwn ? AddressText.Join(name, own) : name, new Route.Failed(UnknownRecipient));
    }
}
