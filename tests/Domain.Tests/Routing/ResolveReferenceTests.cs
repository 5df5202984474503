using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

/// <summary>Decisions against a reference that looks at everything each time, on random tables.</summary>
public sealed class ResolveReferenceTests
{
    private static readonly string[] Labels = ["a", "b", "net", "example", "badexample"];
    private static readonly string[] Names = ["SALES", "SALES2", "Sale", "west sales", "MEL227TRK", "MEL227TRK0", "GROß", "gross"];
    private static readonly string[] Connectors = ["alpha", "Beta", "gamma"];

    [Fact]
    [Trait("source", "Q147044")]
    [Trait("source", "Q169117")]
    public void The_decision_is_the_one_that_looking_at_everything_gives()
    {
        var random = new Random(815);
        var (routed, refused) = (0, 0);
        for (var round = 0; round < 2_000; round++)
        {
            var table = RandomTable(random);
            for (var i = 0; i < 30; i++)
            {
                var (address, cameFrom) = (RandomAddress(random), random.Next(4) == 0 ? Connectors[random.Next(3)].ToUpperInvariant() : null);

                var decided = table.Resolve(address, cameFrom);

                Short(decided).ShouldBe(Reference(table, address, cameFrom), $"round {round}: {address} from {cameFrom}");
                (routed, refused) = decided is RouteDecision.Routed ? (routed + 1, refused) : (routed, refused + 1);
            }
        }

        routed.ShouldBeGreaterThan(10_000);
        refused.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public void The_explanation_read_later_is_the_one_of_the_decision()
    {
        var table = RandomTable(new Random(3));
        var decision = table.Resolve(MailAddress.Parse("x@nowhere.badexample"), "alpha");

        decision.Explanation.ShouldBe(decision.Explanation);
        decision.Explanation[^1].ShouldBe(decision is RouteDecision.Unroutable no ? no.Reason : decision.Explanation[decision.Explanation.Count - 1]);
        table.Resolve(MailAddress.Parse("x@nowhere.badexample"), "alpha").Explanation.ShouldBe(decision.Explanation);
    }

    private static string Short(RouteDecision decision) => decision switch
    {
        RouteDecision.Routed routed => $"{routed.Connector.Name} {routed.Destination} {routed.Target} {routed.IsOurs}",
        RouteDecision.Unroutable no => no.Status,
        _ => "",
    };

    private static string Reference(RoutingTable table, MailAddress address, string? cameFrom)
    {
        if (table.Book.Find(address) is { } entry)
        {
            return Onward(table, entry.Native, isOurs: true, null);
        }

        var site = table.Sites.FirstOrDefault(site => IsOwn(site, address));
        return site is null ? Onward(table, address, isOurs: false, cameFrom)
            : address is SmtpAddress && site.UnknownRecipients == UnknownRecipients.Forward ? Onward(table, address, isOurs: true, cameFrom)
            : "5.1.1";
    }

    private static string Onward(RoutingTable table, MailAddress target, bool isOurs, string? cameFrom)
    {
        if (Defined(table, target.Type, PlaceOf(target)) is { } office)
        {
            return ByPostOffice(table, target, office);
        }

        AddressSpace? best = null;
        foreach (var space in table.Spaces.Where(space => !Same(space.Connector, cameFrom) && AddressPattern.Match(space, target) > 0 && Connectors.Any(name => Same(name, space.Connector))))
        {
            var order = best is null ? 1 : AddressPattern.Match(space, target).CompareTo(AddressPattern.Match(best, target));
            order = order != 0 ? order : best!.Cost.CompareTo(space.Cost);
            order = order != 0 ? order : StringComparer.OrdinalIgnoreCase.Compare(best!.Connector, space.Connector);
            best = order > 0 ? space : best;
        }

        return best is null ? "5.4.4" : $"{Connectors.First(name => Same(name, best.Connector))} {Connectors.First(name => Same(name, best.Connector))} {target} {isOurs}";
    }

    private static string ByPostOffice(RoutingTable table, MailAddress target, PostOffice office)
    {
        var passed = new List<PostOffice>();
        while (office.Via.Length > 0)
        {
            if (passed.Contains(office) || passed.Count >= RoutingTable.HopLimit)
            {
                return "5.4.6";
            }

            passed.Add(office);
            if (Defined(table, office.System, office.Via) is not { } next)
            {
                return "5.4.4";
            }

            office = next;
        }

        return Connectors.FirstOrDefault(name => Same(name, office.Connector)) is { } connector ? $"{connector} {office.Name} {target} True" : "5.4.4";
    }

    private static PostOffice? Defined(RoutingTable table, string system, string name) =>
        table.PostOffices.FirstOrDefault(office => office.System == system && NameKey.Fold(office.Name) == NameKey.Fold(name));

    private static bool IsOwn(Site site, MailAddress address) => address switch
    {
        SmtpAddress smtp => site.SmtpDomains.Contains(smtp.Domain),
        CcMailAddress ccMail => Same(site.CcMailPostOffice, ccMail.PostOffice),
        _ => Same($"{site.MsMailNetwork}/{site.MsMailPostOffice}", PlaceOf(address)),
    };

    private static string PlaceOf(MailAddress address) => address switch
    {
        CcMailAddress ccMail => ccMail.PostOffice,
        MsMailAddress msMail => $"{msMail.Network}/{msMail.PostOffice}",
        _ => "",
    };

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static RoutingTable RandomTable(Random random)
    {
        var offices = Names.Where(_ => random.Next(3) > 0)
            .SelectMany(name => (PostOffice[])[RandomOffice("CCMAIL", name, random), RandomOffice("MS", $"N{random.Next(2)}/{(name.Length > 10 || name.Contains(' ', StringComparison.Ordinal) ? "PO" : name)}", random)])
            .DistinctBy(office => office.Key).ToList();
        Site[] sites = [new("S1", ["a.example"], "S1", "N0", "S1"), new("S2", ["b.example"], "S2", "N1", "S2", UnknownRecipients.Forward)];
        var spaces = Enumerable.Range(0, random.Next(12)).Select(_ => RandomSpace(random)).ToList();
        var entries = Enumerable.Range(1, 12).Select(i => new Entry(i, $"P{i}", EntryKind.Person, RandomAddress(random), [RandomAddress(random), RandomAddress(random)])).ToList();
        return new RoutingTable(1, sites, offices, spaces, [.. Connectors.Select((name, i) => new RoutedConnector(i, name, "smtp"))], new AddressBook(entries));
    }

    private static PostOffice RandomOffice(string system, string name, Random random) => random.Next(3) switch
    {
        0 => new PostOffice(system, name, random.Next(5) == 0 ? "gone" : Connectors[random.Next(3)].ToUpperInvariant(), ""),
        1 => new PostOffice(system, name, Connectors[random.Next(3)], ""),
        _ => new PostOffice(system, name, "", system == "MS" ? $"n{random.Next(2)}/{Names[random.Next(3)]}" : Names[random.Next(Names.Length)].ToLowerInvariant()),
    };

    private static AddressSpace RandomSpace(Random random)
    {
        var type = ((string[])["SMTP", "CCMAIL", "MS", "smtp"])[random.Next(4)];
        string[] patterns = type switch
        {
            "CCMAIL" => ["*", "* at SALES", "* at SALES*", "% at sales2", "*at SALES", "Doe, J* at SALES", "Doe, Jane at SALES", "Doe, Jan? at Sale", "* at GROSS", "D* at *", "", "x at y at SALES"],
            "MS" => ["*", "N0/*", "N0/SALES/*", "N0/SALES2/JANE", "N?/SALES/*", "n1/sale/*", "*/JANE", "N0/S*/JANE", "N0", ""],
            _ => ["*", "", Domain(random), $"*.{Domain(random)}", $"jane@{Domain(random)}", $"JANE@{Domain(random).ToUpperInvariant()}", "*.example", "*.", "@", "no domain"],
        };
        return new AddressSpace(type, patterns[random.Next(patterns.Length)], random.Next(1, 4), random.Next(8) == 0 ? "gone" : Connectors[random.Next(3)]);
    }

    private static MailAddress RandomAddress(Random random)
    {
        string[] people = ["jane", "joe", "x"];
        var person = people[random.Next(3)];
        return MailAddress.Parse(random.Next(3) switch
        {
            0 => $"{person}@{Domain(random)}",
            1 => $"CCMAIL:{((string[])["Doe, Jane", "Jane Doe", "Ray, Bob", "x at y"])[random.Next(4)]} at {((string[])[.. Names, "S1", "s2", "NOWHERE"])[random.Next(Names.Length + 3)]}",
            _ => $"MS:n{random.Next(3)}/{((string[])["SALES", "sales2", "Sale", "S1", "S2", "PO", "MEL227TRK", "MEL227TRK0"])[random.Next(8)]}/{person}",
        });
    }

    private static string Domain(Random random) => string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Labels[random.Next(Labels.Length)]).Append("example"));
}
