using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

/// <summary>Sets of routes compared and brought together, item by item.</summary>
public sealed class RouteMergeTests
{
    private static readonly RouteSet Origin = new(
        [new Site("SITE1", ["site1.example"], "SITE1", "", "")], [new PostOffice("CCMAIL", "SALES", "sales", "")], [new AddressSpace("SMTP", "*", 1, "smart")]);

    [Fact]
    public void A_set_says_what_is_new_changed_and_gone_since_another()
    {
        var later = Origin.With(new PostOffice("CCMAIL", "Plant", "", "Sales")).With(new AddressSpace("SMTP", "*", 9, "smart")).Without(RouteItemKind.Site, "SITE1");

        later.Since(Origin).Select(change => change.Sentence).ShouldBe(
        [
            "- site SITE1: domains site1.example; cc:Mail SITE1; refuses unknown recipients",
            "+ post office CCMAIL:Plant: via SALES",
            "~ address space SMTP * of smart: cost 1 → cost 9",
        ]);
        Origin.Since(Origin.With(new PostOffice("CCMAIL", "sales", "sales", ""))).ShouldBeEmpty("a name in other letters is the same name");
    }

    [Fact]
    public void What_one_changed_is_taken_and_what_both_changed_alike_is_no_conflict()
    {
        var plant = new PostOffice("CCMAIL", "PLANT", "", "SALES");
        var mine = Origin.With(plant).With(new AddressSpace("SMTP", "a.example", 1, "smart"));
        var theirs = Origin.With(plant).Without(RouteItemKind.Site, "SITE1");

        var merge = RouteMerge.Of(Origin, mine, theirs);

        merge.Conflicts.ShouldBeEmpty();
        merge.Merged.Sites.ShouldBeEmpty();
        merge.Merged.PostOffices.ShouldBe([new PostOffice("CCMAIL", "SALES", "sales", ""), plant]);
        merge.Merged.Spaces.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(null, 1, "SALES is taken out or kept: nobody has said which")]
    [InlineData(true, 0, "mine")]
    [InlineData(false, 0, "theirs")]
    public void One_takes_out_what_the_other_changed(bool? takesMine, int conflicts, string because)
    {
        var mine = Origin.Without(RouteItemKind.PostOffice, "CCMAIL:SALES");
        var theirs = Origin.With(new PostOffice("CCMAIL", "SALES", "other", ""));
        var decided = takesMine is { } mineCounts ? new Dictionary<(RouteItemKind, string), bool> { [(RouteItemKind.PostOffice, "CCMAIL:SALES")] = mineCounts } : null;

        var merge = RouteMerge.Of(Origin, mine, theirs, decided);

        merge.Conflicts.Count.ShouldBe(conflicts, because);
        merge.Merged.PostOffices.Count.ShouldBe(takesMine == false ? 1 : 0, because);
        if (conflicts > 0)
        {
            merge.Conflicts[0].Sentence.ShouldBe("Post office CCMAIL:SALES was “direct by sales”; here it is taken out, there “direct by other”.");
        }
    }

    [Fact]
    public void The_table_of_a_set_has_the_same_connectors_directory_and_key()
    {
        var table = new RoutingTable(3, [], [], [], [new RoutedConnector(1, "sales", "ccmail"), new RoutedConnector(2, "smart", "smtp")], Domain.Directory.AddressBook.Empty) { CanaryKey = new byte[] { 1 } };

        var made = Origin.Over(table, 4);

        (made.Version, made.CanaryKey.Length, made.Connectors.Count).ShouldBe((4, 1, 2));
        RouteSet.Of(made).Since(Origin).ShouldBeEmpty();
    }
}
