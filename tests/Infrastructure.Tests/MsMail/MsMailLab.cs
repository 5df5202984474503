using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>A connector and a pickup to HARBOR/PIER1, whose programs run as child processes, on a database of their own.</summary>
internal sealed class MsMailLab : IAsyncDisposable
{
    public const long ConnectorId = 7;

    private readonly TestDatabase database;
    private readonly ConcurrentDictionary<PickupIdentity, long> identities = [];

    private MsMailLab(TestDatabase database)
    {
        this.database = database;
        Restart();
    }

    public Harbor Harbor { get; } = new();

    public Npgsql.NpgsqlDataSource DataSource => database.DataSource;

    public MsMailConnectorSettings Settings { get; set; } = new()
    {
        PostOfficeName = "HARBOR/PIER1",
        SiteName = "POSTERN/SITE1",
        TimeZone = "UTC",
        PutTimeLimit = 20,
        GetTimeLimit = 20,
        MessagesPerPut = 50,
        PutProgram = [LabProgram.Path, "gtwput", "-a{administrator}:{password}", "-d{path}", "-f2", "{file}"],
        GetProgram = [LabProgram.Path, "gtwget", "{site}", "-a{administrator}:{password}", "-d{path}", "-f2", "-n{count}", "{file}"],
    };

    public string Password { get; set; } = "PASSWORD";

    public MsMailLink Link { get; private set; } = null!;

    public MsMailConnector Connector { get; private set; } = null!;

    public MsMailPickup Pickup { get; private set; } = null!;

    /// <summary>What the intake took from the pickup.</summary>
    public List<IncomingMessage> Accepted { get; } = [];

    /// <summary>The content of what the intake took.</summary>
    public List<string> Contents { get; } = [];

    /// <summary>Says no to the pickup.</summary>
    public Func<IncomingMessage, IntakeResult?> Intake { get; set; } = _ => null;

    /// <summary>SITE1 and SITE2 are ours, HARBOR is reached by this connector, BAY by another one, everything on the internet by a smart host.</summary>
    public RoutingTable Routes { get; set; } = new(
        1,
        [new Site("Site 1", ["site1.example"], "", "POSTERN", "SITE1"), new Site("Site 2", ["site2.example"], "", "POSTERN", "SITE2")],
        [
            new PostOffice("MS", "HARBOR/PIER1", "pier1", ""), new PostOffice("MS", "HARBOR/PIER2", "", "HARBOR/PIER1"),
            new PostOffice("MS", "BAY/DOCK", "dock", ""), new PostOffice("MS", "BAY/MEL227TRK", "dock", ""),
        ],
        [new AddressSpace("SMTP", "*", 1, "internet")],
        [new RoutedConnector(ConnectorId, "pier1", "msmail"), new RoutedConnector(8, "internet", "smtp"), new RoutedConnector(9, "dock", "msmail")],
        new AddressBook([
            Person("Anna Berg", "MS:HARBOR/PIER1/ANNAB", "anna.berg@site1.example"),
            Person("Ngozi Okafor", "ngozi.okafor@backbone.example", "MS:POSTERN/SITE2/NGOZIO", "ngozi.okafor@site2.example"),
        ]));

    public static async Task<MsMailLab> CreateAsync() => new(await TestDatabase.CreateAsync());

    /// <summary>A new process would make these anew, with nothing remembered.</summary>
    public void Restart(TimeSpan? grace = null)
    {
        Settings = Settings with
        {
            PostOfficePath = Harbor.Pier1,
            WorkFolder = Path.Combine(Harbor.Root, "work"),
            ExchangeFolder = Settings.Transport == MsMailTransport.Folder ? Harbor.Exchange : "",
        };
        var allowed = new AllowedPaths([AppContext.BaseDirectory], [Harbor.Root]);
        Link = new MsMailLink(ConnectorId, "pier1", Settings, Password, new MsMailHouse
        {
            LockFolder = Path.Combine(Harbor.Root, "locks"),
            SpoolFolder = Directory.CreateDirectory(Path.Combine(Harbor.Root, "spool")).FullName,
            Allowed = allowed,
            Programs = new ExternalProgram(allowed, TimeProvider.System, NullLogger<ExternalProgram>.Instance),
            Runs = new ForeignRuns(database.DataSource, "test", TimeProvider.System, NullLogger<ForeignRuns>.Instance),
            Events = new EventLog(database.DataSource, NullLogger<EventLog>.Instance),
            Database = database.DataSource,
            Routes = () => Routes,
            HtmlToText = HtmlText.Of,
            Clock = TimeProvider.System,
        })
        {
            StopGrace = grace ?? TimeSpan.FromSeconds(10),
        };
        Connector = new MsMailConnector(Link, new ContentStore(database.DataSource, Link.House.SpoolFolder));
        Pickup = new MsMailPickup(Link, AcceptAsync);
    }

