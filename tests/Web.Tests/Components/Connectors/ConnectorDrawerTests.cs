using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Watch;
using Postern.Web.Components.Connectors;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Connectors;

public sealed class ConnectorDrawerTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    private static readonly ConnectorRow Sales = new(
        1, "sales", "ccmail", "{}", true, "running", "", Now.AddSeconds(-10), null, "", Now, ["SALES"], ["CCMAIL:*"]);

    [Fact]
    public async Task It_shows_what_waits_and_what_has_moved_in_both_directions()
    {
        var drawer = await RenderAsync(Sales, new ConnectorCounters("sales", 1_234, 5_000_000, Now.AddHours(-3), 7, 2_000, 3, Now.AddMinutes(-2), Now.AddMinutes(-4)));

        Traffic(drawer).ShouldBe(
        [
            "Waits to go out: 1,234, 4.8\u202fMB, the oldest for 3\u202fh\u202f00\u202fm", "In today: 7, last 2\u202fmin ago", "Out today: 2,000, last 4\u202fmin ago", "Returned today: 3",
        ]);
    }

    [Fact]
    public async Task One_that_never_moved_anything_has_its_counters_too_and_those_of_another_are_not_shown()
    {
        Traffic(await RenderAsync(Sales, new ConnectorCounters("sales", 0, 0, null, 0, 0, 0, null, null))).ShouldBe(["Waits to go out: 0", "In today: 0", "Out today: 0", "Returned today: 0"]);
        (await RenderAsync(Sales, new ConnectorCounters("other", 9, 9, null, 9, 9, 9, null, null))).Text.ShouldNotContain("Traffic");
    }

    [Theory]
    [InlineData(0, 0, false, "Waits to come in: 0")]
    [InlineData(1, 2, false, "Waits to come in: 1 file, for 2\u202fmin")]
    [InlineData(3, 40, true, "Waits to come in: 3 files, the oldest for 40\u202fmin: stranded. Its events say why it is not read.")]
    [Trait("source", "Q148707")]
    public async Task It_shows_on_which_side_mail_stands(int files, int minutes, bool isStranded, string line)
    {
        var counters = new ConnectorCounters("sales", 0, 0, null, 0, 0, 0, null, null);

        var drawer = await RenderAsync(Sales, counters, new InboundWaiting(files, files == 0 ? null : Now.AddMinutes(-minutes), isStranded));

        Traffic(drawer).ElementAt(1).ShouldBe(line);
        drawer.Body.QuerySelectorAll("dd.c-bounced").Length.ShouldBe(isStranded ? 1 : 0);
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task One_that_fetches_nothing_for_lack_of_room_says_so_and_that_it_goes_on_by_itself()
    {
        const string Why = "The disk of the spool has 1.0 GB left of 60.0 GB; nothing is taken in until it has 2.4 GB.";
        var full = Sales with { State = "waiting", Detail = Why };

        var drawer = await RenderAsync(full, null);

        drawer.Text.ShouldContain("It fetches nothing now, and delivers as always");
        drawer.Text.ShouldContain(Why);
        drawer.Text.ShouldContain("It fetches again by itself as soon as there is room.");
        (ConnectorLook.Of(full).Word, ConnectorLook.Of(full).Note).ShouldBe(("waiting", Why));
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_are_said_with_what_to_do_whatever_the_connector_does()
    {
        var broken = Sales with { SettingsFault = "port cannot be “\"<b>none</b>\"”" };

        var drawer = await RenderAsync(broken, null);

        drawer.Text.ShouldContain("Its settings cannot be read");
        drawer.Text.ShouldContain("port cannot be “\"<b>none</b>\"”. Open them, set what is missing and save.");
        (ConnectorLook.Of(broken).IsBad, ConnectorLook.Of(broken).Word, ConnectorLook.Of(Sales).IsBad).ShouldBe((true, "unreadable", false));
        drawer.Body.QuerySelectorAll("b").ShouldBeEmpty();
    }

    private static IEnumerable<string> Traffic(PartRenderer drawer)
    {
        var list = drawer.Body.QuerySelector("dl.settings")!;
        return list.QuerySelectorAll("dt").Zip(list.QuerySelectorAll("dd"), (name, value) => $"{name.TextContent}: {value.TextContent}");
    }

    private static Task<PartRenderer> RenderAsync(ConnectorRow connector, ConnectorCounters? counters, InboundWaiting? inbound = null) => PartRenderer.RenderAsync<ConnectorDrawer>(new Dictionary<string, object?>
    {
        [nameof(ConnectorDrawer.Connector)] = connector,
        [nameof(ConnectorDrawer.Counters)] = counters,
        [nameof(ConnectorDrawer.Inbound)] = inbound,
    });
}
