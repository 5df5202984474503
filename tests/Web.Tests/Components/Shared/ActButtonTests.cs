using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class ActButtonTests
{
    private int pressed;

    [Fact]
    public async Task Who_may_not_finds_the_button_with_the_reason_and_pressing_it_only_says_so()
    {
        var part = await RenderAsync();
        part.Rights.Set(new Operator("v.ito", [Role.Viewer], ""));

        await part.RaiseAsync("onclick", new MouseEventArgs());

        pressed.ShouldBe(0);
        var button = part.Body.QuerySelector("button")!;
        button.GetAttribute("aria-disabled").ShouldBe("true");
        button.HasAttribute("disabled").ShouldBeFalse();
        button.GetAttribute("title").ShouldBe("v.ito may not act on the queue. An administrator can give the role operator.");
        part.Rights.Refusal.ShouldBe(button.GetAttribute("title"));
    }

    [Fact]
    public async Task Within_a_form_a_press_acts_once_because_the_button_does_not_send_the_form_as_well()
    {
        var part = await RenderAsync();

        part.Body.QuerySelector("button")!.GetAttribute("type").ShouldBe("button");
    }

    [Fact]
    public async Task A_role_that_is_given_while_the_page_is_open_counts_at_once()
    {
        var part = await RenderAsync();
        part.Rights.Set(new Operator("v.ito", [Role.Viewer], ""));

        part.Rights.Set(new Operator("v.ito", [Role.Viewer, Role.Operator], ""));
        await part.RaiseAsync("onclick", new MouseEventArgs());

        pressed.ShouldBe(1);
        part.Body.QuerySelector("button")!.HasAttribute("aria-disabled").ShouldBeFalse();
        part.Rights.Refusal.ShouldBeNull();
    }

    private Task<PartRenderer> RenderAsync() => PartRenderer.RenderAsync<ActButton>(new Dictionary<string, object?>
    {
        [nameof(ActButton.Needs)] = Right.ActOnQueue,
        [nameof(ActButton.OnPress)] = EventCallback.Factory.Create(this, () => pressed++),
    });
}
