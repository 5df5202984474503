using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Web;
using Postern.Web.Security;

namespace Postern.Browser.Tests;

/// <summary>Who may what, seen from two windows at once.</summary>
public sealed class PeopleTests(Chromium chromium)
{
    [Fact]
    public async Task A_viewer_changes_nothing_until_a_role_is_given_and_then_at_once_without_signing_in_again()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.AcceptAsync(console.Queue.Message("crane plan", "a@x.example"));
        var id = await console.Queue.ScalarAsync<long>("select id from delivery");
        var password = await console.AddPersonAsync("v.ito", Role.Viewer);
        await using var viewer = await chromium.OpenAsync(console.Url);
        await viewer.EnterAsync(password, "v.ito");
        await using var admin = await chromium.OpenAsync(console.Url);
        await admin.EnterAsync();

        // Every way there is: the button, the key, the page, the file, the call behind them.
        await viewer.GoAsync($"/queue?open={id}");
        var hold = Button(viewer, "Hold…");
        await Until(async () => await hold.GetAttributeAsync("aria-disabled") == "true");
        (await hold.GetAttributeAsync("title")).ShouldBe("v.ito may not act on the queue. An administrator can give the role operator.");
        await viewer.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).FocusAsync();
        await viewer.Page.Keyboard.PressAsync("h");
        await viewer.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "v.ito may not act on the queue" }).WaitForAsync();
        await viewer.KeepAsync("rights-viewer");
        await viewer.GoAsync(Urls.PeoplePath);
        await viewer.Page.GetByText("v.ito may not manage people").WaitForAsync();
        await viewer.GoAsync(Urls.AuditPath);
        await viewer.Page.GetByText("v.ito may not manage people").WaitForAsync();
        (await viewer.Page.APIRequest.GetAsync(Urls.AuditFilePath)).Status.ShouldBe(403);
        await Should.ThrowAsync<RightMissingException>(() => console.Queue.Operations.StartAsync(DeliveryVerb.Hold, [id], new Operator("v.ito", [Role.Viewer], ""), CancellationToken.None));
        (await console.Queue.ScalarAsync<string>("select state::text from delivery")).ShouldBe("queued");

        await viewer.GoAsync($"/queue?open={id}");
        await admin.GoAsync(Urls.Person(await console.PersonAsync("v.ito")));
        await admin.Page.GetByRole(AriaRole.Checkbox).Nth(1).ClickAsync();
        await Button(admin, "Save roles").ClickAsync();

        await Until(async () => await hold.GetAttributeAsync("aria-disabled") is null);
        await hold.ClickAsync();
        await Button(viewer, "Hold 1 delivery").ClickAsync();
        await console.Queue.UntilAsync("select count(*) from delivery where state = 'held'", 1);
        (await console.Queue.ScalarAsync<string>("select actor from audit where verb = 'hold'")).ShouldBe("v.ito");

        // Taken away past this process: the window learns of it, and the act would have been refused before that.
        await Button(viewer, "Release…").ClickAsync();
        await Button(viewer, "Release 1 delivery").WaitForAsync();
        await console.Queue.ExecuteAsync("update console_user set roles = '{viewer}' where user_name = 'v.ito'");
        await Button(viewer, "Release 1 delivery").ClickAsync(new() { Force = true });
        await viewer.Page.GetByText("v.ito may not act on the queue").First.WaitForAsync();
        (await console.Queue.ScalarAsync<string>("select state::text from delivery")).ShouldBe("held");

        // Files ask for the right to look, each time.
        (await viewer.Page.APIRequest.GetAsync($"/messages/{id}/raw")).Status.ShouldNotBe(403);
        await console.Queue.ExecuteAsync("update console_user set roles = '{}' where user_name = 'v.ito'");
        (await viewer.Page.APIRequest.GetAsync($"/messages/{id}/raw")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_session_that_is_ended_closes_its_windows_and_its_cookie_opens_nothing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var password = await console.AddPersonAsync("o.berg", Role.Operator);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/queue", password, "o.berg");
        await using var admin = await chromium.OpenAsync(console.Url);
        await admin.SignInToAsync(Urls.Person(await console.PersonAsync("o.berg")));
        var stolen = await window.Page.Context.CookiesAsync();

        await Button(admin, "End").ClickAsync();

        await window.Page.ArrivesAsync($"**{Urls.SignInPath}?**");
        await window.Page.Context.AddCookiesAsync([.. stolen.Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Url = console.Url })]);
        await window.Page.GotoAsync("/queue");
        new Uri(window.Page.Url).AbsolutePath.ShouldBe(Urls.SignInPath);
        (await console.Queue.ScalarAsync<string>("select actor || ' ' || target from audit where verb = 'end session'")).ShouldBe("admin user o.berg");

        // From another process only the row is gone; the window looks for it every few seconds.
        await window.SignInToAsync("/queue", password, "o.berg");
        await console.Queue.ExecuteAsync("delete from console_session using console_user u where u.id = user_id and u.user_name = 'o.berg'");
        await window.Page.ArrivesAsync($"**{Urls.SignInPath}?**");

        // Locked, the right password is as wrong as any.
        var people = console.Services.GetRequiredService<PeopleActions>();
        (await people.LockAsync(await console.PersonAsync("o.berg"), Operator.Local(), CancellationToken.None)).ShouldBe("");
        await window.SignInAsync(password, "o.berg");
        await window.Page.GetByRole(AriaRole.Alert).WaitForAsync();
    }

    [Fact]
    public async Task Signing_out_in_one_tab_closes_the_other()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/queue");
        var other = await window.Page.Context.NewPageAsync();
        await other.GotoAsync("/events");
        await other.GetByRole(AriaRole.Heading, new() { Name = "Events" }).WaitForAsync();

        await Button(window, "Sign out").ClickAsync();

        await other.ArrivesAsync($"**{Urls.SignInPath}?**");
        (await console.Queue.ScalarAsync<long>("select count(*) from console_session")).ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_is_added_and_comes_in_with_the_password_that_was_shown_once()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var admin = await chromium.OpenAsync(console.Url);
        await admin.SignInToAsync(Urls.PeoplePath);

        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Add a person" }).ClickAsync();
        await admin.Page.GetByLabel("Name to sign in with").FillAsync("r.costa");
        await Button(admin, "Add r.costa").ClickAsync();
        var shown = admin.Page.Locator(".drawn .said");
        var password = await shown.TextContentAsync();
        await admin.KeepAsync("people-drawn");

        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInAsync(password!, "r.costa");
        await window.Page.ArrivesAsync($"**{Urls.ChangePassword}");
        (await console.Queue.ScalarAsync<string>("select details::text from audit where target = 'user r.costa'")).ShouldNotContain(password!);
    }

    [Fact]
    public async Task Nobody_locks_demotes_or_removes_themselves()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.AddPersonAsync("second", Role.Administrator);
        await using var admin = await chromium.OpenAsync(console.Url);
        await admin.SignInToAsync(Urls.Person(await console.PersonAsync("admin")));

        await Button(admin, "Lock…").ClickAsync();
        await Button(admin, "Lock admin").ClickAsync();
        await admin.Page.GetByText("You cannot lock yourself out; another administrator can.").WaitForAsync();
        await Button(admin, "Remove…").ClickAsync();
        await Button(admin, "Remove admin").ClickAsync();
        await admin.Page.GetByText("You cannot remove yourself; another administrator can.").WaitForAsync();
        await admin.Page.GetByRole(AriaRole.Checkbox).Nth(0).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Checkbox).Nth(4).ClickAsync();
        await Button(admin, "Save roles").ClickAsync();
        await admin.Page.GetByText("You cannot take the role administrator from yourself").WaitForAsync();

        (await console.Queue.ScalarAsync<long>("select count(*) from audit where target = 'user admin'")).ShouldBe(0);
    }

    [Fact]
    public async Task The_pages_of_people_stand_the_review()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.AddPersonAsync("m.keller", Role.Operator, Role.RoutingEditor);
        await console.AddPersonAsync("u.brandt", Role.Viewer);
        await console.AddPersonAsync("a.lindqvist", Role.DirectoryApprover);
        var people = console.Services.GetRequiredService<PeopleActions>();
        (await people.LockAsync(await console.PersonAsync("u.brandt"), new Operator("m.keller", [Role.Administrator], "left the plant \u202e<b>"), CancellationToken.None)).ShouldBe("");
        (await people.SetSecondStepRolesAsync([Role.Administrator], Operator.Local(), CancellationToken.None)).ShouldBe("");
        (await people.SetSecondStepRolesAsync([Role.DirectoryApprover], Operator.Local(), CancellationToken.None)).ShouldBe("");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();

        await DrawAsync(window, Urls.PeoplePath, "people", "locked");
        await DrawAsync(window, Urls.Person(await console.PersonAsync("admin")), "people-drawer", "Sessions");
        await DrawAsync(window, $"{Urls.PeoplePath}?add=1", "people-add", "Name to sign in with");
        await DrawAsync(window, $"{Urls.PeoplePath}?rule=1", "people-rule", "Save the rule");
        await DrawAsync(window, Urls.Audit("at=6"), "audit", "Details");
        await DrawAsync(window, Urls.Audit("actor=nobody&from=2026-01-01"), "audit-none", "No act matches");
        await DrawAsync(window, Urls.AuditHead, "audit-head", "Check the audit");
        await DrawAsync(window, Urls.Account, "account", "What you may do");
        await window.Page.GotoAsync(Urls.SecondStep);
        await window.Page.Locator("svg.qr").WaitForAsync();
        await window.ReviewAsync("second-step");

        window.Errors.ShouldBeEmpty();
    }

    private static async Task DrawAsync(Window window, string path, string name, string text)
    {
        await window.GoAsync(path);
        await window.Page.GetByText(text).Filter(new() { Visible = true }).First.WaitForAsync();
        await window.ReviewAsync(name);
    }

    private static ILocator Button(Window window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static async Task Until(Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(10))
            {
                throw new TimeoutException();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
