using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>The real queue on a database of its own, with one scripted connector of the kind smtp.</summary>
public sealed class TestQueue : IAsyncDisposable
{
    private readonly AttemptLog attempts;
    private readonly MailIdBlocks ids;
    private readonly ChunkStore chunks;
    private readonly bool ownsDatabase;

    private TestQueue(TestDatabase database, bool ownsDatabase, WorkerIdentity worker, string folder, ScriptedConnector connector, long connectorId, RoutingTable table)
    {
        Database = database;
        this.ownsDatabase = ownsDatabase;
        Folder = folder;
        Connector = connector;
        Runtime = new ConnectorRuntime(connectorId, "smtp-test", "smtp", connector, null, RetrySchedule.Default);
        var routing = LiveRouting.Fixed(table);
        attempts = new AttemptLog(Path.Combine(folder, "attempts"));
        ids = new MailIdBlocks(database.DataSource);
        chunks = new ChunkStore(database.DataSource);
        Contents = new ContentStore(database.DataSource, folder);
        var composer = new ReportComposer(Contents, routing, TimeProvider.System, "postern.example");
        Reports = new ReportOutbox(composer, ids);
        Claims = new DeliveryClaims(database.DataSource, worker);
        Recorder = new DeliveryRecorder(database.DataSource, worker, Reports, attempts, TimeProvider.System, NullLogger<DeliveryRecorder>.Instance);
        Dispatcher = new DeliveryDispatcher(Claims, Recorder, attempts, TimeProvider.System, NullLogger<DeliveryDispatcher>.Instance);
        Intake = new Intake(
            database.DataSource, worker, Dispatcher, composer, ids, chunks, routing, TimeProvider.System, NullLogger<Intake>.Instance);
        var rerouting = new DeliveryRerouting(routing);
        Actions = new DeliveryActions(database.DataSource, Reports, rerouting);
        Forecaster = new RerouteForecaster(database.DataSource, rerouting);
        Replay = new QuarantineReplay(database.DataSource, Contents, routing, ids);
        Operations = new QueueOperations(database.DataSource, Actions, Replay);
        Undo = new OperationUndo(database.DataSource, Operations, Actions);
        Books = new Books(database.DataSource);
        Interrupted = new InterruptedWork(database.DataSource, worker, attempts, NullLogger<InterruptedWork>.Instance);
    }

    public TestDatabase Database { get; }

    public string Folder { get; }

    public ScriptedConnector Connector { get; }

    public ConnectorRuntime Runtime { get; }

    public ContentStore Contents { get; }

    public ReportOutbox Reports { get; }

    public DeliveryClaims Claims { get; }

    public DeliveryRecorder Recorder { get; }

    public DeliveryDispatcher Dispatcher { get; }

    public Intake Intake { get; }

    public DeliveryActions Actions { get; }

    public QuarantineReplay Replay { get; }

    public QueueOperations Operations { get; }

    public RerouteForecaster Forecaster { get; }

    public OperationUndo Undo { get; }

    public Books Books { get; }

    public EventLog Events => new(Database.DataSource, NullLogger<EventLog>.Instance);

    public InterruptedWork Interrupted { get; }

    public Retention Retention(TimeProvider clock) =>
        new(Database.DataSource, Events, clock);

    /// <summary>A queue that has not been started: nothing is claimed or delivered until <see cref="StartAsync"/>.</summary>
    public static async Task<TestQueue> CreateAsync(ScriptedConnector connector, RoutingTable? table = null, TestQueue? after = null)
    {
        var database = after?.Database ?? await TestDatabase.CreateAsync();
        var folder = after?.Folder ?? Directory.CreateTempSubdirectory("postern-queue-").FullName;
        var worker = await WorkerIdentity.RegisterAsync(database.DataSource, folder, "test", CancellationToken.None);
        var connectorId = after?.Runtime.Id ?? await ScalarAsync<long>(
            database, "insert into connector (name, kind) values ('smtp-test', 'smtp') returning id");
        return new TestQueue(database, after is null, worker, folder, connector, connectorId, table ?? RoutingTable.Empty);
    }

    public async Task StartAsync(bool attach = true)
    {
        await Recorder.StartAsync(CancellationToken.None);
        await Dispatcher.StartAsync(CancellationToken.None);
        await Intake.StartAsync(CancellationToken.None);
        Reports.Written += () => Dispatcher.Wake();
        if (attach)
        {
            Dispatcher.Attach(Runtime);
        }
    }

    public async Task StopAsync()
    {
        await Intake.StopAsync(CancellationToken.None);
        await Dispatcher.StopAsync(CancellationToken.None);
        await Recorder.StopAsync(CancellationToken.None);
    }

    /// <summary>A message from <c>sender@a.example</c> to the given recipients by this queue's connector.</summary>
    public IncomingMessage Message(string text, params string[] recipients) => new()
    {
        Source = "test",
        Sender = MailAddress.Parse("sender@a.example"),
        Subject = text,
        Recipients = [.. recipients.Select(recipient => To(recipient))],
        Content = MessageContent.FromMemory(Encoding.ASCII.GetBytes($"From: sender@a.example\r\nSubject: {text}\r\n\r\n{text}\r\n")),
    };

    public IncomingRecipient To(string recipient, Notify notify = Notify.Unspecified) => new(
        new RouteDecision.Routed(new RoutedConnector(Runtime.Id, Runtime.Name, "smtp"), MailAddress.Parse(recipient), "peer", true, []), recipient, notify);

    /// <summary>Accepts a message and returns its id.</summary>
    public async Task<long> AcceptAsync(IncomingMessage message) =>
        (await Intake.AcceptAsync(message, CancellationToken.None)).ShouldBeOfType<IntakeResult.Accepted>().MessageId;

    /// <summary>Waits until a query over the queue's tables returns the expected count, at most ten seconds.</summary>
    public async Task UntilAsync(string countSql, long expected)
    {
        var limit = TimeProvider.System.GetTimestamp();
        long last = -1;
        while (TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(10))
        {
            last = await ScalarAsync<long>(Database, countSql);
            if (last == expected)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new TimeoutException($"{countSql} is {last}, not {expected}.");
    }

    public Task<T> ScalarAsync<T>(string sql) => ScalarAsync<T>(Database, sql);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        attempts.Dispose();
        ids.Dispose();
        chunks.Dispose();
        if (ownsDatabase)
        {
            await Database.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task<T> ScalarAsync<T>(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