    public string[] FilesIn(string folder) => [.. Directory.GetFiles(Path.Combine(Link.Settings.WorkFolder, folder)).Select(path => Path.GetFileName(path)).Order()];

    /// <summary>A transfer of one message; deliveries are numbered from <paramref name="id"/>, mailboxes without a slash are at PIER1.</summary>
    public static Transfer Mail(long id, string subject, params string[] mailboxes) => Letter(id, "jane@customer.example", Text(subject), mailboxes);

    public static string Text(string subject, string body = "Hello\r\n") =>
        $"From: Jane Doe <jane@customer.example>\r\nTo: x@site1.example\r\nSubject: {subject}\r\nDate: Sat, 14 Mar 1998 14:05:00 +0000\r\n\r\n{body}";

    public static Transfer Letter(long id, string? sender, string content, params string[] mailboxes) => new()
    {
        Id = id,
        MessageId = id - 1,
        AcceptedAt = new DateTimeOffset(1998, 3, 14, 14, 5, 0, TimeSpan.Zero),
        Destination = "HARBOR/PIER1",
        Sender = sender is null ? null : MailAddress.Parse(sender),
        Size = content.Length,
        Deliveries =
        [
            .. (mailboxes.Length > 0 ? mailboxes : ["ANNAB"]).Select((mailbox, i) => new TransferDelivery(
                id + i, MailAddress.Parse(mailbox.Contains('/', StringComparison.Ordinal) ? $"MS:{mailbox}" : $"MS:HARBOR/PIER1/{mailbox}"),
                "x@site1.example", RecipientClass.To, Notify.Unspecified, 0)),
        ],
        Content = MessageContent.FromMemory(Encoding.Latin1.GetBytes(content)),
    };

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(params Transfer[] transfers) => await Connector.DeliverAsync(transfers, CancellationToken.None);

    public Task<PickupRound> PickUpAsync() => Pickup.PickUpAsync(CancellationToken.None);

    /// <summary>The texts of all events, oldest first.</summary>
    public async Task<IReadOnlyList<(int Code, string Text)>> EventsAsync()
    {
        await using var command = database.DataSource.CreateCommand("select code, text from event order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<(int, string)>();
        while (await reader.ReadAsync())
        {
            events.Add((reader.GetInt32(0), reader.GetString(1)));
        }

        return events;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Makes the deliveries of a transfer live in the queue, as they are while a connector has them.</summary>
    public async Task QueueAsync(Transfer transfer)
    {
        foreach (var delivery in transfer.Deliveries)
        {
            await using var command = database.DataSource.CreateCommand(
                """
                insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, subject, size,
                                      state, due_at, expires_at, route_version)
                     values ($1, $1, $1, $1, now(), $2, 'HARBOR/PIER1', $3, '', '', 1, 'queued', now(), now() + interval '1 day', 1)
                """);
            command.Parameters.Add(new() { Value = delivery.Id });
            command.Parameters.Add(new() { Value = ConnectorId });
            command.Parameters.Add(new() { Value = delivery.Recipient.ToString() });
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Connector.DisposeAsync();
        foreach (var run in await Link.House.Runs.OpenAsync(ConnectorId, CancellationToken.None))
        {
            foreach (var process in ForeignProcess.OfRun(run.Id, Link.LockFile))
            {
                await process.EndGroupAsync(TimeProvider.System);
            }
        }

        await database.DisposeAsync();
        Harbor.Dispose();
    }

    private static Entry Person(string name, string native, params string[] proxies) =>
        new(0, name, EntryKind.Person, MailAddress.Parse(native), [.. proxies.Select(MailAddress.Parse)]);

    private Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (Intake(message) is { } refusal)
        {
            return Task.FromResult(refusal);
        }

        var id = identities.Count + 1L;
        if (!identities.TryAdd(message.Identity!, id))
        {
            return Task.FromResult<IntakeResult>(new IntakeResult.AlreadyAccepted(identities[message.Identity!]));
        }

        Accepted.Add(message);
        Contents.Add(Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(message.Content.AsSequence())));
        return Task.FromResult<IntakeResult>(new IntakeResult.Accepted(id));
    }
}
