using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Overview;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Overview;

public sealed class OverviewPartsTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    [Fact]
    public async Task The_oldest_open_their_drawer_and_say_which_try_comes_next()
    {
        var tried = new DeliverySnapshot(7, 5, DeliveryState.Queued, "ccmail-sales", "SALES", "CCMAIL:Doe, Jane at SALES", "", "<b>Crane</b>")
        {
            Attempts = 4,
            AcceptedAt = Now.AddHours(-3),
            DueAt = Now.AddMinutes(2),
        };

        using var part = await PartRenderer.RenderAsync<OldestList>(new Dictionary<string, object?>
        {
            [nameof(OldestList.Deliveries)] = new[] { tried, tried with { Id = 8, State = DeliveryState.Held, Subject = "" } },
        });

        part.Body.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldBe([Urls.Queue("open=7"), Urls.Queue("open=8")]);
        part.Text.ShouldContain("try 5, 2\u202fmin");
        part.Text.ShouldContain("(no subject)");
        part.Body.QuerySelectorAll("small b").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_light_shows_what_is_bad_and_what_has_never_lived()
    {
        var sales = new ConnectorRow(1, "sales", "ccmail", "{}", true, "failed", "", Now.AddHours(-2), Now.AddMinutes(-1), "Post office is <i>in use</i>", Now, [], []);

        using var part = await PartRenderer.RenderAsync<ConnectorLights>(new Dictionary<string, object?>
        {
            [nameof(ConnectorLights.Connectors)] = new[] { sales, sales with { Id = 2, Name = "new", State = "running", Detail = "", Failure = "", AliveAt = null } },
            [nameof(ConnectorLights.Traffic)] = new[] { new ThroughputLine("sales", [1, 2, 3, 4], [0, 0, 1, 0]) },
        });

        part.Body.QuerySelectorAll("li").Select(line => line.QuerySelector(".bad") is not null).ShouldBe([true, false]);
        part.Body.QuerySelectorAll("li").Select(line => line.QuerySelector("polyline") is not null).ShouldBe([true, false]);
        part.Text.ShouldContain("Post office is <i>in use</i>");
        part.Text.ShouldEndWith("never");
        part.Body.QuerySelector("small i").ShouldBeNull();
        (await PartRenderer.RenderAsync<ConnectorLights>(new Dictionary<string, object?>
        {
            [nameof(ConnectorLights.Connectors)] = Array.Empty<ConnectorRow>(),
            [nameof(ConnectorLights.Traffic)] = Array.Empty<ThroughputLine>(),
        })).Text.ShouldBe("None is configured.");
    }

    [Fact]
    public async Task A_cause_opens_exactly_what_waits_for_it()
    {
        QueueCause[] causes = [new("mx.example asks to try later # times.", "smtp & co", DeliveryState.Queued, "mx.example asks to try later 3 times.", "451 <b>later</b>", 228, Now.AddHours(-1))];

        using var part = await PartRenderer.RenderAsync<CauseList>(new Dictionary<string, object?> { [nameof(CauseList.Causes)] = causes });

        part.Body.QuerySelector("a")!.GetAttribute("href").ShouldBe(Urls.Queue("state=queued&connector=smtp%20%26%20co&cause=mx.example%20asks%20to%20try%20later%20%23%20times."));
        part.Text.ShouldContain("228");
        part.Body.QuerySelector("b").ShouldBeNull();
    }

    [Fact]
    public async Task An_event_is_text_and_leads_to_itself()
    {
        using var part = await PartRenderer.RenderAsync<LatestEvents>(new Dictionary<string, object?>
        {
            [nameof(LatestEvents.Events)] = new[] { new EventRow(9, Now, 2305, "error", "", "The disk <script>x</script>", "", null) },
        });

        part.Body.QuerySelector("a")!.GetAttribute("href").ShouldBe(Urls.Events(9));
        part.Text.ShouldContain("The disk <script>x</script>");
        part.Body.QuerySelector("script").ShouldBeNull();
        (await PartRenderer.RenderAsync<LatestEvents>(new Dictionary<string, object?> { [nameof(LatestEvents.Events)] = Array.Empty<EventRow>() })).Text.ShouldStartWith("Nothing has happened");
    }
}
