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
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Lab;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>A connector and a pickup to the lab post office SALES, whose programs run as child processes, on a database of their own.</summary>
internal sealed class CcMailLab : IAsyncDisposable
{
    public const long ConnectorId = 7;

    private readonly TestDatabase database;
    private readonly ConcurrentDictionary<PickupIdentity, long> identities = [];

    private CcMailLab(TestDatabase database, string labSettings)
    {
        this.database = database;
        PostOffice = new LabPostOffice(labSettings);
        Spool = Directory.CreateDirectory(PostOffice.At("../spool")).FullName;
        Restart();
    }

    public LabPostOffice PostOffice { get; }

    public string Spool { get; }

    public CcMailConnectorSettings Settings { get; set; } = new()
    {
        PostOfficeName = "SALES",
        SiteName = "SITE1",
        TimeZone = "UTC",
        ImportTimeLimit = 20,
        ExportTimeLimit = 20,
        ImportProgram = [LabProgram.Path, "import", "/N{site}", "/P{password}", "/D{path}", "/BATCH", "/ITEMSIZE", "/PARTIAL", "/FILES/MACBIN2", "/@{file}"],
        ExportProgram = [LabProgram.Path, "export", "/N{site}", "/P{password}", "/D{path}", "/BATCH", "/ITEMSIZE", "/FORMAT/FAN", "/FILES/MACBIN2", "/@{file}"],
    };

    public string Password { get; set; } = "LAB";

    /// <summary>Capture mode; none until a test sets it and restarts.</summary>
    public ConnectorCopies? Copies { get; set; }

    public Npgsql.NpgsqlDataSource DataSource => database.DataSource;

    public CcMailLink Link { get; private set; } = null!;

    public CcMailConnector Connector { get; private set; } = null!;

    public CcMailPickup Pickup { get; private set; } = null!;

    /// <summary>What the intake took from the pickup.</summary>
    public List<IncomingMessage> Accepted { get; } = [];

    /// <summary>The content of what the intake took.</summary>
    public List<string> Contents { get; } = [];

    /// <summary>Says no to the pickup.</summary>
    public Func<IncomingMessage, IntakeResult?> Intake { get; set; } = _ => null;

    public static async Task<CcMailLab> CreateAsync(string labSettings = "") => new(await TestDatabase.CreateAsync(), labSettings);

    /// <summary>A new process would make these anew, with nothing remembered.</summary>
    public void Restart(TimeSpan? grace = null)
    {
        Settings = Settings with { PostOfficePath = PostOffice.Folder, WorkFolder = PostOffice.At("../ccmcdata") };
        var root = Path.GetFullPath(PostOffice.At(".."));
        var allowed = new AllowedPaths([AppContext.BaseDirectory], [root]);
        var programs = new ExternalProgram(allowed, TimeProvider.System, NullLogger<ExternalProgram>.Instance);
        var runs = new ForeignRuns(database.DataSource, "test", TimeProvider.System, NullLogger<ForeignRuns>.Instance);
        var events = new EventLog(database.DataSource, NullLogger<EventLog>.Instance);
        Link = new CcMailLink(
            ConnectorId, "sales", Settings, Password, Path.Combine(root, "locks"), Spool, allowed, programs, runs, events, database.DataSource,
            () => Routes, HtmlText.Of, TimeProvider.System)
        {
            StopGrace = grace ?? TimeSpan.FromSeconds(10),
            Copies = Copies,
        };
        Connector = new CcMailConnector(Link, new ContentStore(database.DataSource, Spool), AcceptAsync);
        Pickup = new CcMailPickup(Link, AcceptAsync);
    }

    /// <summary>SITE1 and SITE2 are ours, SALES and DEPOT are post offices, everything else on the internet goes to a smart host.</summary>
    public RoutingTable Routes { get; set; } = new(
        1,
        [new Site("Site 1", ["site1.example"], "SITE1", "", ""), new Site("Site 2", ["site2.example"], "SITE2", "", "")],
        [new PostOffice("CCMAIL", "SALES", "sales", ""), new PostOffice("CCMAIL", "DEPOT", "", "SALES")],
        [new AddressSpace("SMTP", "*", 1, "internet")],
        [new RoutedConnector(ConnectorId, "sales", "ccmail"), new RoutedConnector(8, "internet", "smtp")],
        new AddressBook([
            Person("Novak, Petra", "CCMAIL:Novak, Petra at SALES", "petra.novak@site1.example"),
            Person("Okafor, Ngozi", "ngozi.okafor@backbone.example", "CCMAIL:Okafor, Ngozi at SITE2", "ngozi.okafor@site2.example"),
        ]));

