using System.Text;

namespace Postern.Domain.Tests.Support;

public sealed class ParserSweepTests
{
    private static readonly string[] Fixtures = ["name: value", "other"];

    [Fact]
    public void Every_cut_and_a_hundred_thousand_mutations_are_read()
    {
        var cuts = Fixtures.Sum(fixture => fixture.Length + 1);
        var read = new List<string>();

        ParserSweep.Text(Fixtures, [":"], read.Add);

        read.Count.ShouldBe(cuts + ParserSweep.Mutations);
        read.Take(3).ShouldBe(["", "n", "na"]);
        read.Skip(cuts).Distinct().Count().ShouldBeGreaterThan(ParserSweep.Mutations / 2);
    }

    [Fact]
    public void The_same_seed_makes_the_same_mutations()
    {
        var runs = new[] { new List<string>(), new List<string>() };
        foreach (var run in runs)
        {
            ParserSweep.Bytes(Fixtures.Select(Encoding.UTF8.GetBytes), [":"], bytes => run.Add(Convert.ToHexString(bytes)));
        }

        runs[0].ShouldBe(runs[1]);
    }

    [Fact]
    public void A_reader_that_throws_is_found_with_its_input_and_seed()
    {
        var failure = Should.Throw<ShouldAssertException>(() => ParserSweep.Text(Fixtures, ["::"], text =>
            ParserSweep.Demand(!text.Contains("::", StringComparison.Ordinal), "no two colons")));

        failure.Message.ShouldContain("seed ");
        failure.Message.ShouldContain("no two colons");
        failure.Message.ShouldContain("::");
    }

    [Fact]
    public void A_reader_that_fails_on_a_cut_is_told_which()
    {
        var failure = Should.Throw<ShouldAssertException>(() => ParserSweep.Text(Fixtures, [":"], text =>
            ParserSweep.Demand(text != "name:", "a value follows")));

        failure.Message.ShouldStartWith("cut at 5 of 11");
    }
}
