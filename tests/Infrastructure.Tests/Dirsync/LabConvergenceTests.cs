using System.Globalization;
using Postern.Infrastructure.Tests.Dirsync.Labs;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>A directory server and both old systems change at random, one Postern between them; all come to hold what a simple model says.</summary>
/// <remarks>The full size: <c>POSTERN_DIRSYNC_ENTRIES=10000 POSTERN_DIRSYNC_CYCLES=20 POSTERN_DIRSYNC_EDITS=300 POSTERN_DIRSYNC_SEED=1</c>; edits are counted for each cycle.</remarks>
public sealed class LabConvergenceTests(ITestOutputHelper output)
{
    private const int MostNamesakes = 3;
    private const int FewestPeople = 6;

    private static readonly int Entries = Number("ENTRIES", 60);
    private static readonly int Cycles = Number("CYCLES", 2);
    private static readonly int Edits = Number("EDITS", Entries < 1_000 ? 30 : 300);
    private static readonly int Seed = Number("SEED", 1);

    // Who has a name that several want, by directory and name, when all had come to rest last.
    private readonly Dictionary<(string, string), LabPerson> holders = [];

    // Under which name each directory listed somebody when all had come to rest last, and its key.
    private Dictionary<(string, LabPerson), (string Written, string Key)> names = [];

    [Fact]
    [Trait("source", "Q237588")]
    public async Task After_any_edits_at_all_three_each_holds_what_the_model_says_and_nothing_more_is_proposed()
    {
        Say($"{Entries} entries, {Cycles} cycles of {Edits} edits, seed {Seed}");
        var chance = new Random(Seed);
        await using var labs = await ThreeLabs.CreateAsync(Entries, chance);
        foreach (var side in labs.Sides.Skip(1))
        {
            Populate(labs.People, side, chance);
        }

        await SettleAsync(labs, "at first");
        for (var cycle = 1; cycle <= Cycles; cycle++)
        {
            for (var edit = 0; edit < Edits; edit++)
            {
                Edit(labs, chance);
            }

            await SettleAsync(labs, $"cycle {cycle}");
        }
    }

    // A tenth of the people, one in five of them with the name of somebody at headquarters.
    private static void Populate(LabPeople people, LabSide side, Random chance)
    {
        var taken = people.Keys.ToList();
        for (var i = 0; i < Math.Max(FewestPeople * 2, Entries / 10); i++)
        {
            var name = chance.Next(5) == 0 ? people.Namesakes(taken[chance.Next(taken.Count)])[0].Name.InCapitals : people.FreshName();
            if (!people.Namesakes(name.Key).Any(side.Has))
            {
                people.Add(side.Add(name, chance.Next(3) == 0 ? "" : LabPeople.Telephone(chance), chance));
            }
        }

        side.Finish();
    }

    private static void Edit(ThreeLabs labs, Random chance)
    {
        var people = labs.People;
        var side = labs.Sides[chance.Next(4) is 0 or 1 ? 0 : chance.Next(1, 3)];
        var act = side.People.Count < FewestPeople ? 0 : chance.Next(12);
        var person = side.People.Count > 0 ? side.People[chance.Next(side.People.Count)] : null!;
        var isAlone = person is not null && people.Namesakes(person.Name.Key).Count == 1;
        switch (act)
        {
            case 0 or 1:
                people.Add(side.Add(people.FreshName(), LabPeople.Telephone(chance), chance));
                break;
            case 2:
                AddNamesake(people, side, labs.Sides, chance);
                break;
            case 3 when isAlone:
                Rename(people, side, person!, people.Respelled(person!.Name));
                break;
            case 3 or 4 or 5:
                Rename(people, side, person!, people.FreshName());
                break;
            case 6:
                Swap(people, side, person!, side.People[chance.Next(side.People.Count)]);
                break;
            case 7 or 8 when side.CanHavePhone(person!):
                side.SetPhone(person!, chance.Next(4) == 0 ? "" : LabPeople.Telephone(chance));
                break;
            case 7 or 8 or 9:
                side.Move(person!, chance);
                break;
            default:
                people.Remove(person!);
                side.Delete(person!);
                break;
        }
    }

