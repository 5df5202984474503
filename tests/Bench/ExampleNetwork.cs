using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Bench;

/// <summary>A made-up network of many post offices behind two sites, and the people who live there; the same each time.</summary>
internal sealed class ExampleNetwork(int postOffices)
{
    private const int Branches = 10;

    public static IReadOnlyList<Site> Sites { get; } =
        [new("SITE1", ["site1.example"], "SITE1", "BACKBONE", "SITE1"), new("SITE2", ["site2.example"], "SITE2", "BACKBONE", "SITE2")];

    /// <summary>Each is the tenth of a tree: one direct, ten via it, a hundred via those.</summary>
    public IReadOnlyList<PostOffice> PostOffices { get; } = [.. Enumerable.Range(0, postOffices).Select(Office)];

    public RoutingTable Table(AddressBook book) => new(
        1,
        Sites,
        PostOffices,
        [new("SMTP", "*", 10, "backbone"), new("SMTP", "*.partner.example", 5, "partners"), new("SMTP", "example.net", 5, "partners"), new("CCMAIL", "* at BOARDS", 1, "ccmail")],
        [new(1, "backbone", "smtp"), new(2, "partners", "smtp"), new(3, "ccmail", "ccmail"), new(4, "msmail", "msmail")],
        book);

    /// <summary>Every post office has its rows for the sites, confirmed; a tenth of them have some hundred thousand for others.</summary>
    public IReadOnlyList<Knowledge> Knowledge() =>
    [
        .. from owner in PostOffices
           from site in Sites
           let shadow = owner.System == CcMailAddress.TypeName ? site.CcMailPostOffice : $"{site.MsMailNetwork}/{site.MsMailPostOffice}"
           let gate = owner.System == CcMailAddress.TypeName ? Sites[0].CcMailPostOffice : $"{Sites[0].MsMailNetwork}/{Sites[0].MsMailPostOffice}"
           let via = owner.Via.Length > 0 ? owner.Via : gate
           select new Knowledge(new Definition(owner.System, owner.Name, shadow, via == shadow ? "" : via), KnowledgeState.Confirmed),
        .. from owner in PostOffices.Take(1_000)
           from other in PostOffices.Skip(1_000).Take(1_000)
           where owner.System == other.System && owner.Via.Length > 0
           where other.Via != owner.Name
           select new Knowledge(new Definition(owner.System, owner.Name, other.Name, owner.Via), KnowledgeState.Confirmed),
    ];

    /// <summary>People in turn at all post offices, each with a native address and three more.</summary>
    public IEnumerable<Entry> Entries(int count) => Enumerable.Range(0, count).Select(i =>
    {
        var (first, last, id) = (Name(i * 7), Name(i), i.ToString("X", CultureInfo.InvariantCulture));
        var office = PostOffices[i % postOffices];
        var isCcMail = office.System == CcMailAddress.TypeName;
        return new Entry(
            i + 1,
            $"{last}{id}, {first}",
            EntryKind.Person,
            MailAddress.Parse(isCcMail ? $"CCMAIL:{last}{id}, {first} at {office.Name}" : $"MS:{office.Name}/M{id}"),
            [
                MailAddress.Parse($"{first}.{last}{id}@site{(i % 2) + 1}.example"),
                MailAddress.Parse($"{id}@site1.example"),
                MailAddress.Parse(isCcMail ? $"MS:BACKBONE/SITE{(i % 2) + 1}/M{id}" : $"CCMAIL:{last}{id}, {first} at SITE{(i % 2) + 1}"),
            ]);
    });

    /// <summary>What mail is addressed to: for each person the native address, a proxy and a stranger there, and somebody on the internet.</summary>
    public IEnumerable<string> Addresses(int count)
    {
        foreach (var entry in Entries(count))
        {
            yield return entry.Native.ToString().ToUpperInvariant();
            yield return entry.Proxies[(int)(entry.Id % entry.Proxies.Count)].ToString();
            yield return entry.Native is CcMailAddress ccMail ? $"CCMAIL:Stranger, S at {ccMail.PostOffice}" : $"{entry.Native.ToString()[..^1]}X".Replace("/M", "/N", StringComparison.Ordinal);
            yield return $"{entry.Proxies[0].Text.Split('@')[0]}@host{entry.Id % 1000}.partner.example";
        }
    }

    private static PostOffice Office(int i)
    {
        // Even numbers are one system, odd ones the other: a tree of its own each.
        var (system, connector, own) = i % 2 == 0 ? (CcMailAddress.TypeName, "ccmail", i / 2) : (MsMailAddress.TypeName, "msmail", i / 2);
        var parent = own < Branches ? "" : NameOf(system, (own / Branches) - 1);
        return new PostOffice(system, NameOf(system, own), parent.Length == 0 ? connector : "", parent);
    }

    private static string NameOf(string system, int own) => system == CcMailAddress.TypeName
        ? string.Create(CultureInfo.InvariantCulture, $"OFFICE{own}")
        : string.Create(CultureInfo.InvariantCulture, $"NET{own / 100}/PO{own}");

    private static string Name(int i)
    {
        string[] names = ["Keane", "Novak", "Doe", "Brandt", "Lindqvist", "Okafor", "Delgado", "Aldous", "Bauer", "Ray"];
        return names[i % names.Length];
    }
}
