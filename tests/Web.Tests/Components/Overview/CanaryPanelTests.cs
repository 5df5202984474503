using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Components.Connectors;
using Postern.Web.Components.Overview;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Overview;

public sealed class CanaryPanelTests
{
    private static readonly DateTimeOffset Now = new TestClock().Now;
    private static readonly CanarySettings Settings = new() { Recipient = "nobody.here@peer.example" };
    private static readonly CanaryRow Fresh = new(1, "smtp-backbone", "smtp", Settings, true, null, null, null, false, null, null);
    private static readonly CanaryRow Back = Fresh with { Last = Flight(1, 10), Back = Flight(1, 10), BackAt = Now.AddMinutes(-1).AddSeconds(0.9), ReportId = 20 };

    [Fact]
    public async Task The_round_trip_opens_the_report_and_a_missing_one_opens_the_canary()
    {
        var missing = Back with { ConnectorId = 2, Connector = "ccmail-sales", BackAt = Now.AddMinutes(-169), Back = Flight(170, 10), Missing = Flight(169, 30), Last = Flight(5, 40) };
        using var part = await PartRenderer.RenderAsync<CanaryPanel>(new Dictionary<string, object?> { ["Rows"] = new[] { Back, missing } });

        part.Body.QuerySelectorAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim())))
            .ShouldBe(["smtp-backbone|0.9\u202fs|59\u202fs", "ccmail-sales|none since 06:52|2\u202fh\u202f49\u202fm"]);
        part.Body.QuerySelectorAll("td a").Select(link => link.GetAttribute("href")).ShouldBe(["/messages/20", "/messages/30"]);
        part.Body.QuerySelectorAll("td.bad").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_canary_the_panel_says_what_one_is()
    {
        using var part = await PartRenderer.RenderAsync<CanaryPanel>(new Dictionary<string, object?> { ["Rows"] = Array.Empty<CanaryRow>() });

        part.Text.ShouldContain("A canary is a mail to a mailbox that cannot exist");
    }

    [Fact]
    public void Each_state_has_its_word_and_only_a_late_one_is_bad()
    {
        (CanaryRow Row, string Word)[] expected =
        [
            (Fresh, "not sent yet"), (Fresh with { Last = Flight(2, 10), Missing = Flight(2, 10) }, "on its way"), (Back with { IsRefused = true }, "0.9\u202fs, out"),
            (Back with { IsWanted = false, Missing = Flight(600, 10) }, "rests"), (Back with { Missing = Flight(29, 10) }, "0.9\u202fs"),
        ];

        foreach (var (row, word) in expected)
        {
            (CanaryLook.Of(row, Now).Word, CanaryLook.Of(row, Now).IsBad).ShouldBe((word, false));
        }

        CanaryLook.Of(Back with { Missing = Flight(31, 10) }, Now).IsBad.ShouldBeTrue();
    }

    [Fact]
    public async Task The_connector_tells_of_its_canary_or_leads_to_where_it_is_switched_on()
    {
        using var on = await PartRenderer.RenderAsync<CanaryLine>(new Dictionary<string, object?> { ["Connector"] = "smtp-backbone", ["Canary"] = Back });
        using var off = await PartRenderer.RenderAsync<CanaryLine>(new Dictionary<string, object?> { ["Connector"] = "smtp-backbone" });

        on.Text.ShouldContain("Its report came in: both ways are proven.");
        on.Text.ShouldContain("nobody.here@peer.example");
        off.Body.QuerySelector("a")!.GetAttribute("href").ShouldBe("/connectors/smtp-backbone?tab=Canary");
    }

    [Fact]
    public async Task Somebody_who_may_sends_one_now_and_others_read_why_not()
    {
        var sent = 0;
        var line = new Dictionary<string, object?> { ["Connector"] = "smtp-backbone", ["Canary"] = Back, ["OnSend"] = EventCallback.Factory.Create(this, () => sent++) };
        using var may = await PartRenderer.RenderAsync<CanaryLine>(line);
        line["WhyNot"] = "Running connectors needs the role operator.";
        using var mayNot = await PartRenderer.RenderAsync<CanaryLine>(line);

        await may.RaiseAsync("onclick", new MouseEventArgs());
        await may.RaiseAsync("onclick", new MouseEventArgs());
        await mayNot.RaiseAsync("onclick", new MouseEventArgs());

        sent.ShouldBe(1, "it has not left yet");
        may.Body.QuerySelector("button")!.TextContent.ShouldBe("It is about to leave");
        mayNot.Body.QuerySelector("button")!.GetAttribute("title").ShouldBe("Running connectors needs the role operator.");
    }

    private static CanaryFlight Flight(int minutesAgo, long messageId) => new(Now.AddMinutes(-minutesAgo), messageId);
}
