using Postern.Web.Components.Layout;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class BooksTests
{
    private static readonly BooksFigures Even = new(100, 80, 5, 2, 1, 6, 1, 3, 2, new(10, 8, 1, 0, 0), []);

    [Fact]
    public void Books_balance_only_when_sum_and_ledger_agree()
    {
        Even.Balanced.ShouldBeTrue();
        (Even with { Accepted = 101 }).Balanced.ShouldBeFalse();
        (Even with { Differences = [new("A row is missing.", null)] }).Balanced.ShouldBeFalse();
    }

    [Fact]
    public async Task The_equation_links_each_side_to_its_rows()
    {
        using var part = await PartRenderer.RenderAsync<BooksEquation>(new Dictionary<string, object?> { ["Books"] = Even });

        part.Text.ShouldContain("The books balance");
        part.Text.ShouldContain("6 queued, 1 leased, 3 held, 2 quarantined");
        part.Body.QuerySelectorAll("a.stat").Select(a => a.GetAttribute("href"))
            .ShouldBe(["/queue?state=all", "/queue?state=delivered", "/queue?state=bounced", "/queue?state=removed", "/queue?state=expanded", "/queue"]);
    }

    [Fact]
    public async Task A_red_line_below_the_equation_names_the_first_differences_and_leads_to_their_days()
    {
        var off = Even with { Differences = [.. Enumerable.Range(1, 5).Select(n => new BooksDifference($"2026-11-0{n}: The ledger has them accepted; no row holds them now. {n}", $"/books?day=2026-11-0{n}"))] };
        using var part = await PartRenderer.RenderAsync<BooksEquation>(new Dictionary<string, object?> { ["Books"] = off });
        using var lost = await PartRenderer.RenderAsync<BooksEquation>(new Dictionary<string, object?> { ["Books"] = off with { Delivered = 79 } });
        using var calm = await PartRenderer.RenderAsync<BooksEquation>(new Dictionary<string, object?> { ["Books"] = Even });

        part.Body.QuerySelectorAll(".off a").Select(link => link.GetAttribute("href"))
            .ShouldBe(["/books?day=2026-11-01", "/books?day=2026-11-02", "/books?day=2026-11-03", "/books"]);
        part.Text.ShouldContain("2026-11-01: The ledger has them accepted; no row holds them now. 1");
        part.Text.ShouldContain("All 5 differences");
        part.Body.QuerySelector(".op")!.TextContent.ShouldBe("=", "the differences hide each other");
        lost.Body.QuerySelector(".op")!.TextContent.ShouldBe("≠");
        calm.Body.QuerySelector(".off").ShouldBeNull();
    }

    [Fact]
    public async Task The_line_under_every_page_names_what_differs()
    {
        var off = Even with { Differences = [new("The ledger of 22 Nov has it accepted; no row holds it now.", "/queue?state=all&find=1")] };
        using var part = await PartRenderer.RenderAsync<BooksLine>(new Dictionary<string, object?> { ["Books"] = off });

        part.Text.ShouldContain("The ledger of 22 Nov has it accepted; no row holds it now.");
        part.Body.QuerySelector("footer")!.ClassList.ShouldContain("off");
        part.Body.QuerySelector("a")!.GetAttribute("href").ShouldBe("/queue?state=all&find=1");
        part.Body.QuerySelector("[role=status]")!.TextContent.ShouldBe("The books do not balance.");
    }

    [Fact]
    public async Task Before_the_first_reading_nothing_is_claimed()
    {
        using var part = await PartRenderer.RenderAsync<BooksLine>(new Dictionary<string, object?> { ["Books"] = null });

        part.Text.ShouldBe("The books are being read.");
    }
}
