using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class EffectPreviewTests
{
    private readonly List<string> reasons = [];

    private static Effect Remove(long applies = 3, bool needsReason = true) => new(
        "Remove 3 deliveries",
        [new("3", "deliveries end")],
        [new(DeliveryState.Removed, 3, "leave the queue")],
        "No report is written.",
        "Remove 3 deliveries",
        applies,
        IsRemoval: true,
        needsReason);

    [Fact]
    public async Task Without_a_reason_the_button_says_what_is_missing_and_does_nothing()
    {
        using var part = await RenderAsync(Remove());
        var button = part.Body.QuerySelector("button.danger")!;

        button.GetAttribute("aria-disabled").ShouldBe("true");
        part.Text.ShouldContain("A reason is needed.");
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);

        reasons.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_a_reason_it_acts_once_with_that_reason()
    {
        using var part = await RenderAsync(Remove());

        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = "  test mail " });
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);

        reasons.ShouldBe(["test mail"]);
    }

    [Fact]
    public async Task What_would_change_nothing_cannot_be_pressed()
    {
        using var part = await RenderAsync(Remove(applies: 0, needsReason: false));

        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);

        part.Text.ShouldContain("It would change nothing.");
        reasons.ShouldBeEmpty();
    }

    private Task<PartRenderer> RenderAsync(Effect effect) => PartRenderer.RenderAsync<EffectPreview>(new Dictionary<string, object?>
    {
        ["Effect"] = effect,
        ["OnAct"] = EventCallback.Factory.Create<string>(this, reasons.Add),
        ["OnCancel"] = EventCallback.Factory.Create(this, () => { }),
    });
}