    // A name that differs only in case from that of somebody elsewhere. cc:Mail has a name only once, whoever has it, and would refuse its own administrator.
    private static void AddNamesake(LabPeople people, LabSide side, IReadOnlyList<LabSide> sides, Random chance)
    {
        var elsewhere = sides[chance.Next(sides.Count)];
        var name = elsewhere.People[chance.Next(elsewhere.People.Count)].Name;
        var namesakes = people.Namesakes(name.Key);
        if (!side.OwnNamesGoFirst && namesakes.Count < MostNamesakes && !namesakes.Any(side.Has))
        {
            people.Add(side.Add(people.Respelled(name), LabPeople.Telephone(chance), chance));
        }
    }

    private static void Rename(LabPeople people, LabSide side, LabPerson person, PersonName name)
    {
        side.Rename(person, name);
        people.Rename(person, name);
    }

    // Names that nobody else wants: who of several would have to give theirs up first is another test's matter.
    private static void Swap(LabPeople people, LabSide side, LabPerson one, LabPerson other)
    {
        if (one == other || one.Home != other.Home || people.Namesakes(one.Name.Key).Count > 1 || people.Namesakes(other.Name.Key).Count > 1)
        {
            return;
        }

        side.Swap(one, other);
        if (!side.IsKnownByName)
        {
            var name = one.Name;
            people.Rename(one, other.Name);
            people.Rename(other, name);
        }
    }

