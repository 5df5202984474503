using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Connectors;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Connectors;

public sealed class ConnectorActsTests
{
    private static readonly ConnectorRow Sales = new(1, "sales", "ccmail", "{}", true, "running", "", null, null, "", null, [], []);

    private readonly List<ConnectorWishes> wishes = [];

    [Fact]
    public async Task A_pause_is_asked_for_with_its_direction_its_length_and_its_reason()
    {
        using var part = await RenderAsync(Sales, null);

        Buttons(part).ShouldBe(["Run now", "Pause…", "Drain", "Stop"]);
        await PressAsync(part, "Pause…");
        part.Body.QuerySelectorAll("option").Select(choice => choice.TextContent).ShouldBe(
            ["Delivery: what comes in waits", "Pickup: nothing is fetched", "15 minutes", "1 hour", "4 hours", "1 day", "until it is resumed"]);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = nameof(ConnectorWish.PausePickup) });
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "0" }, 1);
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = " the dock is closed " });
        await PressAsync(part, "Pause pickup");

        wishes.ShouldBe([new ConnectorWishes(ConnectorWish.PausePickup, null, "the dock is closed")]);
        Buttons(part).ShouldBe(["Run now", "Pause…", "Drain", "Stop"]);
    }

    [Fact]
    public async Task A_connector_without_pickup_offers_no_pause_of_it()
    {
        using var part = await RenderAsync(Sales with { Kind = "smtp" }, null);

        await PressAsync(part, "Pause…");

        part.Text.ShouldNotContain("Pickup:");
    }

    [Theory]
    [InlineData(true, "Run now Resume Stop")]
    [InlineData(false, "Start sales")]
    public async Task What_is_paused_is_resumed_and_what_is_stopped_is_started(bool isWanted, string buttons)
    {
        var row = Sales with { IsWanted = isWanted, Acts = [new ConnectorAct(1, ConnectorActKind.PauseDelivery, "kim", "", DateTimeOffset.UnixEpoch, null, 0, 0)] };

        using var part = await RenderAsync(row, null);

        string.Join(' ', Buttons(part)).ShouldBe(buttons);
    }

    [Fact]
    public async Task Who_may_not_run_connectors_reads_why_and_nothing_happens()
    {
        using var part = await RenderAsync(Sales, "Running connectors needs the role operator.");

        foreach (var button in Buttons(part))
        {
            await PressAsync(part, button);
        }

        wishes.ShouldBeEmpty();
        part.Body.QuerySelectorAll("button").ShouldAllBe(button => button.GetAttribute("aria-disabled") == "true");
        part.Text.ShouldEndWith("Running connectors needs the role operator.");
    }

    private static List<string> Buttons(PartRenderer part) => [.. part.Body.QuerySelectorAll("button").Select(button => button.TextContent.Trim())];

    private static Task PressAsync(PartRenderer part, string button) => part.RaiseAsync("onclick", new MouseEventArgs(), Buttons(part).IndexOf(button));

    private Task<PartRenderer> RenderAsync(ConnectorRow row, string? whyNot) => PartRenderer.RenderAsync<ConnectorActs>(new Dictionary<string, object?>
    {
        [nameof(ConnectorActs.Connector)] = row,
        [nameof(ConnectorActs.WhyNot)] = whyNot,
        [nameof(ConnectorActs.OnAct)] = EventCallback.Factory.Create<ConnectorWishes>(this, wishes.Add),
    });
}
