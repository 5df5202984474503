using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

/// <summary>Both proofs against a walk of every mail, on random networks with wrong, missing and circular rows.</summary>
[TakesLong]
public sealed class RouteProofPropertyTests
{
    private const int Topologies = 10_000;
    private const int MostPostOffices = 30;

    [Fact]
    public void Both_proofs_say_what_walking_every_mail_says()
    {
        var random = new Random(4711);
        var (holding, circles, withheld) = (0, 0, 0L);
        for (var topology = 0; topology < Topologies; topology++)
        {
            var model = RandomModel(random);
            var brute = new BruteForceProof(model);

            var structure = StructureProof.Of(model);
            var publication = Publication.Of(model);

            SameFailures(structure, brute, model, topology);
            SamePublication(publication, brute, model, topology);
            (holding, circles, withheld) = (
                holding + (structure.Holds ? 1 : 0), circles + structure.CounterExamples.Count(example => example.Trouble == RouteTrouble.Circle), withheld + publication.WithheldPairs);
        }

        // Else the networks would not try anything.
        holding.ShouldBeInRange(1_000, 9_000);
        circles.ShouldBeGreaterThan(1_000);
        withheld.ShouldBeGreaterThan(10_000);
    }

    private static void SameFailures(StructureProof structure, BruteForceProof brute, RouteModel model, int topology)
    {
        var unreached = model.Table.PostOffices.Where(office => !brute.IsReached(office)).Select(office => office.Key).ToHashSet();
        var told = structure.CounterExamples.Where(example => example.Trouble is not (RouteTrouble.NoWay or RouteTrouble.Name))
            .SelectMany(example => example.Senders, (example, sender) => (From: KeyOf(sender), To: KeyOf(example.To))).ToHashSet();
        var cutOff = structure.CounterExamples.Where(example => example.Trouble == RouteTrouble.NoWay).ToList();
        var throughCutOff = cutOff.SelectMany(example => example.Senders).Select(KeyOf).ToHashSet();

        var expected = brute.Failing();

        told.Except(expected).ShouldBeEmpty($"topology {topology}");
        expected.Except(told).Select(leg => leg.From).Except(throughCutOff).ShouldBeEmpty($"topology {topology}");
        cutOff.Select(example => example.Cause.Split('|')[1]).Where(unreached.Contains).Distinct().Count().ShouldBe(unreached.Count, $"topology {topology}");
    }

    private static void SamePublication(Publication publication, BruteForceProof brute, RouteModel model, int topology)
    {
        var (pairs, withheld) = (0L, 0L);
        foreach (var office in model.Table.PostOffices)
        {
            foreach (var home in model.Homes.Where(home => !home.IsAlias && brute.Sees(office, home)))
            {
                var isPublished = brute.Publishes(office, home);
                (pairs, withheld) = (pairs + 1, withheld + (isPublished ? 0 : 1));
                if (publication.Publishes(office.Key, home) != isPublished)
                {
                    Assert.Fail($"topology {topology}: {home} at {office} is {(isPublished ? "" : "not ")}published when each mail is walked.");
                }
            }
        }

        (publication.Pairs, publication.WithheldPairs).ShouldBe((pairs, withheld), $"topology {topology}");
    }

    private static string KeyOf(string name) => name == "Postern" ? "" : Key(name);

    private static RouteModel RandomModel(Random random)
    {
        var offices = RandomOffices(random);
        var sites = Enumerable.Range(1, random.Next(1, 4)).Select(i => Site($"SITE{i}")).ToList();
        var shadows = sites.SelectMany(site => (string[])[site.CcMailPostOffice, $"{site.MsMailNetwork}/{site.MsMailPostOffice}"]).ToList();
        var homes = offices.Where(_ => random.Next(5) > 0).Select(office => At(office.Name, random.Next(1, 9))).ToList();
        homes.AddRange(offices.Where(_ => random.Next(3) == 0).Select(office => new Home(office.Key, Other(office, shadows, random), 2)));
        homes.AddRange(shadows.Where(_ => random.Next(2) == 0).Select(shadow => Backbone("SITE1", shadow)));
        var hidden = offices.SelectMany(office => homes, (office, home) => (office.Key, home.Native)).Where(_ => random.Next(20) == 0).ToHashSet();
        return TestNetwork.Model(sites, offices, [.. homes.DistinctBy(home => (home.Native, home.Face))], RandomRows(random, offices, shadows)) with
        {
            Hidden = random.Next(2) == 0 ? hidden : new HashSet<(string, string)>(),
            HopLimits = offices.Where(_ => random.Next(20) == 0).ToDictionary(office => office.Key, _ => random.Next(1, 4)),
        };
    }

    private static List<PostOffice> RandomOffices(Random random)
    {
        var offices = new List<PostOffice>();
        // Up to the most, and small ones more often: they fail in more different ways for the time they take.
        var count = Enumerable.Range(0, 3).Min(_ => random.Next(1, MostPostOffices + 1));
        for (var i = 0; i < count; i++)
        {
            var isMsMail = random.Next(2) == 0;
            var name = isMsMail ? $"NET/PO{i}" : $"OFFICE{i}";
            var hubs = offices.Where(office => office.System == (isMsMail ? "MS" : "CCMAIL")).ToList();
            offices.Add(
                random.Next(60) == 0 ? Via(name, isMsMail ? "NET/GONE" : "GONE")
                : hubs.Count > 0 && random.Next(3) > 0 ? Via(name, hubs[random.Next(hubs.Count)].Name)
                : Direct(name, isMsMail ? "m" : "c"));
        }

        return offices;
    }

    private static string Other(PostOffice office, List<string> shadows, Random random)
    {
        var other = shadows.Where(shadow => !Key(shadow).StartsWith(office.System, StringComparison.Ordinal)).ToList();
        return Key(other[random.Next(other.Count)]);
    }

    // Many rows as the model wants them and confirmed; some missing, some through anywhere.
    private static List<Knowledge> RandomRows(Random random, List<PostOffice> offices, List<string> shadows)
    {
        var rows = new List<Knowledge>();
        var wild = random.Next(4);
        foreach (var system in offices.GroupBy(office => office.System))
        {
            var ours = shadows.Where(name => Key(name).StartsWith(system.Key, StringComparison.Ordinal)).ToList();
            List<string> names = [.. system.Select(office => office.Name), .. ours];
            foreach (var (owner, destination) in system.SelectMany(_ => names, (owner, name) => (owner, name)).Where(pair => pair.owner.Name != pair.name && random.Next(100) < 85))
            {
                var isRight = random.Next(100) >= wild * 2;
                var via = !isRight ? names[random.Next(names.Count)] : Below(owner, destination, offices) ?? (owner.Via.Length > 0 ? owner.Via : ours[^1]);
                rows.Add(Row(owner.Name, destination, via == destination ? "" : via, isRight && random.Next(9) > 0 ? KnowledgeState.Confirmed : (KnowledgeState)random.Next(4)));
            }
        }

        return rows;
    }

    // The post office below the owner through which a destination is reached; null when it is not below.
    private static string? Below(PostOffice owner, string destination, List<PostOffice> offices)
    {
        for (var office = offices.Find(office => office.Name == destination); office is not null; office = offices.Find(hub => hub.Name == office.Via))
        {
            if (office.Via == owner.Name)
            {
                return office.Name;
            }
        }

        return null;
    }
}
