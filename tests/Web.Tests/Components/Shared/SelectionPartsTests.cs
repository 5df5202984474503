using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class SelectionPartsTests
{
    private readonly List<DeliveryVerb> acts = [];
    private int all;

    [Theory]
    [InlineData(0, false, null)]
    [InlineData(100, false, "100 selected3 no longer shownSelect all 976 that match")]
    [InlineData(976, true, "All 976 that match3 no longer shown")]
    public async Task The_bar_counts_what_is_selected_and_offers_all_that_match(long count, bool isAll, string? text)
    {
        using var part = await PartRenderer.RenderAsync<SelectionBar>(new Dictionary<string, object?>
        {
            [nameof(SelectionBar.Count)] = count,
            [nameof(SelectionBar.Outside)] = 3,
            [nameof(SelectionBar.Matching)] = 976L,
            [nameof(SelectionBar.IsAll)] = isAll,
            [nameof(SelectionBar.OnSelectAll)] = EventCallback.Factory.Create(this, () => all++),
        });

        part.Text.ShouldBe(text ?? "");
        if (count > 0 && !isAll)
        {
            await part.RaiseAsync("onclick", new MouseEventArgs());
            all.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(null, "Retry now… Hold… Release… Return… Remove…")]
    [InlineData(DeliveryState.Held, "Retry now… Release… Return… Remove…")]
    [InlineData(DeliveryState.Queued, "Retry now… Hold… Return… Remove…")]
    public async Task The_buttons_are_those_that_the_state_allows(DeliveryState? state, string buttons)
    {
        using var part = await ButtonsAsync(state);

        string.Join(' ', part.Body.QuerySelectorAll("button.btn:not(.icon)").Select(button => button.TextContent.Trim())).ShouldBe(buttons);
        part.Body.QuerySelectorAll(".more button").Select(button => button.TextContent).ShouldBe(["Reroute…", "Change the priority…", "End the wait…"]);
        await part.RaiseAsync("onclick", new MouseEventArgs());
        acts.ShouldBe([DeliveryVerb.Retry]);
    }

    [Fact]
    public async Task Who_may_not_act_presses_nothing_in_the_further_actions_either()
    {
        using var part = await ButtonsAsync(null);
        part.Rights.Set(new Operator("v.ito", [Role.Viewer], ""));

        for (var button = 0; button < 8; button++)
        {
            await part.RaiseAsync("onclick", new MouseEventArgs(), button);
        }

        acts.ShouldBeEmpty();
        part.Rights.Refusal.ShouldNotBeNull().ShouldStartWith("v.ito may not act on the queue.");
    }

    [Fact]
    public async Task Each_act_asks_for_what_belongs_to_it_and_hands_it_on()
    {
        (await FieldsAsync(DeliveryVerb.Hold, null)).Text.ShouldBe("");
        (await FieldsAsync(DeliveryVerb.Reroute, "smtp-backbone")).Text.ShouldBe("Which way Ask the routing table againBy <b>ccmail-sales</b>By smtp-backbone");
        (await FieldsAsync(DeliveryVerb.Remove, true)).Text.ShouldBe("Tell the senders that it was not delivered");
        (await FieldsAsync(DeliveryVerb.Prioritise, null)).Body.QuerySelectorAll("input[type=radio]").Count(choice => choice.HasAttribute("checked")).ShouldBe(1);

        changes.ShouldBe([new DeliveryAct(DeliveryVerb.Reroute) { Connector = "smtp-backbone" }, new DeliveryAct(DeliveryVerb.Remove) { WritesReport = true }]);
    }

    [Fact]
    public async Task A_digit_opens_the_view_that_stands_at_its_place_and_one_without_a_view_does_nothing()
    {
        using var part = await PartRenderer.RenderAsync<ViewTabs>(new Dictionary<string, object?>
        {
            [nameof(ViewTabs.Views)] = new ViewTab[] { new("All waiting", "/queue", true, 2393), new("Held", "/queue?state=held", false, 0), new("Delivered", "/queue?state=delivered", false) },
        });

        part.Text.ShouldBe("All waiting2,393Held0Delivered");
        part.Body.QuerySelectorAll("[aria-current=true]").ShouldHaveSingleItem().TextContent.ShouldStartWith("All waiting");
        await part.PressAsync("2");
        part.Navigation.Uri.ShouldEndWith("/queue?state=held");
        await part.PressAsync("9");
        part.Navigation.Uri.ShouldEndWith("/queue?state=held");
    }

    private readonly List<DeliveryAct> changes = [];

    private Task<PartRenderer> ButtonsAsync(DeliveryState? state) => PartRenderer.RenderAsync<ActionButtons>(new Dictionary<string, object?>
    {
        [nameof(ActionButtons.State)] = state,
        [nameof(ActionButtons.OnAct)] = EventCallback.Factory.Create<DeliveryVerb>(this, acts.Add),
    });

    private async Task<PartRenderer> FieldsAsync(DeliveryVerb verb, object? value)
    {
        var part = await PartRenderer.RenderAsync<ActFields>(new Dictionary<string, object?>
        {
            [nameof(ActFields.Act)] = new DeliveryAct(verb),
            [nameof(ActFields.Connectors)] = new[] { "<b>ccmail-sales</b>", "smtp-backbone" },
            [nameof(ActFields.OnChange)] = EventCallback.Factory.Create<DeliveryAct>(this, changes.Add),
        });
        if (value is not null)
        {
            await part.RaiseAsync("onchange", new ChangeEventArgs { Value = value });
        }

        return part;
    }
}