    // Cycles of all, until each in turn has nothing to propose.
    private async Task SettleAsync(ThreeLabs labs, string when)
    {
        var since = await labs.LastPlanAsync();
        var began = TimeProvider.System.GetTimestamp();
        foreach (var side in labs.Sides)
        {
            side.Finish();
        }

        var story = new List<string>();
        var quiet = 0;
        for (var turn = 0; quiet < labs.Sides.Count; turn++)
        {
            turn.ShouldBeLessThan(labs.Sides.Count * 5, $"{when}: no rest. {string.Join("; ", story)} {string.Join("; ", await labs.TroubleAsync(since))}");
            var side = labs.Sides[turn % labs.Sides.Count];
            var cycleBegan = TimeProvider.System.GetTimestamp();
            var changes = await labs.CycleAsync(side);
            story.Add(string.Create(CultureInfo.InvariantCulture, $"{side.Name} {changes} ({TimeProvider.System.GetElapsedTime(cycleBegan).TotalSeconds:0.0} s)"));
            quiet = changes == 0 ? quiet + 1 : 0;
        }

        Say(string.Create(CultureInfo.InvariantCulture, $"{when}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s, {Memory()}: {string.Join(", ", story)}"));
        foreach (var trouble in await labs.TroubleAsync(since))
        {
            Say($"  {trouble}");
        }

        var faults = await FaultsAsync(labs);
        faults.Take(20).ShouldBeEmpty($"{when}, seed {Seed}: {faults.Count} differences");
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(ThreeLabs labs)
    {
        var own = await labs.OwnAsync();
        var everybody = labs.Sides.SelectMany(side => side.People.Select(person => (side, person))).ToDictionary(pair => pair.person.Native, StringComparer.OrdinalIgnoreCase);
        var faults = Difference("our directory", everybody.Values.Select(pair => $"{pair.side.Written(pair.person)} {pair.person.Native} {pair.person.Phone} < {pair.side.Name}"), own.Select(entry => $"{entry.Name} {entry.Native} {entry.Phone} < {entry.Giver}"));
        var known = own.SelectMany(entry => entry.Others.Append(entry.Native).Select(address => (address, entry.Native))).ToDictionary(pair => pair.address, pair => pair.Native, StringComparer.OrdinalIgnoreCase);
        var now = new Dictionary<(string, LabPerson), (string, string)>();
        foreach (var side in labs.Sides)
        {
            faults.AddRange(Difference($"the people of {side.Name}", side.People.Select(side.Expected).Select(entry => $"{entry}"), side.Own().Select(entry => $"{entry}")));
            var listed = new Dictionary<string, List<LabPerson>>(StringComparer.Ordinal);
            var former = new Dictionary<LabPerson, ListedEntry>();
            foreach (var entry in side.Foreign())
            {
                if (!known.TryGetValue(entry.Address, out var native) || !everybody.TryGetValue(native, out var found))
                {
                    faults.Add($"{side.Name} lists {entry}, which is nobody's address");
                }
                else if (found.side == side || entry.Phone != found.person.Phone)
                {
                    faults.Add($"{side.Name} lists {entry} for {found.person}");
                }
                else if (!IsWritten(side, entry.Name, side.Written(found.person)))
                {
                    former[found.person] = entry;
                }
                else
                {
                    now[(side.Name, found.person)] = (entry.Name, found.person.Name.Key);
                    if (!listed.TryAdd(found.person.Name.Key, [found.person]))
                    {
                        listed[found.person.Name.Key].Add(found.person);
                    }
                }
            }

            var kept = former.Keys.Where(person => names.ContainsKey((side.Name, person))).Select(person => names[(side.Name, person)].Key).ToHashSet(StringComparer.Ordinal);
            foreach (var (person, entry) in former)
            {
                // Who is refused a name that another has keeps the one under which they stand there (decision 26).
                var key = person.Name.Key;
                var isRefused = listed.ContainsKey(key) || kept.Contains(key) || (side.OwnNamesGoFirst && labs.People.Namesakes(key).Any(side.Has));
                if (isRefused && names.TryGetValue((side.Name, person), out var before) && IsWritten(side, entry.Name, before.Written))
                {
                    now[(side.Name, person)] = before;
                }
                else
                {
                    faults.Add($"{side.Name} lists {entry} for {person}");
                }
            }

            faults.AddRange(labs.People.Keys.SelectMany(key => Judge(side, key, labs.People.Namesakes(key), listed.GetValueOrDefault(key) ?? [], kept.Contains(key))));
        }

        names = now;
        return faults;
    }

    private static bool IsWritten(LabSide side, string name, string expected) => name.Equals(expected, side.SpellingCounts ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    // Of those who want a name one has it, and who has it keeps it; a directory's own people go first where a name stands there only once, and so does who was refused another.
    private IEnumerable<string> Judge(LabSide side, string key, IReadOnlyList<LabPerson> namesakes, List<LabPerson> listed, bool isKept)
    {
        var claims = namesakes.Where(person => !side.Has(person)).ToList();
        var expected = claims.Count == 0 || isKept || (side.OwnNamesGoFirst && claims.Count < namesakes.Count) ? 0 : 1;
        if (listed.Count != expected)
        {
            yield return $"{side.Name} lists {listed.Count} and not {expected} of {string.Join(" and ", claims)}";
        }

        if (expected == 1 && listed.Count == 1)
        {
            if (holders.TryGetValue((side.Name, key), out var holder) && holder != listed[0] && claims.Contains(holder))
            {
                yield return $"{side.Name} gave the name of {holder} to {listed[0]}";
            }

            holders[(side.Name, key)] = listed[0];
        }
        else
        {
            holders.Remove((side.Name, key));
        }
    }

    private static List<string> Difference(string where, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (left, right) = (expected.Order(StringComparer.OrdinalIgnoreCase).ToList(), found.Order(StringComparer.OrdinalIgnoreCase).ToList());
        var (missing, more) = (left.ToHashSet(StringComparer.Ordinal), right.ToHashSet(StringComparer.Ordinal));
        missing.ExceptWith(right);
        more.ExceptWith(left);
        return
        [
            .. missing.Select(line => $"{where} lacks {line}"), .. more.Select(line => $"{where} has {line}"),
            .. left.Count != right.Count && missing.Count + more.Count == 0 ? [$"{where} has {right.Count} and not {left.Count} entries"] : Array.Empty<string>(),
        ];
    }

    private static string Memory() => File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Replace("\t", " ", StringComparison.Ordinal);

    private void Say(string line) => output.WriteLine(line);

    private static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable($"POSTERN_DIRSYNC_{name}"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;
}
