using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class ShapeTableTests
{
    private static readonly ShapeRow[] Rows =
    [
        new("smtp-backbone", "to 4 smart hosts", "connector=smtp-backbone", [371, 22, 0, 5, 0, 1, 0, 0]),
        new("quarantine", "any connector", "state=quarantined", [0, 0, 0, 0, 0, 0, 0, 0]),
    ];

    [Fact]
    public async Task Each_number_opens_exactly_the_deliveries_it_counts()
    {
        using var part = await RenderAsync();

        var cell = part.Body.QuerySelectorAll("tbody a").Single(a => a.TextContent == "22");
        cell.GetAttribute("href").ShouldBe("/queue?connector=smtp-backbone&age=5m-15m");
        cell.GetAttribute("title").ShouldBe("smtp-backbone, 5–15 min: 22 deliveries");
    }

    [Fact]
    public async Task Zero_is_a_quiet_dot_that_leads_nowhere()
    {
        using var part = await RenderAsync();

        var cells = part.Body.QuerySelectorAll("tbody tr:nth-child(2) td");
        cells.Length.ShouldBe(9);
        cells.ShouldAllBe(c => c.TextContent == "·" && c.GetAttribute("aria-label") == "0");
    }

    [Fact]
    public async Task The_totals_add_up()
    {
        using var part = await RenderAsync();

        part.Body.QuerySelectorAll("tfoot td").Select(c => c.TextContent).ShouldBe(["399", "371", "22", "0", "5", "0", "1", "0", "0"]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    [InlineData(39, 2)]
    [InlineData(40, 3)]
    [InlineData(119, 3)]
    [InlineData(120, 4)]
    [InlineData(399, 4)]
    [InlineData(400, 5)]
    public async Task The_strength_of_a_cell_follows_its_count(long count, int strength)
    {
        using var part = await PartRenderer.RenderAsync<ShapeTable>(
            new Dictionary<string, object?> { ["Rows"] = new[] { new ShapeRow("c", "", "connector=c", [count, 0, 0, 0, 0, 0, 0, 0]) } });

        part.Body.QuerySelector("td:nth-child(3) a")!.ClassList.ShouldBe(["f", $"h{strength}"]);
    }

    [Fact]
    public void The_bands_cover_every_age_once()
    {
        AgeBand.All[0].From.ShouldBe(TimeSpan.Zero);
        AgeBand.All[^1].To.ShouldBe(TimeSpan.MaxValue);
        AgeBand.All.Zip(AgeBand.All.Skip(1)).ShouldAllBe(p => p.First.To == p.Second.From);
    }

    private static Task<PartRenderer> RenderAsync() =>
        PartRenderer.RenderAsync<ShapeTable>(new Dictionary<string, object?> { ["Rows"] = Rows });
}
