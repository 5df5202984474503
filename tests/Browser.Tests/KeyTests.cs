using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Web;

namespace Postern.Browser.Tests;

public sealed class KeyTests(Chromium chromium)
{
    [Fact]
    public async Task A_key_is_made_shown_once_used_and_revoked()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        var page = window.Page;
        await window.SignInToAsync("/account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Keys for programs" }).ClickAsync();
        await page.GetByText("You have no key").WaitForAsync();
        await window.KeepAsync("keys-empty");

        await page.GetByLabel("What it is for").FillAsync("nightly report");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "act on the queue" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        var key = await page.Locator("code.key").TextContentAsync();
        await window.KeepAsync("keys-made");
        (await AskAsync(console, key!)).ShouldBe(HttpStatusCode.OK);
        await page.ReloadAsync();
        await page.GetByText("read, queue").WaitForAsync();
        (await page.GetByText(key!).CountAsync()).ShouldBe(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke nightly report…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke nightly report for good" }).ClickAsync();
        await page.GetByText("revoked").First.WaitForAsync();
        await window.KeepAsync("keys-revoked");

        (await AskAsync(console, key!)).ShouldBe(HttpStatusCode.Unauthorized);
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_looks_right_in_the_dark_and_narrow()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await console.Queue.ExecuteAsync(
            """
            insert into console_user (user_name, normalized_user_name, roles) values ('m.keller', 'M.KELLER', '{operator}');
            insert into api_key (user_id, name, scopes, hash, prefix, created_by, created_at, expires_at, last_used_at, revoked_at, revoked_by)
            select u.id, n.name, n.scopes, sha256((u.user_name || n.name)::bytea), 'postern_Ab3x' || length(n.name), u.user_name, now() - interval '40 days', now() + n.days, n.used, n.revoked,
                   case when n.revoked is null then '' else 'admin' end
              from console_user u, (values
                ('nightly report', '{read}'::text[], interval '50 days', now() - interval '7 hours', null::timestamptz),
                ('release robot of the dock office in Hamburg', '{read,queue,connectors}', interval '10 days', null, null),
                ('old laptop', '{read,queue}', interval '20 days', now() - interval '20 days', now() - interval '19 days'),
                ('migration', '{read}', interval '-2 days', now() - interval '3 days', null)) as n (name, scopes, days, used, revoked)
            """);

        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();
        foreach (var (name, path) in new[] { ("keys", Urls.Keys), ("keys-all", Urls.AllKeys) })
        {
            await window.GoAsync(path);
            await window.Page.GetByText("nightly report").First.WaitForAsync();
            await window.ReviewAsync(name);
        }

        window.Errors.ShouldBeEmpty();
    }

    private static async Task<HttpStatusCode> AskAsync(ConsoleUnderTest console, string key)
    {
        using var client = new HttpClient { BaseAddress = new Uri(console.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return (await client.GetAsync("/api/v1/deliveries")).StatusCode;
    }
}
