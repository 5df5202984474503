using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Audit;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Audit;

public sealed class AuditHeadDrawerTests
{
    private static readonly AuditHead Head = new(412, new string('9', 64));

    private readonly List<string> told = [];

    [Fact]
    public async Task An_address_is_saved_trimmed_and_only_once_it_differs()
    {
        using var part = await RenderAsync(new AuditHeadMail("keeper@far.example", new DateOnly(2026, 11, 28)));

        Buttons(part)[1].HasAttribute("disabled").ShouldBeTrue();
        part.Text.ShouldContain("Last told for 28 Nov 2026 (UTC), in the log and by mail.");
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = " other@far.example " });
        await PressAsync(part, "Save");
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = "" });
        await PressAsync(part, "Save");

        told.ShouldBe(["to other@far.example", "to "]);
    }

    [Fact]
    public async Task A_check_is_asked_with_the_head_that_was_kept_and_not_with_what_is_none()
    {
        using var part = await RenderAsync(new AuditHeadMail("", null));

        await PressAsync(part, "Check now");
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = "412:9f" }, 1);
        await PressAsync(part, "Check now");
        part.Text.ShouldContain("This is no head.");
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = $" {Head} " }, 1);
        await PressAsync(part, "Check now");

        told.ShouldBe(["check ", $"check {Head}"]);
        part.Text.ShouldNotContain("This is no head.");
    }

    [Theory]
    [InlineData("", "The audit holds: 412 rows.")]
    [InlineData("Row 7 is missing; \u202ethe next one is row 9.", "Row 7 is missing; ⟨U+202E⟩the next one is row 9. Up to row 412 it holds.")]
    public async Task What_a_check_found_is_said(string fault, string said)
    {
        using var part = await RenderAsync(new AuditHeadMail("", null), (nameof(AuditHeadDrawer.Verdict), new AuditVerdict(412, Head, fault)));

        part.Text.ShouldContain(said);
    }

    [Fact]
    public async Task While_a_check_runs_no_other_is_begun()
    {
        using var part = await RenderAsync(new AuditHeadMail("", null), (nameof(AuditHeadDrawer.IsChecking), true));

        Buttons(part)[^1].TextContent.Trim().ShouldBe("Checking…");
        Buttons(part)[^1].HasAttribute("disabled").ShouldBeTrue();
    }

    private async Task<PartRenderer> RenderAsync(AuditHeadMail mail, params (string Name, object? Value)[] more)
    {
        var parameters = new Dictionary<string, object?>
        {
            [nameof(AuditHeadDrawer.Mail)] = mail,
            [nameof(AuditHeadDrawer.OnSave)] = EventCallback.Factory.Create<string>(this, address => told.Add($"to {address}")),
            [nameof(AuditHeadDrawer.OnCheck)] = EventCallback.Factory.Create<AuditHead?>(this, head => told.Add($"check {head}")),
            [nameof(AuditHeadDrawer.OnClose)] = EventCallback.Factory.Create(this, () => told.Add("closed")),
        };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        var part = await PartRenderer.RenderAsync<AuditHeadDrawer>(parameters);
        part.Rights.Set(new Operator("admin", [Role.Administrator], ""));
        return part;
    }

    private static IReadOnlyList<AngleSharp.Dom.IElement> Buttons(PartRenderer part) => [.. part.Body.QuerySelectorAll("button")];

    private static Task PressAsync(PartRenderer part, string button) =>
        part.RaiseAsync("onclick", new MouseEventArgs(), Buttons(part).Select(found => found.TextContent.Trim()).ToList().IndexOf(button));
}
