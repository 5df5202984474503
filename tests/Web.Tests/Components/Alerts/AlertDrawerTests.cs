using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Infrastructure.Watch;
using Postern.Web.Components.Alerts;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Alerts;

public sealed class AlertDrawerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    private static AlertRow Silent { get; } = new(
        7, "connector silent", "sales", "sales", "error", "sales has shown no proof of life for 3 min.", "Mend it.", "/connectors?open=sales", "", Start, Start, Start, null, null);

    [Fact]
    public async Task It_says_what_to_do_where_it_shows_and_who_is_told()
    {
        var drawer = await RenderAsync(Silent, new AlertSettings { Recipients = ["a@b.example"], RepeatAfter = TimeSpan.FromHours(2) });

        drawer.Text.ShouldContain("Mend it.");
        drawer.Text.ShouldContain("It is told again every 2h until somebody takes it.");
        drawer.Body.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("/connectors?open=sales");
        drawer.Body.QuerySelectorAll(".foot button").Select(button => button.TextContent).ShouldBe(["Take it"]);
    }

    [Fact]
    public async Task What_somebody_has_can_be_taken_over_or_given_back_and_what_is_over_needs_nobody()
    {
        (await RenderAsync(Silent with { Owner = "m.keller" }, new())).Body.QuerySelectorAll(".foot button").Select(button => button.TextContent).ShouldBe(["Take it over", "Give it back"]);
        (await RenderAsync(Silent with { Owner = "m.keller" }, new(), isMine: true)).Body.QuerySelectorAll(".foot button").Select(button => button.TextContent).ShouldBe(["Give it back"]);
        var over = await RenderAsync(Silent with { ClosedAt = Start.AddMinutes(9) }, new());
        over.Body.QuerySelectorAll(".foot button").ShouldBeEmpty();
        over.Text.ShouldContain("It is over. It lasted");
    }

    [Fact]
    public async Task Who_may_not_act_sees_why_and_nothing_happens()
    {
        var taken = 0;
        var drawer = await RenderAsync(Silent, new(), whyNot: "v.iewer may not run connectors.", onTake: () => taken++);

        await drawer.RaiseAsync("onclick", new MouseEventArgs(), 2);

        drawer.Body.QuerySelector(".foot button")!.GetAttribute("aria-disabled").ShouldBe("true");
        drawer.Text.ShouldContain("v.iewer may not run connectors.");
        taken.ShouldBe(0);
    }

    [Fact]
    public async Task Hostile_text_is_text_and_a_link_leads_nowhere_else()
    {
        var drawer = await RenderAsync(Silent with { Text = "<script>alert(1)</script>\u202E", Link = "https://evil.example/" }, new(), notes: [new(Start, "<b>x</b>", "note", "<img src=x>")]);

        drawer.Body.QuerySelectorAll("script, img, b").ShouldBeEmpty();
        drawer.Body.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldBe(["/"]);
    }

    private static Task<PartRenderer> RenderAsync(
        AlertRow alert, AlertSettings settings, bool isMine = false, string? whyNot = null, Action? onTake = null, IReadOnlyList<AlertNote>? notes = null) => PartRenderer.RenderAsync<AlertDrawer>(new Dictionary<string, object?>
        {
            [nameof(AlertDrawer.Alert)] = alert,
            [nameof(AlertDrawer.Settings)] = settings,
            [nameof(AlertDrawer.IsMine)] = isMine,
            [nameof(AlertDrawer.WhyNot)] = whyNot,
            [nameof(AlertDrawer.Notes)] = notes ?? [],
            [nameof(AlertDrawer.OnTake)] = EventCallback.Factory.Create(new object(), onTake ?? (() => { })),
            [nameof(AlertDrawer.OnClose)] = EventCallback.Factory.Create(new object(), () => { }),
        });
}
