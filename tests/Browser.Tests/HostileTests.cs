using System.Text;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Queue;
using Postern.Web.Tests.Support;

namespace Postern.Browser.Tests;

/// <summary>What a peer sends is text on every page: it opens no dialog, makes no element, asks nobody, and turns no line around (promise P8).</summary>
public sealed class HostileTests(Chromium chromium)
{
    // What a value would have made if it had been taken for markup; the console itself has none of these.
    private const string Made =
        """
        [...document.querySelectorAll('svg[onload], img[onerror], iframe:not([sandbox=""]), form[action*="tracker"], a[href^="http"][href*="tracker"], a[href^="//"], a[href^="javascript"], [onmouseover], [onfocus], [onclick], [autofocus]:not(a), script:not([src])')]
          .filter(e => e.tagName !== 'SCRIPT' || e.textContent.includes('alert')).map(e => e.outerHTML.slice(0, 200))
        """;

    // All text and every attribute that a person or a screen reader gets to see; a field holds what stands in the address, as it was typed.
    private const string Seen =
        """
        (() => {
          const texts = [document.title];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) if (walk.currentNode.parentElement.tagName !== 'SCRIPT') texts.push(walk.currentNode.data);
          for (const e of document.querySelectorAll('*')) for (const name of ['title', 'aria-label', 'alt', 'placeholder']) if (e.getAttribute(name)) texts.push(e.getAttribute(name));
          return texts.filter(text => text.trim());
        })()
        """;

    [Fact]
    public async Task It_is_inert_on_every_page()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var ids = await HostileMail.FillAsync(console.Queue, "hostile");
        var whole = await WholeAsync(console);
        await OperationsAsync(console, ids);
        var plan = await ExampleDirsync.HostileAsync(console.Queue);
        await using var window = await chromium.OpenAsync(console.Url);
        var dialogs = new List<string>();
        window.Page.Dialog += async (_, dialog) =>
        {
            dialogs.Add(dialog.Message);
            await dialog.DismissAsync();
        };
        await window.EnterAsync();
        string[] pages =
        [
            "/", "/queue", "/queue?state=all", "/queue?state=quarantined", "/queue?find=%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE&connector=%22onmouseover%3Dalert(1)", "/messages",
            "/messages?q=%3Csvg%20onload%3Dalert(1)%3E%E2%80%AE", "/connectors", "/connectors?open=smtp-test", "/events", "/events?at=1", "/account/keys", "/account/keys?all",
            $"/messages/{whole}", .. new[] { 0, 5, 6, 10, 12, 17 }.Select(index => $"/queue?open={ids[index]}"), $"/messages/{ids[4] - 1}", $"/messages/{ids[10] - 1}",
            "/plans?state=all", $"/plans/{plan}", $"/plans/{plan}?row=5&tab=row", $"/plans/{plan}?class=rename&value=%3Cscript%3E%E2%80%AE", "/partners?open=evil", "/partners/evil",
        ];

        var faults = new List<string>();
        foreach (var path in pages)
        {
            await window.GoAsync(path);
            await SettleAsync(window.Page);
            faults.AddRange((await window.Page.EvaluateAsync<string[]>(Made)).Select(element => $"{path} made {element}"));
            faults.AddRange((await window.Page.EvaluateAsync<string[]>(Seen))
                .Select(text => (Text: text, Acts: HostileText.ActsIn(text))).Where(seen => seen.Acts.Count > 0)
                .Select(seen => $"{path} shows {string.Join(' ', seen.Acts)} in {seen.Text[..Math.Min(80, seen.Text.Length)]}"));
            (await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{path} is wider than its window");
        }

        await window.GoAsync("/queue");
        await SettleAsync(window.Page);
        await window.KeepAsync("hostile-queue");
        faults.Distinct().ShouldBeEmpty();
        dialogs.ShouldBeEmpty();
        (await window.Page.GetByText("<script>alert('owned')</script>").CountAsync()).ShouldBeGreaterThan(0);
        window.ShouldHaveAskedOnlyThisMachine();
    }

    private static async Task SettleAsync(IPage page)
    {
        await page.GetByText("Books balance.", new() { Exact = true }).WaitForAsync();
        await page.Locator("tbody tr, .empty, .sec").First.WaitForAsync();
    }

    // A real message, so that headers, parts, raw text and the frame of its HTML are hostile too.
    private static async Task<long> WholeAsync(ConsoleUnderTest console)
    {
        var lines = string.Join("\r\n ", HostileText.All.Where(text => text.Value.Length < 500).Select(text => text.Value.ReplaceLineEndings(" ").Replace('\r', ' ')));
        var html = string.Join("<p>", HostileText.All.Where(text => text.Value.Length < 500).Select(text => text.Value));
        var content =
            $"From: \"{HostileText.All[0].Value}\" <evil@evil.example>\r\nTo: you@site1.example\r\nSubject: {lines}\r\nX-Odd: {lines}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + $"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>{html}</body></html>\r\n"
            + string.Concat(HostileText.All.Where(text => text.Value.Length < 200).Select(text =>
                $"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''{Uri.EscapeDataString(text.Value)}\r\n\r\nx\r\n"))
            + "--b--\r\n";
        return await console.Queue.AcceptAsync(console.Queue.Message("x", "x@hostile.example") with
        {
            Sender = MailAddress.Parse("\"<script>alert(1)</script>\"@evil.example"),
            Subject = HostileText.All[10].Value,
            Content = MessageContent.FromMemory(Encoding.UTF8.GetBytes(content)),
        });
    }

    private static async Task OperationsAsync(ConsoleUnderTest console, List<long> ids)
    {
        var reason = HostileText.All[0].Value + "\u202e\u001b[31m";
        var operation = await console.Queue.Operations.StartAsync(DeliveryVerb.Hold, [ids[12]], Infrastructure.Audit.Operator.Local(reason), default);
        await console.Queue.Operations.RunAsync(operation.Id, null, default);
        await console.Queue.ExecuteAsync(
            """
            insert into connector_status (connector_id, state, detail, failed_at, failure) select id, 'failed', E'<script>alert(1)</script>\u202E\u001b[31m', now(), E'<img src=x onerror=alert(1)>\u202E' from connector
            """);
        await console.Queue.ExecuteAsync(
            """
            insert into api_key (user_id, name, scopes, hash, prefix, created_by, expires_at)
            select id, E'<script>alert(1)</script>\u202E', '{read}', sha256('x'), 'postern_<b>', 'x', now() + interval '1 day' from console_user
            """);
    }
}
