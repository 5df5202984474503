using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Operations;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Operations;

public sealed class OperationDrawerTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    private static readonly OperationSnapshot Removal = new(
        3, new DeliveryAct(DeliveryVerb.Remove), "kim", "a <b>loop</b>", OperationState.Done, 600, 596, 4, 0, Now.AddMinutes(-2), Now.AddMinutes(-1), Now.AddMinutes(8), "", "t.braun");

    private readonly List<string> told = [];

    [Fact]
    public async Task It_says_who_did_what_to_how_many_why_and_until_when_it_is_taken_back()
    {
        using var part = await RenderAsync(Removal, "kim", left: [new ActionResult(77, DeliveryState.Leased, "It is on its way.")]);

        part.Body.QuerySelectorAll("dt").Select(name => name.TextContent).ShouldBe(["Started", "By", "Confirmed by", "Reason", "Chosen", "Done", "Left as they are", "To be taken back"]);
        part.Text.ShouldContain("a <b>loop</b>");
        part.Text.ShouldContain("77It is on its way.");
        await PressAsync(part, "Take back 596 deliveries");
        told.ShouldBe(["undo"]);
    }

    [Fact]
    public async Task Who_asked_for_a_second_operator_confirms_nothing_and_another_does()
    {
        var awaiting = Removal with { State = OperationState.Awaiting, Done = 0, ConfirmedBy = "" };
        using var own = await RenderAsync(awaiting, "kim");
        using var other = await RenderAsync(awaiting, "t.braun");

        await PressAsync(own, "Confirm: remove 600 deliveries");
        told.ShouldBeEmpty();
        own.Text.ShouldContain("You started it; somebody else has to confirm it.");
        other.Text.ShouldContain("Nothing has been done. kim asks for a second operator");
        await PressAsync(other, "Confirm: remove 600 deliveries");
        await PressAsync(own, "Cancel it");
        await PressAsync(other, "Refuse it");
        told.ShouldBe(["confirm", "cancel", "cancel"]);
    }

    [Fact]
    public async Task What_runs_can_be_cancelled_and_what_is_over_says_why_nothing_is_left_to_do()
    {
        using var running = await RenderAsync(Removal with { State = OperationState.Running }, "kim", whyNot: "It still runs; cancel it first.");
        using var over = await RenderAsync(Removal, "kim", whyNot: "It could be taken back until 09:51:00 UTC.");

        await PressAsync(running, "Cancel the rest");
        told.ShouldBe(["cancel"]);
        over.Body.QuerySelector(".foot")!.TextContent.Trim().ShouldBe("It could be taken back until 09:51:00 UTC.");
    }

    private Task<PartRenderer> RenderAsync(OperationSnapshot operation, string who, IReadOnlyList<ActionResult>? left = null, string? whyNot = null) =>
        PartRenderer.RenderAsync<OperationDrawer>(new Dictionary<string, object?>
        {
            [nameof(OperationDrawer.Operation)] = operation,
            [nameof(OperationDrawer.Who)] = who,
            [nameof(OperationDrawer.Left)] = left ?? [],
            [nameof(OperationDrawer.WhyNotUndone)] = whyNot,
            [nameof(OperationDrawer.OnConfirm)] = EventCallback.Factory.Create<string>(this, _ => told.Add("confirm")),
            [nameof(OperationDrawer.OnCancel)] = EventCallback.Factory.Create<string>(this, _ => told.Add("cancel")),
            [nameof(OperationDrawer.OnUndo)] = EventCallback.Factory.Create(this, () => told.Add("undo")),
        });

    private static Task PressAsync(PartRenderer part, string button) => part.RaiseAsync(
        "onclick", new MouseEventArgs(), part.Body.QuerySelectorAll("button").Select(found => found.TextContent.Trim()).ToList().IndexOf(button));
}
