using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Audit;
using Postern.Web.Components.People;
using Postern.Web.Security;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.People;

public sealed class PersonDrawerTests
{
    private static readonly PersonRow Kim = new(4, "kim", [Role.Viewer], null, null, false, false, false, 2, null, null);

    private readonly List<PersonAct> acts = [];

    [Fact]
    public async Task What_ends_something_says_so_before_it_is_done()
    {
        var part = await RenderAsync(Kim);

        await PressAsync(part, "Remove…");

        acts.ShouldBeEmpty();
        part.Text.ShouldContain("Their 2 sessions end, and with them their windows. The account is gone for good");
        await PressAsync(part, "Remove kim");
        acts.ShouldHaveSingleItem().Verb.ShouldBe(PersonVerb.Remove);
    }

    [Fact]
    public async Task Roles_are_ticked_and_then_saved()
    {
        var part = await RenderAsync(Kim);

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = true }, 1);
        await PressAsync(part, "Save roles");

        acts.ShouldHaveSingleItem().Roles.ShouldBe([Role.Viewer, Role.Operator]);
    }

    [Theory]
    [InlineData(true, false, false, "Unlock")]
    [InlineData(false, true, false, "Reset second step…")]
    [InlineData(false, false, true, "Require no second step")]
    [InlineData(false, false, false, "Require a second step")]
    public async Task Only_what_is_possible_is_offered(bool isLocked, bool hasStep, bool needsStep, string button)
    {
        var part = await RenderAsync(Kim with { LockedAt = isLocked ? DateTimeOffset.UnixEpoch : null, HasSecondStep = hasStep, NeedsSecondStep = needsStep });

        part.Body.QuerySelectorAll("button").Select(found => found.TextContent.Trim()).ShouldContain(button);
    }

    [Fact]
    public async Task An_act_is_shown_as_text_whatever_it_says()
    {
        var act = new AuditRow(9, DateTimeOffset.UnixEpoch, "m\u202ekeller", "hold", "<img src=x onerror=alert(1)>", "a\u0007b", """{"note": "<script>"}""");

        var part = await PartRenderer.RenderAsync<AuditDrawer>(new Dictionary<string, object?> { [nameof(AuditDrawer.Act)] = act });

        part.Body.QuerySelectorAll("img, script").ShouldBeEmpty();
        part.Text.ShouldContain("m⟨U+202E⟩keller");
        part.Text.ShouldContain("a␇b");
    }

    private Task<PartRenderer> RenderAsync(PersonRow person) => PartRenderer.RenderAsync<PersonDrawer>(new Dictionary<string, object?>
    {
        [nameof(PersonDrawer.Person)] = person,
        [nameof(PersonDrawer.Sessions)] = Array.Empty<SessionRow>(),
        [nameof(PersonDrawer.OnAct)] = EventCallback.Factory.Create<PersonAct>(this, acts.Add),
    });

    private static Task PressAsync(PartRenderer part, string text)
    {
        var buttons = part.Body.QuerySelectorAll("button").Select(button => button.TextContent.Trim()).ToList();
        return part.RaiseAsync("onclick", new MouseEventArgs(), buttons.IndexOf(text));
    }
}
