using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Account;
using Postern.Web.Components.People;
using Postern.Web.Security;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.People;

public sealed class PeoplePartsTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    private readonly List<string> told = [];

    [Fact]
    public async Task Somebody_is_added_with_a_name_a_role_and_a_reason_and_not_without()
    {
        using var part = await PartRenderer.RenderAsync<AddPersonDrawer>(new Dictionary<string, object?>
        {
            [nameof(AddPersonDrawer.OnAdd)] = EventCallback.Factory.Create<(string Name, IReadOnlyList<Role> Roles, string Reason)>(this, added => told.Add($"{added.Name}: {string.Join(' ', added.Roles)}")),
        });
        part.Rights.Set(new Operator("admin", [Role.Administrator], ""));

        part.Body.QuerySelector(".foot .primary")!.HasAttribute("disabled").ShouldBeTrue();
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = " t.braun " });
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = true }, 1);
        await PressAsync(part, "Add t.braun");

        told.ShouldBe(["t.braun: Viewer Operator"]);
    }

    [Fact]
    public async Task The_rule_of_the_second_step_is_saved_for_the_roles_that_are_ticked()
    {
        using var part = await PartRenderer.RenderAsync<SignInRuleDrawer>(new Dictionary<string, object?>
        {
            [nameof(SignInRuleDrawer.Roles)] = new[] { Role.Administrator },
            [nameof(SignInRuleDrawer.OnSave)] = EventCallback.Factory.Create<IReadOnlyList<Role>>(this, roles => told.Add(string.Join(' ', roles))),
        });
        part.Rights.Set(new Operator("admin", [Role.Administrator], ""));

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = true }, 1);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = false }, 4);
        await PressAsync(part, "Save the rule");

        told.ShouldBe(["Operator"]);
    }

    [Fact]
    public async Task Sessions_are_listed_with_where_they_are_and_ended_one_by_one()
    {
        var own = Guid.NewGuid();
        SessionRow[] sessions =
        [
            new(own, 1, "kim", Now.AddHours(-2), Now.AddSeconds(-5), "password", "", "Firefox"),
            new(Guid.NewGuid(), 1, "kim", Now.AddDays(-1), Now.AddHours(-3), "password", "192.0.2.7", "<b>curl</b>"),
        ];
        using var part = await PartRenderer.RenderAsync<SessionList>(new Dictionary<string, object?>
        {
            [nameof(SessionList.Sessions)] = sessions,
            [nameof(SessionList.Own)] = own,
            [nameof(SessionList.OnEnd)] = EventCallback.Factory.Create<SessionRow>(this, session => told.Add(session.Address)),
        });

        part.Body.QuerySelectorAll(".two > span").Select(line => line.TextContent).ShouldBe(["password from this machine, this one", "password from 192.0.2.7"]);
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);
        told.ShouldBe(["192.0.2.7"]);
    }

    [Fact]
    public async Task Others_sessions_are_ended_by_who_may_manage_people_only()
    {
        using var part = await PartRenderer.RenderAsync<SessionList>(new Dictionary<string, object?>
        {
            [nameof(SessionList.Sessions)] = new[] { new SessionRow(Guid.NewGuid(), 1, "kim", Now, Now, "password", "", "") },
            [nameof(SessionList.Needs)] = Right.ManagePeople,
            [nameof(SessionList.OnEnd)] = EventCallback.Factory.Create<SessionRow>(this, _ => told.Add("ended")),
        });
        part.Rights.Set(new Operator("v.ito", [Role.Viewer], ""));

        await part.RaiseAsync("onclick", new MouseEventArgs());

        told.ShouldBeEmpty();
        (await PartRenderer.RenderAsync<SessionList>(new Dictionary<string, object?> { [nameof(SessionList.Sessions)] = Array.Empty<SessionRow>() })).Text.ShouldBe("SessionsNone is open.");
    }

    [Fact]
    public async Task A_key_is_revoked_at_the_second_press_and_can_be_kept_at_the_first()
    {
        using var part = await PartRenderer.RenderAsync<RevokeButtons>(new Dictionary<string, object?>
        {
            [nameof(RevokeButtons.Name)] = "nightly",
            [nameof(RevokeButtons.OnRevoke)] = EventCallback.Factory.Create(this, () => told.Add("revoked")),
        });

        await PressAsync(part, "Revoke…");
        await PressAsync(part, "Keep");
        await PressAsync(part, "Revoke…");
        told.ShouldBeEmpty();
        await PressAsync(part, "Revoke for good");

        told.ShouldBe(["revoked"]);
    }

    private static Task PressAsync(PartRenderer part, string button) => part.RaiseAsync(
        "onclick", new MouseEventArgs(), part.Body.QuerySelectorAll("button").Select(found => found.TextContent.Trim()).ToList().IndexOf(button));
}
