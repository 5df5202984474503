using Postern.Browser.Tests.Support;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Browser.Tests;

/// <summary>Draws every page in the four looks it is reviewed in, with data and without, and fails when the browser complains or anything sticks out sideways.</summary>
[TakesLong]
public sealed class LookTests(Chromium chromium)
{
    [Fact]
    public async Task Every_page_with_data_fits_its_window_and_draws_no_complaint()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await ExampleMail.FillAsync(console.Queue);
        await ExampleMail.OperationsAsync(console.Queue);
        var crane = await ExampleMail.CraneAsync(console.Queue);
        var hostile = await ExampleMail.HostileAsync(console.Queue);
        var waiting = await console.Queue.ScalarAsync<long>("select id from delivery where attempts > 5 order by accepted_at limit 1");
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();

        // The books are checked every few seconds; the picture is of a moment when they have seen it all.
        await window.GoAsync("/");
        await window.Page.GetByText("504").First.WaitForAsync();
        await DrawAsync(window, "/", "overview", "Waiting, by connector and age");
        await DrawAsync(window, "/books", "books", "Nothing is missing");
        await DrawAsync(window, "/queue", "queue", "Recipient");
        await DrawAsync(window, $"/queue?connector=ccmail-sales&open={waiting}", "queue-drawer", "What happened to it");
        await DrawAsync(window, "/queue?state=quarantined", "queue-quarantined", "Recipient");
        var poison = await ExampleMail.PoisonAsync(console.Queue);
        await DrawAsync(window, $"/quarantine?open={poison}", "quarantine", "are queued as before");
        await DrawAsync(window, "/queue?state=all", "queue-past", "Recipient");
        await DrawAsync(window, "/queue?cause=mx.partner.example%20asks%20to%20try%20later.", "queue-cause", "wait for one reason");
        await DrawAsync(window, "/queue?state=held&connector=smtp-backbone", "queue-none", "No delivery matches");
        await DrawAsync(window, $"/messages/{crane}", "message", "What happened to it");
        await DrawAsync(window, $"/messages/{hostile}", "message-hostile", "What happened to it");
        await DrawAsync(window, "/messages", "messages", "Where they are");
        await DrawAsync(window, "/operations?open=1", "operations", "Left as they are");
        await DrawAsync(window, "/connectors?open=ccmail-sales", "connectors", "Settings");
        await DrawAsync(window, "/events?at=1", "events", "What happened");
        await DrawAsync(window, "/connectors/ccmail-sales?tab=Post+Office", "connector", "CCPOMBOX");
        await DrawAsync(window, "/connectors/ccmail-sales?tab=Programs", "connector-programs", "process group");
        await DrawAsync(window, "/connectors/ccmail-sales?tab=Address+Space", "connector-spaces", "The most specific pattern wins");
        await DrawAsync(window, "/connectors/ccmail-sales?tab=Copies", "connector-copies-empty", "No copy is kept");
        await console.Queue.ExecuteAsync(Copies);
        await DrawAsync(window, "/connectors/ccmail-sales?tab=Copies", "connector-copies", "received, before conversion");
        await DrawAsync(window, "/connectors/new?kind=smtp", "connector-new", "is a new connector");
        await console.Queue.ExecuteAsync(Example);
        await DrawAsync(window, "/directory", "directory", "Known as");
        await DrawAsync(window, "/directory?open=1", "directory-drawer", "Proxies");
        await DrawAsync(window, "/sites?open=SITE1", "sites", "Unknown recipients");
        await DrawAsync(window, "/post-offices?open=new", "post-offices", "Not saved yet");
        await DrawAsync(window, "/listeners?open=smtp", "listeners", "Largest message");
        await DrawAsync(window, "/events?severity=error&within=week&code=4021", "events-filtered", "What happened");
        await AlertsAsync(console.Queue);
        await DrawAsync(window, "/alerts?open=1", "alerts", "What was done");
        await DrawAsync(window, "/alerts?view=past", "alerts-past", "Lasted");
        await DrawAsync(window, "/alerts/settings", "alerts-settings", "Secret of the webhooks");

