using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing.Map;

public sealed class MapTrafficTests
{
    private static readonly PostOffice[] Harbor =
        [Direct("HARBOR/PIER1", "msmail-harbor"), Via("HARBOR/PIER2", "HARBOR/PIER1"), Via("HARBOR/PIER3", "HARBOR/PIER2"), Direct("SALES", "ccmail-sales")];

    [Fact]
    public void Mail_of_who_lives_far_out_passes_each_line_on_the_way()
    {
        var sums = Sums(Harbor, ("MS:HARBOR/PIER3", 4), ("MS:HARBOR/PIER1", 10), ("CCMAIL:SALES", 7));

        sums.ShouldBe(new Dictionary<string, long> { [Key("HARBOR/PIER3")] = 4, [Key("HARBOR/PIER2")] = 4, [Key("HARBOR/PIER1")] = 14, [Key("SALES")] = 7 }, ignoreOrder: true);
    }

    [Fact]
    public void A_site_has_the_mail_of_all_its_names_and_an_address_space_what_is_left()
    {
        var sums = Sums(Harbor, ("SMTP:site1.example", 3), ("MS:CORP/SITE1", 2), ("SMTP:far.example", 5), ("SMTP:near.example", 6));

        sums.ShouldBe(new Dictionary<string, long> { [MapSubject.KeyOfSite("SITE1")] = 5, [MapSubject.KeyOfSpaces("BACKBONE", "SMTP")] = 11 }, ignoreOrder: true);
    }

    [Fact]
    public void Every_line_that_is_drawn_can_be_asked_for_by_its_outer_box()
    {
        var drawing = RouteDrawing.Of(new MapSubject(Table([Site("SITE1")], Harbor), []));
        var sums = Sums(Harbor, ("MS:HARBOR/PIER3", 1), ("CCMAIL:SALES", 1), ("SMTP:site1.example", 1), ("SMTP:far.example", 1));

        drawing.Edges.Select(edge => edge.From).Where(box => !sums.ContainsKey(box)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("MS:NOBODY/KNOWS")]
    [InlineData("SMTP:")]
    [InlineData("nothing")]
    [InlineData("CCMAIL:")]
    public void A_home_that_stands_nowhere_on_the_map_passes_nothing(string home) => Sums(Harbor, (home, 9)).ShouldBeEmpty();

    [Fact]
    public void A_circle_of_post_offices_in_a_draft_is_walked_once() =>
        Sums([Via("HARBOR/PIER1", "HARBOR/PIER2"), Via("HARBOR/PIER2", "HARBOR/PIER1")], ("MS:HARBOR/PIER1", 1)).Values.ShouldBe([1, 1]);

    private static IReadOnlyDictionary<string, long> Sums(PostOffice[] offices, params (string Home, long Deliveries)[] homes) =>
        MapTraffic.Of(Table([Site("SITE1")], offices), homes.ToDictionary(home => home.Home, home => home.Deliveries));
}
