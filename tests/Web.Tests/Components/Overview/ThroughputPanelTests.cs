using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Overview;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Overview;

public sealed class ThroughputPanelTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly ConnectorRow Sales = new(1, "ccmail-sales", "ccmail", "{}", true, "running", "", null, null, "", null, ["SALES"], []);
    private static readonly ConnectorRow Aurora = Sales with { Id = 2, Name = "ccmail-aurora" };

    [Fact]
    public void The_address_is_the_view()
    {
        var query = OverviewQuery.Parse("?over=week&charts=all&figures=ccmail-sales");

        (query.Scale, query.AllCharts, query.Figures).ShouldBe((ThroughputScale.Week, true, "ccmail-sales"));
        query.Href().ShouldBe("/?over=week&charts=all&figures=ccmail-sales");
        OverviewQuery.Parse("?over=century&charts=none").Href().ShouldBe("/");
    }

    [Fact]
    public async Task Each_chart_names_its_sums_and_leads_to_its_connector_and_its_table()
    {
        using var part = await RenderAsync("", Line("ccmail-sales", 1_200, 4), Line("default", 7, 0));

        part.Text.ShouldContain("deliveries each hour, in out, last 24 hours");
        part.Text.ShouldContain("1,204 in, 8 out");
        part.Text.ShouldContain("Nothing moved by ccmail-aurora.");
        part.Body.QuerySelectorAll("figcaption a").Select(link => link.GetAttribute("href"))
            .ShouldBe(["/connectors?open=ccmail-sales", "/?over=day&figures=ccmail-sales", "/?over=day&figures=default"]);
        part.Body.QuerySelector("svg")!.GetAttribute("aria-label").ShouldBe(
            "ccmail-sales: deliveries each hour, last 24 hours, oldest first; 1,204 in, 8 out altogether, at most 1,200 in one step");
        part.Body.QuerySelectorAll("svg rect.in").Length.ShouldBe(3);
    }

    [Fact]
    public async Task The_table_behind_a_chart_has_every_bar_in_numbers()
    {
        using var part = await RenderAsync("?over=day&figures=ccmail-sales", Line("ccmail-sales", 1_200, 4));

        var rows = part.Body.QuerySelectorAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent))).ToList();
        rows.Count.ShouldBe(25);
        rows[..3].ShouldBe(["Altogether|1,204|8", "09:00 to now|4|8", "08:00 to 09:00|·|·"]);
        rows[^1].ShouldBe("10:00 to 11:00|1,200|·");
        part.Body.QuerySelector(".sums")!.GetAttribute("aria-expanded").ShouldBe("true");
        part.Body.QuerySelector(".sums")!.GetAttribute("href").ShouldBe("/?over=day");
    }

    [Fact]
    public async Task Four_charts_are_shown_until_all_are_asked_for()
    {
        var lines = Enumerable.Range(0, 6).Select(n => Line($"c{n}", 5, 5)).ToArray();

        using var few = await RenderAsync("?over=day", lines);
        using var all = await RenderAsync("?over=day&charts=all", lines);

        (few.Body.QuerySelectorAll("figure").Length, all.Body.QuerySelectorAll("figure").Length).ShouldBe((4, 6));
        few.Body.QuerySelector(".sec-h .r a")!.TextContent.ShouldBe("All 6 charts");
        few.Body.QuerySelector(".sec-h .r a")!.GetAttribute("href").ShouldBe("/?over=day&charts=all");
    }

    [Fact]
    public async Task Without_mail_the_time_without_it_is_named()
    {
        using var part = await RenderAsync("?over=day");

        part.Text.ShouldContain("No mail has come or gone within the last 24 hours.");
    }

    private static Task<PartRenderer> RenderAsync(string query, params ThroughputLine[] lines) => PartRenderer.RenderAsync<ThroughputPanel>(new Dictionary<string, object?>
    {
        ["Chart"] = new ThroughputChart(ThroughputScale.Day, Begin, lines),
        ["Query"] = OverviewQuery.Parse(query.Length == 0 ? "?over=day" : query),
        ["Connectors"] = new[] { Sales, Aurora },
    });

    // Something in the first hour, a little in the last.
    private static ThroughputLine Line(string name, long first, long last) => new(
        name, [first, .. Enumerable.Repeat(0L, 22), last], [.. Enumerable.Repeat(0L, 23), last * 2]);
}