        await ExampleDirsync.PartnersAsync(console.Queue);
        var plan = await ExampleDirsync.PlanAsync(console.Queue);
        await DrawAsync(window, "/partners?open=sales", "partners", "What cycles said");
        await DrawAsync(window, "/partners/new?kind=csv", "partner-new", "Add the partner");
        await DrawAsync(window, "/partners/sales", "partner", "Refused until the source changes");
        await DrawAsync(window, "/partners/sales?tab=Consent", "partner-consent", "a person looks first");
        await DrawAsync(window, "/partners/sales?tab=Schedule", "partner-schedule", "Drag over quarter hours");
        await DrawAsync(window, "/partners/sales?tab=Canary", "partner-canary", "Alert after");
        await DrawAsync(window, "/plans", "plans", "two approvers");
        await DrawAsync(window, $"/plans/{plan}", "plan", "3 entries, one name");
        await DrawAsync(window, $"/plans/{plan}?row=1&tab=row", "plan-row", "Waiting mail");

        // The browser tells of each thing that the closed frame of the hostile message did not let through.
        window.Errors.Where(error => !error.Contains("tracker.example", StringComparison.Ordinal) && !error.Contains("sandbox", StringComparison.Ordinal)).ShouldBeEmpty();
        window.ShouldHaveAskedOnlyThisMachine();
    }

    [Fact]
    public async Task Every_page_without_data_says_what_is_true()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var window = await chromium.OpenAsync(console.Url);
        await window.EnterAsync();

        await DrawAsync(window, "/", "overview-empty", "Nothing waits.");
        await DrawAsync(window, "/books", "books-empty", "Nothing has been accepted yet, and nothing is missing");
        await DrawAsync(window, "/not-found", "not-found", "There is no such page");
        await DrawAsync(window, "/queue", "queue-empty", "Nothing waits");
        await DrawAsync(window, "/quarantine", "quarantine-empty", "Nothing is set aside");
        await DrawAsync(window, "/messages", "messages-empty", "No message has come in yet");
        await DrawAsync(window, "/messages/4711", "message-empty", "There is no message with this number");
        await DrawAsync(window, "/operations", "operations-empty", "Nobody has acted on the queue yet");
        await DrawAsync(window, "/connectors", "connectors-empty", "smtp-test");
        await DrawAsync(window, "/events", "events-empty", "Nothing has happened");
        await DrawAsync(window, "/connectors/nobody", "connector-none", "There is no connector called nobody");
        await DrawAsync(window, "/directory", "directory-empty", "Nobody is in the directory yet");
        await DrawAsync(window, "/sites", "sites-empty", "No site is configured yet");
        await DrawAsync(window, "/routes", "routes-empty", "No post office and no site is configured yet");
        await DrawAsync(window, "/routes/explain", "route-explain-empty", "Ask where a mail goes");
        await DrawAsync(window, "/routes/sheets", "route-sheets-empty", "No post office is configured yet");
        await DrawAsync(window, "/routes/drafts", "route-drafts-empty", "No draft is open");
        await DrawAsync(window, "/routes/history", "route-history-empty", "Routing has not been changed yet");
        await DrawAsync(window, "/routes/listing", "route-listing-empty", "Compare");
        await DrawAsync(window, "/post-offices", "post-offices-empty", "No post office is configured yet");
        await DrawAsync(window, "/listeners", "listeners-empty", "no listener is configured");
        await DrawAsync(window, "/account/keys", "keys-empty", "You have no key");
        await DrawAsync(window, "/plans", "plans-empty", "No partner is configured yet");
        await DrawAsync(window, "/partners", "partners-empty", "No partner is configured yet");
        await DrawAsync(window, "/alerts", "alerts-empty", "Nothing is wrong that Postern knows of");
        await DrawAsync(window, "/alerts?view=past", "alerts-past-empty", "No alert has been open yet");

        window.Errors.ShouldBeEmpty();
    }

    private const string Example =
        """
        insert into site (name, smtp_domains, ccmail_post_office) values ('SITE1', '{site1.example,old.site1.example}', 'SITE1') on conflict do nothing;
        insert into listener (name, port) values ('smtp', 2525) on conflict do nothing;
        insert into entry (id, display_name) overriding system value
             select n, 'Person ' || lpad(n::text, 3, '0') from generate_series(1, 120) n;
        insert into entry_address (entry_id, type, address, key, is_native, ordinal)
             select id, 'CCMAIL', 'CCMAIL:' || display_name || ' at SALES', sha256(('n' || id)::bytea), true, 0 from entry
              union all
             select id, 'SMTP', 'person.' || id || '@site1.example', sha256(('p' || id)::bytea), false, 1 from entry
              union all
             select id, 'SMTP', 'a-very-long-local-part-of-an-address-that-somebody-typed-' || id || '@old.site1.example', sha256(('q' || id)::bytea), false, 2 from entry
        """;

    private const string Copies =
        """
        insert into connector_act (connector_id, kind, actor, reason, since, keep_days, keep_megabytes)
             select id, 'capture', 'm.keller', 'names come out wrong', now() - interval '40 minutes', 3, 100 from connector where name = 'ccmail-sales';
        insert into connector_copy (connector_id, connector, at, direction, stage, message_id, node, file, name, size, keep_days)
             select c.id, c.name, now() - n.age, n.way, n.stage, n.message, 'hall-1', 'f' || n.name, n.name, n.size, 3
               from connector c, (values
                 (interval '31 minutes', 'in', 'before', null::bigint, 'MSG0A41.CCM', 48213), (interval '31 minutes', 'in', 'after', 1, 'message-1.eml', 40110),
                 (interval '9 minutes', 'out', 'before', 2, 'message-2.eml', 3200480), (interval '9 minutes', 'out', 'after', 2, '0000005K.ccm', 2400911)) as n (age, way, stage, message, name, size)
              where c.name = 'ccmail-sales'
        """;

    private static Task AlertsAsync(TestQueue queue) => queue.ExecuteAsync(
        """
        insert into alert (key, kind, subject, connector, severity, text, next_step, link, owner, since, opened_at, told_at, closed_at) values
          ('a', 'connector silent', 'ccmail-sales', 'ccmail-sales', 'error', 'ccmail-sales has shown no proof of life for 2 h 49 min: IMPORT could not open the post office: another program has held its files since 06:52.',
           'Mend what the failure names; it is tried again by itself.', '/connectors?open=ccmail-sales', 'm.keller', now() - interval '2 hours 49 minutes', now() - interval '2 hours 48 minutes', now() - interval '2 hours', null),
          ('b', 'disk low', '/srv', '', 'warning', 'The disk of the data folder, the spool (/srv) has 3.1 GB left of 60.0 GB.', 'Free space or add some. Below 2.0 GB no new mail is taken in; it stays with its sender or in its post office.', '', '', now() - interval '20 minutes', now() - interval '20 minutes', null, null),
          ('c', 'folder unusable', '/mnt/pier', 'ccmail-aurora', 'error', '<script>alert(4)</script> ' || U&'\202E' || ' The folder /mnt/pier of ccmail-aurora cannot be read: it is not there.', 'Bring it back.', '/connectors?open=ccmail-aurora', 't.braun', now() - interval '2 days', now() - interval '2 days', null, now() - interval '47 hours');
        insert into alert_note (alert_id, at, actor, kind, text) values (1, now() - interval '2 hours', 'm.keller', 'taken', ''), (1, now() - interval '1 hour', 'm.keller', 'note', 'The backup of SALES hangs on the second tape. The night shift ends it.');
        insert into alert_notice (id, alert_id, what, target, body, attempts, due_at, failure) values (gen_random_uuid(), 2, 'opened', 'https://chat.example/hooks/4711', '{}', 3, now() + interval '2 minutes', 'It answers 503.');
        """);

    private static async Task DrawAsync(Window window, string path, string name, string text)
    {
        await window.GoAsync(path);
        try
        {
            await window.Page.GetByText(text).Filter(new() { Visible = true }).First.WaitForAsync();
        }
        catch (TimeoutException)
        {
            await window.PictureAsync($"failed-{name}");
            throw;
        }

        await window.Page.GetByText("Books balance.", new() { Exact = true }).WaitForAsync();
        await window.ReviewAsync(name);
    }
}
