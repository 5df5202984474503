using System.Globalization;
using System.Text;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>After the changes of a cycle are carried out, the next one proposes nothing, whatever was changed on either side.</summary>
public sealed class ConvergenceTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("source", "Q237588")]
    [Trait("source", "Q192697")]
    public async Task Two_Posterns_that_share_a_directory_come_to_rest_and_send_nothing_back()
    {
        await using var left = await DirsyncHouse.CreateAsync(
            """entries: [{displayName: "Smith, Jimmy", native: jimmy@left.example}, {displayName: "Left, Only", native: only@left.example}, {displayName: "Same, Name", native: same@left.example}]""");
        await using var right = await DirsyncHouse.CreateAsync(
            """entries: [{displayName: "SMITH, Jimmy", native: jimmy@right.example}, {displayName: "Right, Only", native: only@right.example}, {displayName: "same, name", native: same@right.example}]""");
        var shared = left.Kind["shared"];
        right.Kind.Share("shared", shared);
        var leftPartner = await left.AddAsync("shared", DirsyncHouse.Automatic with { OwnedHomes = ["right.example"] }, "left");
        var rightPartner = await right.AddAsync("shared", DirsyncHouse.Automatic with { OwnedHomes = ["left.example"] }, "right");

        for (var round = 0; round < 3; round++)
        {
            await left.RunAsync(leftPartner);
            await right.RunAsync(rightPartner);
        }

        var steps = shared.Steps;
        (await left.RunAsync(leftPartner)).Changes.ShouldBe(0);
        (await right.RunAsync(rightPartner)).Changes.ShouldBe(0);
        shared.Steps.ShouldBe(steps);
        shared.Rows.Select(row => $"{row.Writer}: {row.Entry.Address}").ShouldBe(
            ["left: only@left.example", "right: only@right.example", "left: same@left.example", "left: jimmy@left.example"], ignoreOrder: true);
        (await left.ListingAsync()).ShouldBe(
            ["Smith, Jimmy (jimmy@left.example)", "Left, Only (only@left.example)", "Right, Only (only@right.example) < shared", "Same, Name (same@left.example)"]);
        (await right.ListingAsync()).Count.ShouldBe(6);
    }

    [Fact]
    public async Task After_twenty_cycles_of_edits_at_both_sides_both_hold_what_a_simple_model_says()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site"];
        var partner = await house.AddAsync("site", DirsyncHouse.Automatic with { OwnedHomes = ["theirs.example"] });
        var ours = new Dictionary<int, string>();
        var theirs = new Dictionary<int, string>();
        var next = 0;
        for (var cycle = 0; cycle < 20; cycle++)
        {
            for (var edit = 0; edit < 8; edit++)
            {
                Edit(random.Next(2) == 0 ? ours : theirs, random, ref next);
            }

            await house.ConfigureAsync(Configuration(ours));
            foreach (var row in directory.Rows.Where(row => row.Writer.Length == 0 && !theirs.ContainsKey(int.Parse(row.Place[1..], CultureInfo.InvariantCulture))))
            {
                directory.Remove(row.Place);
            }

            foreach (var (id, name) in theirs)
            {
                directory.Put(name, $"p{id}@theirs.example", $"t{id}");
            }

            await house.RunAsync(partner);
            // A name that was taken when the plan was made may be free by now: names go in the order in which cycles meet them.
            await house.RunAsync(partner);

            (await house.RunAsync(partner)).Changes.ShouldBe(0, $"cycle {cycle}");
            (await house.ListingAsync()).ShouldBe(
                ours.Select(pair => $"{pair.Value} (p{pair.Key}@ours.example)").Concat(theirs.Select(pair => $"{pair.Value} (p{pair.Key}@theirs.example) < site")), ignoreOrder: true, $"cycle {cycle}");
            directory.Listing.ShouldBe(
                ours.Select(pair => $"{pair.Value} (p{pair.Key}@ours.example)").Concat(theirs.Select(pair => $"{pair.Value} (p{pair.Key}@theirs.example)")), ignoreOrder: true, $"cycle {cycle}");
        }
    }

    // Adds, renames, swaps of names, and deletes; names differ, so that each side can hold everybody.
    private static void Edit(Dictionary<int, string> side, Random random, ref int next)
    {
        var some = side.Keys.Order().ToList();
        var kind = some.Count < 5 ? 0 : random.Next(6);
        switch (kind)
        {
            case 0 or 1:
                next++;
                side[next] = $"Person, {next}";
                break;
            case 2:
                side[some[random.Next(some.Count)]] = $"Renamed, {++next}";
                break;
            case 3 or 4:
                var (one, other) = (some[random.Next(some.Count)], some[random.Next(some.Count)]);
                (side[one], side[other]) = (side[other], side[one]);
                break;
            default:
                side.Remove(some[random.Next(some.Count)]);
                break;
        }
    }

    private static string Configuration(Dictionary<int, string> ours)
    {
        var text = new StringBuilder("entries:\n");
        foreach (var (id, name) in ours)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{displayName: \"{name}\", native: p{id}@ours.example}}\n");
        }

        return ours.Count == 0 ? "entries: []" : text.ToString();
    }
}
