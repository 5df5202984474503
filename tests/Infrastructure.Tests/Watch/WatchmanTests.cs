using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Watch;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Tests.Watch;

public sealed class WatchmanTests : IAsyncLifetime
{
    private static readonly TimeSpan Calm = AlertBook.Calm;

    private readonly Operator keller = new("m.keller", [Role.Operator], "");
    private TestQueue queue = null!;
    private Watchman watchman = null!;
    private AlertView view = null!;
    private TimeSpan later;
    private readonly TestClock second = new();
    private DiskSize disk = new(400L << 30, 800L << 30);

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        Directory.CreateDirectory(Path.Combine(queue.Folder, "spool"));
        view = new AlertView(queue.Database.DataSource);
        watchman = NewWatchman(await queue.ScalarAsync<long>("select max(id) from worker"));
        // The one connector that is there runs and has nothing to do.
        await queue.ExecuteAsync("update worker set seen_at = now() + interval '1 day'; insert into connector_status (connector_id, state, worker_id, alive_at) select id, 'running', (select max(id) from worker), now() from connector");
    }

    public async ValueTask DisposeAsync() => await queue.DisposeAsync();

    [Fact]
    public async Task What_is_well_and_what_is_stopped_raises_nothing()
    {
        await queue.ExecuteAsync(
            """
            insert into connector (name, kind, desired_state) values ('sales', 'ccmail', 'stopped');
            insert into connector_status (connector_id, state, alive_at) select id, 'stopped', now() - interval '3 days' from connector where name = 'sales';
            """);

        for (var i = 0; i < 3; i++)
        {
            (await LookAsync(TimeSpan.FromHours(i * 5))).ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_an_operator_has_paused_is_silent_without_an_alert()
    {
        await SalesAsync("running", "now() - interval '50 seconds'");
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("waits", "a@x.example"));
        await queue.ExecuteAsync(
            """
            insert into connector_act (connector_id, kind, actor) select id, 'pause pickup', 'm.keller' from connector where name = 'sales';
            insert into connector_act (connector_id, kind, actor) select id, 'pause delivery', 'm.keller' from connector where name = 'smtp-test';
            """);

        (await LookAsync()).ShouldBe(0);
        (await LookAsync(TimeSpan.FromHours(5))).ShouldBe(0);
        (await view.OpenAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q212788")]
    public async Task A_silent_connector_opens_one_alert_with_an_event_and_closes_it_when_it_lives_again()
    {
        await SalesAsync("running", "now() - interval '50 seconds'");

        (await LookAsync()).ShouldBe(0, "this process has only just begun to look");
        (await LookAsync(TimeSpan.FromSeconds(46))).ShouldBe(1);
        (await LookAsync(TimeSpan.FromSeconds(61))).ShouldBe(0);
        (await LookAsync(TimeSpan.FromMinutes(11))).ShouldBe(1, "it has become an error");
        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        await queue.ExecuteAsync("update connector_status set alive_at = now() + interval '1 hour'");
        (await LookAsync()).ShouldBe(0, "it has only just come back");
        (await LookAsync(later + Calm)).ShouldBe(1);

        (alert.Kind, alert.Connector, alert.Severity, alert.Link).ShouldBe(("connector silent", "sales", "error", "/connectors?open=sales"));
        (await view.OpenAsync(default)).ShouldBeEmpty();
        (await view.PastAsync(null, default)).Rows.ShouldHaveSingleItem().ClosedAt.ShouldNotBeNull();
        var events = (await EventsAsync(EventCodes.ConnectorSilent)).Reverse().ToList();
        events.Select(row => row.Severity).ShouldBe(["warning", "error", "information"]);
        events[0].Text.ShouldBe("sales has shown no proof of life for 96 s.");
        events[2].Text.ShouldStartWith("It is over, after ");
    }

    [Fact]
    public async Task An_MS_Mail_connector_is_watched_like_any_other_that_works_with_files()
    {
        var work = Path.Combine(queue.Folder, "msmail", "harbor");
        foreach (var name in (string[])["Put", "Get", "Bad", "Work"])
        {
            Directory.CreateDirectory(Path.Combine(work, name));
        }

        await queue.ExecuteAsync(
            """
            insert into connector (name, kind) values ('harbor', 'msmail');
            insert into connector_status (connector_id, state, alive_at, worker_id) select id, 'running', now() - interval '50 seconds', (select max(id) from worker) from connector where name = 'harbor'
            """);
        await LookAsync();
        await LookAsync(TimeSpan.FromSeconds(46));
        (await view.OpenAsync(default)).ShouldHaveSingleItem().Text.ShouldBe("harbor has shown no proof of life for 96 s.");

        Directory.Delete(Path.Combine(work, "Get"));
        await LookAsync(TimeSpan.FromSeconds(47));
        await LookAsync(TimeSpan.FromSeconds(68));
        (await view.OpenAsync(default)).Select(alert => alert.Kind).ShouldBe(["folder unusable", "connector silent"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q295812")]
    [Trait("source", "Q100827")]
    [Trait("source", "Q151669")]
    [Trait("source", "Q163020")]
    public async Task A_queue_of_which_nothing_leaves_is_an_alert_that_opens_the_filter_and_mail_without_sender_is_none()
    {
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("report", "b@x.example") with { Sender = null });
        (await LookAsync()).ShouldBe(0);
        (await LookAsync(TimeSpan.FromMinutes(61))).ShouldBe(0, "nobody waits for a report");

        await queue.AcceptAsync(queue.Message("old", "a@x.example"));
        (await LookAsync(TimeSpan.FromMinutes(59))).ShouldBe(0);
        (await LookAsync(TimeSpan.FromMinutes(61))).ShouldBe(1);

        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        (alert.Kind, alert.Link).ShouldBe(("queue only ages", "/queue?connector=smtp-test&state=queued,leased"));
        alert.Text.ShouldBe("1 delivery waits for smtp-test, the oldest for 61 min, and none has left.");
    }

    [Fact]
    [Trait("source", "Q202178")]
    [Trait("source", "Q266442")]
    [Trait("source", "Q295812")]
    public async Task A_folder_that_a_file_stands_in_place_of_is_found_and_the_silence_that_follows_is_not_said_twice()
    {
        var work = Directory.CreateDirectory(Path.Combine(queue.Folder, "ccmail", "sales")).FullName;
        await File.WriteAllTextAsync(Path.Combine(work, "Import"), "");
        await SalesAsync("failed", "now() - interval '1 hour'");

        await LookAsync();
        await LookAsync(TimeSpan.FromSeconds(21));

        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        (alert.Kind, alert.Connector).ShouldBe(("folder unusable", "sales"));
        alert.Text.ShouldBe($"The folder {work}/Import of sales cannot be read and written: a file stands in its place.");
        Directory.GetFileSystemEntries(Path.Combine(work, "Submit")).ShouldBeEmpty("a look leaves no trace");
        File.Delete(Path.Combine(work, "Import"));
        Directory.CreateDirectory(Path.Combine(work, "Import"));
        await queue.ExecuteAsync("update connector_status set alive_at = now() + interval '1 hour', state = 'running'");
        await LookAsync(TimeSpan.FromSeconds(22));
        await LookAsync(TimeSpan.FromSeconds(22) + Calm);
        (await view.OpenAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q181186")]
    public async Task Runs_operations_and_reports_that_never_came_are_found()
    {
        await SalesAsync("running", "now() + interval '1 day'");
        await queue.StartAsync(attach: false);
        await queue.AcceptAsync(queue.Message("gone", "a@x.example"));
        await queue.ExecuteAsync(
            """
            insert into program_run (connector_id, program, node, started_at) select id, 'import', 'here', now() - interval '8 minutes' from connector where name = 'sales';
            insert into operation (verb, actor, total, undo_until, started_at) values ('hold', 'm.keller', 5, now(), now() - interval '1 hour');
            with gone as (delete from delivery returning *)
            insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, attempts, route_version, finished_at, report, report_id)
            select id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, 'bounced', 1, 1, now(), 'sent', 99 from gone;
            insert into ledger (day, batch, connector_id, outcome, deliveries, ids) select (accepted_at at time zone 'UTC')::date, gen_random_uuid(), connector_id, 'bounced', 1, array[id] from delivery_history;
            """);

        await LookAsync();
        await LookAsync(TimeSpan.FromMinutes(11));

        (await view.OpenAsync(default)).Select(alert => alert.Kind).Order().ShouldBe(["operation stuck", "program run unended", "report missing"]);
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task Books_that_are_off_and_rows_of_a_day_without_a_place_are_found()
    {
        await queue.StartAsync(attach: false);
        var id = await queue.AcceptAsync(queue.Message("gone", "a@x.example"));
        await queue.ExecuteAsync("delete from delivery; insert into message (id, accepted_at, last_id, source, sender, size) values (1, '2020-01-01', 1, 'x', '', 0)");

        await LookAsync();
        await LookAsync(TimeSpan.FromMinutes(4));

        var alerts = await view.OpenAsync(default);
        alerts.Select(alert => (alert.Kind, alert.Severity)).ShouldBe([("books off", "error"), ("default partition used", "warning")], ignoreOrder: true);
        alerts.Single(alert => alert.Kind == "books off").Text.ShouldContain($"The ledger has them accepted; no row holds them now (1, first {id + 1}).");
        alerts.Single(alert => alert.Kind == "books off").Link.ShouldStartWith("/books?day=20");
    }

    [Fact]
    public async Task A_canary_that_does_not_come_back_opens_an_alert_and_the_next_one_that_does_closes_it()
    {
        await queue.ExecuteAsync(
            """
            update connector set settings = '{"canary": {"recipient": "nobody.here@peer.example", "wait": "00:30:00"}}';
            insert into canary (connector_id, token, recipient, message_id) select id, 'canary-1', 'x', 41 from connector
            """);

        (await LookAsync(TimeSpan.FromMinutes(29))).ShouldBe(0);
        (await LookAsync(TimeSpan.FromMinutes(31))).ShouldBe(1);
        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        await queue.ExecuteAsync("insert into canary (connector_id, token, recipient, message_id, back_at, report_id, way) select id, 'canary-2', 'x', 43, now(), 45, 'returned' from connector");
        await LookAsync();
        (await LookAsync(later + Calm)).ShouldBe(1);

        (alert.Kind, alert.Connector, alert.Link).ShouldBe(("canary missing", "smtp-test", "/messages/41"));
        (await view.OpenAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q118621")]
    public async Task A_canary_entry_that_a_directory_does_not_show_opens_an_alert_and_closes_it_when_it_does()
    {
        await queue.ExecuteAsync(
            """
            insert into partner (name, kind, settings) values ('hub', 'ldap', '{}');
            insert into partner_canary (partner_id, direction, address_key, written_day, written_at, looked_at, late_since) select id, 'out', 'x', current_date, now(), now(), now() from partner
            """);

        (await LookAsync(TimeSpan.FromHours(47))).ShouldBe(0);
        (await LookAsync(TimeSpan.FromHours(49))).ShouldBe(1);
        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        await queue.ExecuteAsync("update partner_canary set late_since = null, seen_day = written_day, seen_at = now()");
        await LookAsync();
        (await LookAsync(later + Calm)).ShouldBe(1);

        (alert.Kind, alert.Link).ShouldBe(("canary entry late", "/partners/hub"));
        (await view.OpenAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_of_the_process_keeps_the_alert_and_its_owner()
    {
        await SalesAsync("running", "now() - interval '50 seconds'");
        await LookAsync();
        await LookAsync(TimeSpan.FromSeconds(46));
        var alert = (await view.OpenAsync(default)).Single();
        await new AlertActions(queue.Database.DataSource).TakeAsync(alert.Id, keller, default);

        watchman = NewWatchman(await queue.ScalarAsync<long>("select max(id) from worker"));
        (await LookAsync(TimeSpan.FromMinutes(1))).ShouldBe(0);
        (await LookAsync(TimeSpan.FromMinutes(3))).ShouldBe(0);

        (await view.OpenAsync(default)).ShouldHaveSingleItem().Owner.ShouldBe("m.keller");
    }

    [Fact]
    public async Task People_take_alerts_give_them_back_and_write_down_what_they_found()
    {
        await SalesAsync("running", "now() - interval '50 seconds'");
        await LookAsync();
        await LookAsync(TimeSpan.FromSeconds(46));
        var id = (await view.OpenAsync(default)).Single().Id;
        var actions = new AlertActions(queue.Database.DataSource);
        var braun = new Operator("t.braun", [Role.Operator], "The switch of the pier is dead.");

        (await actions.TakeAsync(id, keller, default)).ShouldBe("");
        (await actions.TakeAsync(id, keller, default)).ShouldBe("It is yours already.");
        (await actions.TakeAsync(id, braun, default)).ShouldBe("");
        (await actions.NoteAsync(id, braun, default)).ShouldBe("");
        (await actions.GiveBackAsync(id, keller, default)).ShouldBe("");
        (await actions.GiveBackAsync(id, keller, default)).ShouldBe("Nobody has taken it.");
        (await actions.TakeAsync(id + 1, keller, default)).ShouldBe("It is over, or there is no such alert.");
        await Should.ThrowAsync<RightMissingException>(() => actions.TakeAsync(id, keller with { Roles = [Role.Viewer] }, default));

        (await view.NotesAsync(id, default)).Select(note => $"{note.Actor}: {note.Kind} {note.Text}".Trim())
            .ShouldBe(["m.keller: taken", "t.braun: taken", "t.braun: note The switch of the pier is dead.", "m.keller: given back"]);
        (await queue.ScalarAsync<long>($"select count(*) from audit where target = 'alert {id}'")).ShouldBe(4);
    }

    [Fact]
    [Trait("source", "Q159305")]
    public async Task However_many_are_set_aside_of_a_connector_there_is_one_alert_and_it_closes_when_the_last_is_gone()
    {
        await queue.StartAsync(attach: false);
        foreach (var n in Enumerable.Range(0, 3))
        {
            await queue.AcceptAsync(queue.Message("poison", $"a{n}@x.example"));
        }

        await queue.AcceptAsync(queue.Message("report", "b@x.example") with { Sender = null });
        await queue.ExecuteAsync("update delivery set state = 'quarantined', last_attempt_at = now(), reason = 'IMPORT hung on it twice.'");
        (await LookAsync()).ShouldBe(1);
        await queue.ExecuteAsync("update delivery set reason = 'Something else.' where id = (select max(id) from delivery where sender <> '')");
        (await LookAsync(TimeSpan.FromMinutes(20))).ShouldBe(0);
        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        var ids = await queue.ScalarAsync<long[]>("select array_agg(id) from delivery where sender <> ''");
        await queue.Actions.ActAsync(DeliveryVerb.Remove, ids, keller, default);
        await LookAsync();
        (await LookAsync(later + Calm)).ShouldBe(1);

        (alert.Kind, alert.Connector, alert.Severity, alert.Link).ShouldBe(("messages quarantined", "smtp-test", "warning", "/queue?connector=smtp-test&state=quarantined"));
        alert.Text.ShouldBe("3 deliveries of smtp-test are in quarantine: IMPORT hung on it twice.");
        (await view.OpenAsync(default)).ShouldBeEmpty();
        (await EventsAsync(EventCodes.MessagesQuarantined)).Select(row => row.Severity).ShouldBe(["information", "warning"]);
    }

    [Theory]
    [InlineData(-75, "The clock of this machine is 75 s behind that of the database.")]
    [InlineData(3600, "The clock of this machine is 60 min ahead of that of the database.")]
    [Trait("source", "Q119089")]
    public async Task A_machine_whose_clock_goes_wrong_by_more_than_a_minute_is_found(int seconds, string text)
    {
        watchman = NewWatchman(await queue.ScalarAsync<long>("select max(id) from worker"), new ShiftedClock(TimeSpan.FromSeconds(Math.Sign(seconds) * 50)));
        (await LookAsync()).ShouldBe(0);
        watchman = NewWatchman(await queue.ScalarAsync<long>("select max(id) from worker"), new ShiftedClock(TimeSpan.FromSeconds(seconds)));
        (await LookAsync()).ShouldBe(1);

        var alert = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        (alert.Kind, alert.Severity).ShouldBe(("clock off", "warning"));
        alert.Text.ShouldBeOneOf(text, text.Replace("75 s", "74 s", StringComparison.Ordinal).Replace("60 min", "59 min", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task A_disk_without_room_is_an_alert_that_says_what_stands_still_and_closes_by_itself()
    {
        disk = new DiskSize(4L << 30, 16L << 40);
        (await LookAsync()).ShouldBe(1);
        var low = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        (low.Kind, low.Severity).ShouldBe(("disk low", "warning"));
        low.Text.ShouldEndWith(" has 4.0 GB left of 16384.0 GB.");

        disk = disk with { Free = (2L << 30) - 1 };
        second.Advance(TimeSpan.FromSeconds(1));
        (await LookAsync()).ShouldBe(1);
        var none = (await view.OpenAsync(default)).ShouldHaveSingleItem();
        (none.Id, none.Severity).ShouldBe((low.Id, "error"));
        none.Text.ShouldEndWith(" has 2.0 GB left of 16384.0 GB. No new mail is taken in until it has 2.4 GB.");

        disk = disk with { Free = 8L << 40 };
        await LookAsync();
        (await LookAsync(Calm + TimeSpan.FromSeconds(1))).ShouldBe(1);
        (await view.OpenAsync(default)).ShouldBeEmpty();
        (await EventsAsync(EventCodes.DiskLow)).Select(row => row.Severity).First().ShouldBe("information");
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task A_connector_that_fetches_nothing_for_lack_of_room_is_not_called_silent_too()
    {
        await SalesAsync("waiting", "now() - interval '5 hours'");

        (await LookAsync()).ShouldBe(0);
        await queue.ExecuteAsync("update connector_status set state = 'running'");
        (await LookAsync()).ShouldBe(0, "it has just begun again");
        (await LookAsync(TimeSpan.FromMinutes(10))).ShouldBe(1);
    }

    private async Task<int> LookAsync(TimeSpan? at = null) => await watchman.RunOnceAsync(default, later = at ?? later);

    private Watchman NewWatchman(long worker, TimeProvider? clock = null)
    {
        var data = queue.Database.DataSource;
        var room = new StorageRoom(_ => disk, second);
        return new Watchman(
            data, new WorkerIdentity(worker, queue.Folder), new WatchPlaces(queue.Folder, Path.Combine(queue.Folder, "spool")), room,
            new AlertStore(data, new AlertSettingsStore(data, new ConfigurationStore(data)), queue.Events), queue.Books, clock ?? TimeProvider.System, NullLogger<Watchman>.Instance);
    }

    private Task SalesAsync(string state, string alive)
    {
        foreach (var name in ((string[])["Submit", "Import", "Export", "Bad", "Work"]).Where(name => !File.Exists(Path.Combine(queue.Folder, "ccmail", "sales", name))))
        {
            Directory.CreateDirectory(Path.Combine(queue.Folder, "ccmail", "sales", name));
        }

        return queue.ExecuteAsync(
            $"""
            insert into connector (name, kind) values ('sales', 'ccmail');
            insert into connector_status (connector_id, state, alive_at, worker_id) select id, '{state}', {alive}, (select max(id) from worker) from connector where name = 'sales'
            """);
    }

    private async Task<IReadOnlyList<EventRow>> EventsAsync(int code) =>
        (await new EventView(queue.Database.DataSource).PageAsync(new EventFilter { Code = code }, default)).Rows;

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
