using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

/// <summary>Promise P5: with no change at the sources a second cycle proposes nothing, whatever the names and the order of the partners.</summary>
public sealed class ConvergenceTests
{
    private const int Cases = 10_000;

    // Few names, so that nearly everybody collides with somebody; each is a trap of another kind.
    private static readonly string[] Names =
    [
        "Smith, Jimmy", "SMITH, Jimmy", "Smith, jimmy", "Jimmy Smith", "Ｓｍｉｔｈ, Jimmy", "Straße, Eva", "STRASSE, EVA", "Doe, Jane", "Doe,  Jane ", "Kaya, Işık",
        "KAYA, ISIK", "Fitzgerald-Montgomery, Wilhelm", "Fitzgerald-Montgomery, Wilhelmina", "Mu\u0308ller, Uwe", "Müller, Uwe",
    ];

    [Fact]
    [Trait("source", "Q237588")]
    [Trait("source", "Q146676")]
    [Trait("source", "Q152556")]
    public void After_one_applied_cycle_the_next_plans_are_empty_whatever_collides_and_whoever_comes_first()
    {
        var seen = new PlanCounts();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var hub = Model(seed);
            // Another order of the partners is tried on every fourth: it doubles the time.
            var twin = seed % 4 == 0 ? Model(seed) : null;
            for (var rounds = 1 + (seed / 4 % 2); rounds > 0; rounds--)
            {
                hub.Cycle(Shuffled(hub.Partners, random));
                twin?.Cycle(twin.Partners);
                if (hub.Cycle(Shuffled(hub.Partners, random)) != 0 || (twin is not null && !AreAlike(hub, twin)))
                {
                    return false;
                }

                var edits = random.Next();
                Edit(hub, new Random(edits));
                if (twin is not null)
                {
                    Edit(twin, new Random(edits));
                }
            }

            foreach (var kind in Enum.GetValues<ChangeClass>().Where(kind => hub.Counts[kind] > 0))
            {
                seen.Add(kind);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

        // Else the cases would not try anything.
        Enum.GetValues<ChangeClass>().ShouldAllBe(kind => seen[kind] > Cases / 50);
    }

    [Fact]
    [Trait("source", "Q152556")]
    public void Two_posterns_that_synchronise_with_each_other_converge_and_send_nothing_back()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var (one, two) = (new OtherPostern("one", random), new OtherPostern("two", random));

            one.Exchange(two);
            var again = one.Exchange(two);

            again.ShouldBe(0, $"seed {seed}");
            one.Given.TrueForAll(row => row.Row.Address.EndsWith("@two.example", StringComparison.Ordinal)).ShouldBeTrue($"seed {seed}");
            two.Given.TrueForAll(row => row.Row.Address.EndsWith("@one.example", StringComparison.Ordinal)).ShouldBeTrue($"seed {seed}");
        }
    }

    private static Hub Model(int seed)
    {
        var random = new Random(seed);
        var hub = new Hub();
        hub.Partners.Add(new ModelPartner("CC", Rows.CcMail, "CCMAIL", random.Next(2) == 0, TargetAbility.CcMail));
        hub.Partners.Add(random.Next(2) == 0
            ? new ModelPartner("MM", Rows.MsMail, "MS", random.Next(2) == 0, TargetAbility.MsMail)
            : new ModelPartner("DD", Rows.CcMail, "CCMAIL", random.Next(2) == 0, TargetAbility.CcMail));
        if (random.Next(3) == 0)
        {
            hub.Partners.Add(new ModelPartner("LD", Rows.Ldap, "SMTP", true, TargetAbility.Ldap));
        }

        var number = 0;
        foreach (var partner in hub.Partners)
        {
            for (var people = random.Next(5); people > 0; people--)
            {
                Enter(partner, Any(random, ++number), random);
            }
        }

        for (var people = random.Next(5); people > 0; people--)
        {
            hub.People.Add(Any(random, ++number) with { IsHidden = random.Next(8) == 0 });
        }

        return hub;
    }

    private static void Edit(Hub hub, Random random)
    {
        foreach (var partner in hub.Partners)
        {
            for (var edits = random.Next(3); edits > 0; edits--)
            {
                var at = partner.People.Count == 0 ? -1 : random.Next(partner.People.Count);
                var person = Any(random, at < 0 ? 0 : partner.People[at].Number);
                switch (random.Next(4))
                {
                    case 0:
                        Enter(partner, Any(random, 100 + random.Next(800)), random);
                        break;
                    case 1 when at >= 0:
                        partner.People.RemoveAt(at);
                        break;
                    case 2 when at >= 0 && !partner.HasName(person.Name, person.Home, person.Number):
                        partner.People[at] = person;
                        break;
                    case 3 when at >= 0:
                        partner.People[at] = partner.People[at] with { Phone = person.Phone };
                        break;
                }
            }
        }

        for (var i = 0; i < hub.People.Count; i++)
        {
            hub.People[i] = random.Next(3) switch { 0 => Any(random, hub.People[i].Number), 1 => hub.People[i] with { IsHidden = !hub.People[i].IsHidden }, _ => hub.People[i] };
        }
    }

    private static void Enter(ModelPartner partner, Person person, Random random)
    {
        var home = person with { Home = random.Next(2) == 0 ? "1" : "2" };
        if (!partner.People.Exists(known => known.Number == person.Number) && !partner.HasName(home.Name, home.Home, home.Number))
        {
            partner.People.Add(home);
        }
    }

    private static Person Any(Random random, int number) => new(number, Names[random.Next(Names.Length)], random.Next(2) == 0 ? "1" : "2", random.Next(3) == 0 ? $"{random.Next(9)}" : "");

    private static bool AreAlike(Hub one, Hub other) => one.Partners.Zip(other.Partners).All(pair => Text(pair.First).SetEquals(Text(pair.Second)));

    private static HashSet<string> Text(ModelPartner partner) => [.. partner.Given.Select(row => $"{row.Row.Key}|{row.Row.Identity}|{row.Row.Address}|{row.Row.Values}")];

    private static List<ModelPartner> Shuffled(List<ModelPartner> partners, Random random)
    {
        var order = partners.ToArray();
        random.Shuffle(order);
        return [.. order];
    }

    /// <summary>A Postern with people of its own, and a container for those of the other one.</summary>
    private sealed class OtherPostern
    {
        private readonly string name;
        private readonly List<DirectoryEntry> own = [];

        public OtherPostern(string name, Random random)
        {
            this.name = name;
            for (var people = random.Next(8); people > 0; people--)
            {
                var person = Any(random, people);
                var entry = new DirectoryEntry { Identity = $"{name}{people}", Name = person.Name, Native = MailAddress.Parse($"p{people}@{name}.example") };
                if (!Held().Any(row => row.Row.Key == Rows.Row(Rows.Ldap, entry.Name, entry.Native.ToString()).Key))
                {
                    own.Add(entry);
                }
            }
        }

        public List<HeldRow> Given { get; private set; } = [];

        /// <summary>A cycle of both: each is read as it is before, and then written. The number of changes.</summary>
        public int Exchange(OtherPostern other)
        {
            var (here, there) = (Entries(other.name), other.Entries(name));
            return other.Take(here, this) + Take(there, other);
        }

        private IEnumerable<HeldRow> Held() => own.Select(entry => Rows.Row(Rows.Ldap, entry.Name, entry.Native.ToString()).Foreign()).Concat(Given);

        private List<DirectoryEntry> Entries(string giver) =>
            [.. own, .. Given.Select(row => new DirectoryEntry { Identity = $"{name}:{row.Row.Identity}", Name = row.Row.Name, Native = MailAddress.Parse(row.Row.Address), Giver = giver })];

        private int Take(List<DirectoryEntry> entries, OtherPostern from)
        {
            var scope = new ExportScope { Partner = name, ExportsGiven = true };
            var ownership = new OwnershipTable([new($"SMTP:{name}.example", name), new($"SMTP:{from.name}.example", "")], []);
            var wanted = entries.Select(entry => scope.TryRow(entry, Rows.Ldap, ownership, hasWay: true, out var row, out _, out _) ? row : null).OfType<DirectoryRow>();
            var changes = DirectoryComparison.Of(wanted, Held(), Rows.Rules(Rows.Ldap));
            Given = [.. Rows.Applied(Held(), changes, TargetAbility.Ldap).Where(row => row.IsOurs)];
            return changes.Proposals().Count();
        }
    }
}
