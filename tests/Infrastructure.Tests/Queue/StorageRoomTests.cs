using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Queue;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Tests.Smtp.Listening;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

/// <summary>What is taken in when disks have little room: nothing new below a limit, and everything again without anybody's help.</summary>
public sealed class StorageRoomTests
{
    private const long Gigabyte = 1L << 30;
    private const long Large = 16L << 40;

    private readonly TestClock clock = new();
    private DiskSize? disk = new(8L << 40, Large);
    private int measured;

    [Theory]
    [InlineData(0L, true)]
    [InlineData((1L << 32) - 1, false)]
    [InlineData(1L << 32, false)]
    [InlineData((1L << 32) + 1, false)]
    [InlineData(8L << 40, false)]
    [Trait("source", "Q178758")]
    public void However_much_is_free_the_right_thing_is_done(long free, bool isShort)
    {
        disk = new DiskSize(free, Large);

        Room().Shortage().ShouldBe(isShort ? "The disk of the spool has 0 KB left of 16384.0 GB; nothing is taken in until it has 2.4 GB." : "");
    }

    [Fact]
    [Trait("source", "Q178758")]
    public void A_shortage_ends_by_itself_once_there_is_a_fifth_more_and_a_disk_that_nobody_can_measure_stops_nobody()
    {
        var room = Room();

        Shortage((2 * Gigabyte) - 1).ShouldBeTrue();
        Shortage(2 * Gigabyte).ShouldBeTrue("it would begin again with the next mail");
        Shortage(2 * Gigabyte * 6 / 5).ShouldBeFalse();
        Shortage(2 * Gigabyte).ShouldBeFalse();
        Shortage(0).ShouldBeTrue();
        disk = null;
        room.Shortage().ShouldBe("");

        bool Shortage(long free)
        {
            disk = new DiskSize(free, Large);
            clock.Advance(TimeSpan.FromSeconds(1));
            return room.Shortage().Length > 0;
        }
    }

    [Fact]
    public void It_is_measured_once_a_second_while_all_is_well_and_each_time_while_it_is_not()
    {
        var room = Room();
        Ask(100).ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Ask(100).ShouldBe(2);
        disk = new DiskSize(0, Large);
        clock.Advance(TimeSpan.FromSeconds(1));
        Ask(10).ShouldBe(12);

        int Ask(int times)
        {
            for (var i = 0; i < times; i++)
            {
                room.Shortage();
            }

            return measured;
        }
    }

    [Fact]
    public async Task A_share_that_hangs_holds_up_nobody_who_does_not_need_it()
    {
        using var hangs = new ManualResetEventSlim();
        using var asked = new ManualResetEventSlim();
        var room = new StorageRoom(
            path =>
            {
                if (path == "/share")
                {
                    asked.Set();
                    hangs.Wait(TimeSpan.FromSeconds(30));
                }

                return disk;
            },
            clock);
        room.Guard("the spool", "/spool");

        var waits = Task.Run(() => room.ShortageOf("the work folder of sales", "/share"));
        asked.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        room.Shortage().ShouldBe("");
        waits.IsCompleted.ShouldBeFalse();
        hangs.Set();

        (await waits).ShouldBe("");
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task A_session_puts_mail_off_before_it_is_sent_and_takes_it_when_there_is_room_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        var full = new FullStorage(new EventLog(database.DataSource, NullLogger<EventLog>.Instance), clock);
        await using var listener = await RunningListener.StartAsync(clock: clock, fullStorage: full, room: Room());
        await using var client = await listener.GreetAsync();

        disk = new DiskSize(Gigabyte, Large);
        (await client.SayAsync("MAIL FROM:<boss@peer.example>")).ShouldStartWith("452 4.3.1 ");
        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("503 ");
        disk = new DiskSize(1L << 32, Large);
        (await SmtpSessionTests.SendAsync(client, "Subject: again\r\n\r\nIt fits.\r\n")).ShouldStartWith("250 ");

        listener.Accepted.Count.ShouldBe(1);
        var (rows, _) = await new EventView(database.DataSource).PageAsync(new EventFilter { Code = EventCodes.SmtpStorageFull }, default);
        rows.ShouldHaveSingleItem().Text.ShouldBe(
            "Mail by the listener test is put off with 452: The disk of the spool has 1.0 GB left of 16384.0 GB; nothing is taken in until it has 2.4 GB.");
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task A_connector_fetches_nothing_and_delivers_as_always_and_fetches_by_itself_when_there_is_room_again()
    {
        var pickup = new FakePickup();
        var connector = ScriptedConnector.ThatTakes();
        await using var queue = await TestQueue.CreateAsync(connector);
        await queue.StartAsync(attach: false);
        var database = queue.Database.DataSource;
        var routing = new LiveRouting(new RoutingLoader(database), TimeProvider.System, NullLogger<LiveRouting>.Instance);
        var board = new ConnectorStatusBoard(database, await WorkerIdentity.RegisterAsync(database, "node", "test", default), clock, NullLogger<ConnectorStatusBoard>.Instance);
        var catalog = new ConnectorCatalog(new Dictionary<string, Func<ConnectorDefinition, BuiltConnector>> { ["smtp"] = _ => new BuiltConnector(connector, pickup, RetrySchedule.Default) });
        var supervisor = new ConnectorSupervisor(
            database, catalog, queue.Dispatcher, queue.Claims, queue.Recorder, board, routing, clock, NullLoggerFactory.Instance, room: Room());
        disk = new DiskSize(0, Large);

        await routing.RunOnceAsync(default);
        await supervisor.RunOnceAsync(default);
        await clock.WhenWaitingFor(pickup.PollInterval);
        await queue.AcceptAsync(queue.Message("out", "a@x.example"));
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        board.NoteAlive(await queue.ScalarAsync<long>("select id from connector"));
        await board.RunOnceAsync(default);

        pickup.Rounds.ShouldBe(0);
        (await new ConnectorView(database).ListAsync(default)).Select(row => (row.State, row.Detail)).ShouldHaveSingleItem()
            .ShouldBe(("waiting", "The disk of the work folder of smtp-test has 0 KB left of 16384.0 GB; nothing is taken in until it has 2.4 GB."));

        disk = new DiskSize((1L << 32) + 1, Large);
        clock.Advance(pickup.PollInterval);
        await clock.WhenWaitingFor(pickup.PollInterval);
        await board.RunOnceAsync(default);

        pickup.Rounds.ShouldBe(1);
        (await queue.ScalarAsync<string>("select state || detail from connector_status")).ShouldBe("running");
        await supervisor.StopAsync(default);
    }

    private StorageRoom Room()
    {
        var room = new StorageRoom(
            _ =>
            {
                measured++;
                return disk;
            },
            clock);
        room.Guard("the spool", "/spool");
        return room;
    }

    private sealed class FakePickup : IPickup
    {
        public TimeSpan PollInterval => TimeSpan.FromSeconds(17);

        public string Folder => "/work";

        public int Rounds { get; private set; }

        public Task<PickupRound> PickUpAsync(CancellationToken cancellationToken)
        {
            Rounds++;
            return Task.FromResult(new PickupRound(0, false));
        }
    }
}