    public string Folder(string name) => Path.Combine(Link.Settings.WorkFolder, name);

    public string[] FilesIn(string folder) => [.. Directory.EnumerateFileSystemEntries(Folder(folder)).Select(path => Path.GetFileName(path)).Order()];

    public static Entry Person(string name, string native, params string[] proxies) =>
        new(0, name, EntryKind.Person, MailAddress.Parse(native), [.. proxies.Select(MailAddress.Parse)]);

    /// <summary>A transfer of one message to recipients at SALES, each named in To; deliveries are numbered from <paramref name="id"/>.</summary>
    public static Transfer Mail(long id, string subject, params string[] names) => Letter(id, subject, "jane@customer.example", "", names);

    public static Transfer Letter(long id, string subject, string? sender, string content, params string[] names)
    {
        var recipients = names.Length > 0 ? names : ["Keane, Orla"];
        var text = content.Length > 0
            ? content
            : $"From: Jane Doe <{sender}>\r\nTo: x@site1.example\r\nSubject: {subject}\r\nDate: Sat, 14 Mar 1998 14:05:00 +0000\r\n\r\nHello\r\n";
        return new Transfer
        {
            Id = id,
            MessageId = id - 1,
            AcceptedAt = new DateTimeOffset(1998, 3, 14, 14, 5, 0, TimeSpan.Zero),
            Destination = "SALES",
            Sender = sender is null ? null : MailAddress.Parse(sender),
            Size = text.Length,
            Deliveries =
            [
                .. recipients.Select((name, i) => new TransferDelivery(
                    id + i, MailAddress.Parse($"CCMAIL:{name} at SALES"), "x@site1.example", RecipientClass.To, Notify.Unspecified, 0)),
            ],
            Content = MessageContent.FromMemory(Encoding.Latin1.GetBytes(text)),
        };
    }

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(params Transfer[] transfers) =>
        await Connector.DeliverAsync(transfers, CancellationToken.None);

    /// <summary>Subjects in a mailbox of the post office.</summary>
    public string[] Mailbox(string name = "Keane, Orla") => [.. PostOffice.Mailbox(name).Select(message => message.Subject)];

    /// <summary>Puts a message into the queue of SITE1, in the lab's own form.</summary>
    public void Wait(int number, string subject, params string[] recipients) =>
        PostOffice.Wait($"{number:D8}.ccm", LabPostOffice.Mail(subject, recipients) with
        {
            Header =
            [
                new HeaderLine("From", "Novak, Petra at SALES"),
                .. LabPostOffice.Mail(subject, recipients).Header.Skip(1),
            ],
        });

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
    public async Task QueueAsync(Transfer transfer, string subject = "")
    {
        foreach (var delivery in transfer.Deliveries)
        {
            await using var command = database.DataSource.CreateCommand(
                """
                insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, subject, size,
                                      state, due_at, expires_at, route_version)
                     values ($1, $1, $1, $1, now(), $2, 'SALES', $3, '', $4, 1, 'queued', now(), now() + interval '1 day', 1)
                """);
            command.Parameters.Add(new() { Value = delivery.Id });
            command.Parameters.Add(new() { Value = ConnectorId });
            command.Parameters.Add(new() { Value = delivery.Recipient.ToString() });
            command.Parameters.Add(new() { Value = subject });
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Connector.DisposeAsync();
        foreach (var run in await new ForeignRuns(database.DataSource, "", TimeProvider.System, NullLogger<ForeignRuns>.Instance).OpenAsync(ConnectorId, CancellationToken.None))
        {
            foreach (var process in ForeignProcess.OfRun(run.Id, Link.LockFile))
            {
                await process.EndGroupAsync(TimeProvider.System);
            }
        }

        await database.DisposeAsync();
        PostOffice.Dispose();
    }

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
