using System.Globalization;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;

namespace Postern.Browser.Tests;

/// <summary>The overview's journeys: how much mail moves over an hour, a day and a week; from a red line to the number that is missing.</summary>
public sealed class OverviewTests(Chromium chromium)
{
    [Fact]
    public async Task Throughput_is_switched_between_hour_day_and_week_and_read_as_a_table()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/");
        var page = window.Page;
        await page.GetByText("No mail has come or gone within the last hour.").WaitForAsync();
        await ExampleMail.FillAsync(console.Queue);

        await page.GetByText("deliveries each minute").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Week", Exact = true }).ClickAsync();
        await page.GetByText("deliveries each 6 hours").First.WaitForAsync();
        (await page.GetByRole(AriaRole.Link, new() { Name = "Week", Exact = true }).GetAttributeAsync("aria-current")).ShouldBe("true");
        page.Url.ShouldEndWith("/?over=week");
        await page.GetByRole(AriaRole.Link, new() { Name = "smtp-backbone: ", Exact = false }).ClickAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "smtp-backbone: deliveries in and out each 6 hours, last 7 days" }).WaitForAsync();
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Rowheader, new() { Name = "Altogether" }).WaitForAsync();
        await DrawAsync(window, "/?over=day&figures=smtp-backbone", "overview-day", "Altogether");
        await page.GoBackAsync();
        await page.GoBackAsync();
        await page.GetByText("deliveries each 6 hours").First.WaitForAsync();

        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task From_the_red_line_to_the_number_that_is_missing()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/");
        var page = window.Page;
        await page.GetByTitle("The books, day by day").First.ClickAsync();
        await page.GetByText("Nothing is missing").WaitForAsync();
        await DrawAsync(window, "/books", "books", "Nothing is missing");

        // Somebody is at the tables with psql.
        var waiting = await console.Queue.ScalarAsync<long>("delete from delivery where id = (select max(id) from delivery) returning id");
        var past = await console.Queue.ScalarAsync<long>("delete from delivery_history where id = (select max(id) from delivery_history where state = 'delivered') returning id");
        await page.GetByLabel("Where the books differ").WaitForAsync(new() { Timeout = 40_000 });
        await DrawAsync(window, "/", "overview-off", "do not balance");
        await page.GetByLabel("Where the books differ").GetByRole(AriaRole.Link, new() { Name = "Show it" }).First.ClickAsync();
        await page.GetByText("What to do").First.WaitForAsync();
        await DrawAsync(window, new Uri(page.Url).PathAndQuery, "books-off", "What to do");
        foreach (var id in new[] { waiting, past })
        {
            var href = await page.GetByRole(AriaRole.Link, new() { Name = id.ToString(CultureInfo.InvariantCulture), Exact = true }).GetAttributeAsync("href");
            href.ShouldBe($"/messages/{id - 1}?delivery={id}");
        }

        await page.GetByRole(AriaRole.Link, new() { Name = waiting.ToString(CultureInfo.InvariantCulture), Exact = true }).ClickAsync();
        await page.GetByText("What happened to it").WaitForAsync();
        window.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_canary_that_is_missing_is_red_and_leads_to_where_it_is_and_the_connector_tells_of_its_own()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await using var window = await chromium.OpenAsync(console.Url);
        await window.SignInToAsync("/");
        var page = window.Page;
        await page.GetByText("None is sent. A canary is a mail to a mailbox that cannot exist").WaitForAsync();
        await console.Queue.ExecuteAsync(Canaries);

        await page.GetByRole(AriaRole.Rowheader, new() { Name = "smtp-backbone" }).Last.WaitForAsync();
        await DrawAsync(window, "/", "overview-canaries", "Latest events");
        var missing = await console.Queue.ScalarAsync<long>("select max(message_id) from canary where back_at is null");
        (await page.GetByRole(AriaRole.Link, new() { Name = "none since", Exact = false }).GetAttributeAsync("href")).ShouldBe($"/messages/{missing}");
        await DrawAsync(window, "/connectors?open=smtp-backbone", "connector-canary", "Its report came in: both ways are proven.");
        await DrawAsync(window, "/connectors/smtp-partners?tab=Canary", "connector-canary-settings", "Mailbox that cannot exist");

        window.Errors.ShouldBeEmpty();
    }

    // One came back in 0.9 s, one was refused at once, one is missing, one connector is stopped.
    private const string Canaries =
        """
        update connector set settings = settings || jsonb_build_object('canary', jsonb_build_object('recipient', case kind when 'smtp' then 'no.such.mailbox@partner.example' else 'CCMAIL:Nobody, Noah at SALES' end));
        insert into canary (connector_id, token, recipient, sent_at, message_id, back_at, report_id, way)
             select c.id, 'canary-' || c.name || n, 'x', now() - n * interval '15 minutes' - interval '64 seconds', m.id,
                    case when c.name = 'ccmail-sales' and n < 12 then null else now() - n * interval '15 minutes' - interval '63.1 seconds' end,
                    case when c.name = 'ccmail-sales' and n < 12 then null else m.id end,
                    case when c.name = 'ccmail-sales' and n < 12 then '' when c.name = 'smtp-partners' then 'refused' else 'returned' end
               from connector c, generate_series(0, 20) n, lateral (select min(id) as id from message) m;
        """;

    // A page as it is reviewed: light, dark and narrow, with its last text in sight.
    private static async Task DrawAsync(Window window, string path, string name, string text)
    {
        foreach (var (look, width, height, scheme) in ((string, int, int, ColorScheme)[])
            [("1440-dark", 1440, 900, ColorScheme.Dark), ("1024-light", 1024, 768, ColorScheme.Light), ("1440-light", 1440, 900, ColorScheme.Light)])
        {
            await window.Page.SetViewportSizeAsync(width, height);
            await window.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await window.GoAsync(path);
            await window.Page.GetByText(text).Filter(new() { Visible = true }).Last.ScrollIntoViewIfNeededAsync();
            await window.KeepAsync($"{name}-{look}");
            (await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{path} is wider than {width}");
        }
    }
}
