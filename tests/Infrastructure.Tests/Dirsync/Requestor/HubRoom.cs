using System.Buffers;
using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Infrastructure.Tests.MsMail;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.Requestor;

/// <summary>PIER1 as a synchronisation server of which Postern is a requestor. Mail goes through GTWPUT and GTWGET as child processes.</summary>
internal sealed class HubRoom : PartnerRoom
{
    private readonly List<Transfer> queued = [];
    private long number = 1_000;

    private HubRoom(MsMailLab lab, long partnerId)
    {
        Lab = lab;
        PartnerId = partnerId;
    }

    public MsMailLab Lab { get; }

    public long PartnerId { get; }

    public RequestorSettings Settings { get; set; } = new() { Connector = "pier1", Server = "HARBOR/PIER1" };

    public string Password { get; set; } = "";

    public MsPostOffice Hub => MsPostOffice.Open(Lab.Harbor.Pier1)!;

    public SyncState ServerState => SyncState.Load(Hub);

    public async Task<RequestorState> StateAsync() => (await new RequestorStore(Lab.DataSource, PartnerId).FindAsync(CancellationToken.None)).State;

    public static async Task<HubRoom> EnterAsync(bool isRegistered = true)
    {
        var lab = await MsMailLab.CreateAsync();
        await using var command = lab.DataSource.Command(
            """insert into partner (name, kind, settings) values ('hub', 'dirsync', '{"connector":"pier1","server":"harbor/pier1"}') returning id""");
        var room = new HubRoom(lab, (long)(await command.ExecuteScalarAsync())!);
        if (isRegistered)
        {
            room.Server("--register", "POSTERN/SITE1");
        }

        return room;
    }

    /// <summary>A step of the server, or what its administrator does.</summary>
    public void Server(params string[] arguments) => SyncServer.Run([Lab.Harbor.Pier1, .. arguments]).ShouldBe(0);

    /// <summary>The kind as a console has it; mail goes the same way.</summary>
    public RequestorKind Kind => new(new Postern.Infrastructure.MsMail.MsMailLinks(Lab.DataSource, _ => Lab.Link), Lab.DataSource, null!, QueueAsync);

    public override Task<IPartnerDirectory> OpenAsync() =>
        Task.FromResult<IPartnerDirectory>(new RequestorDirectory(Lab.Link, Settings, new RequestorStore(Lab.DataSource, PartnerId), QueueAsync, Password));

    public override string AddressOf(string name) => $"MS:POSTERN/SITE1/{name}";

    public override Task<IReadOnlyList<string>> ListedAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. ServerState.People.Where(person => person.Origin == "POSTERN/SITE1").Select(person => person.Name)]);

    public override Task PutOwnAsync(string name)
    {
        Server("--add", name, $"HARBOR/PIER1/{name.Length}X");
        return Task.CompletedTask;
    }

    /// <summary>What was mailed arrives, the server makes its step, and its answers come in.</summary>
    public override async Task WorkAsync()
    {
        if (queued.Count == 0)
        {
            await ReadAsync();
        }

        await DeliverAsync();
        Server();
        await Lab.PickUpAsync();
    }

    /// <summary>What was mailed and has not arrived is lost.</summary>
    public void LoseMail() => queued.Clear();

    /// <summary>What was mailed arrives.</summary>
    public async Task DeliverAsync()
    {
        var results = await Lab.DeliverAsync([.. queued]);
        results.ShouldAllBe(result => result.Outcome is Domain.Queue.AttemptOutcome.Delivered);
        queued.Clear();
    }

    /// <summary>Reads, works, and reads what came.</summary>
    public async Task<(ReadResult Result, List<ReadRecord> Records)> ExchangeAsync()
    {
        await ReadAsync();
        await WorkAsync();
        return await ReadAsync();
    }

    /// <summary>Names of the server's people, as our side knows them.</summary>
    public static string[] NamesOf(List<ReadRecord> records) => [.. records.Select(record => record.Entry?.Name).OfType<string>().Order(StringComparer.Ordinal)];

    protected override async Task HeldAsync(IReadOnlyCollection<DirectoryRow> rows)
    {
        await using var connection = await Lab.DataSource.OpenConnectionAsync();
        await using (var clear = connection.Command("delete from held_row where partner_id = $1", PartnerId))
        {
            await clear.ExecuteNonQueryAsync();
        }

        await using var copy = await connection.BeginBinaryImportAsync("copy held_row (partner_id, is_ours, identity, key, name, address, address_key, kind, row_values) from stdin (format binary)");
        foreach (var row in rows)
        {
            await copy.WriteRowAsync(CancellationToken.None, PartnerId, true, row.Identity, row.Key.Stored, row.Name, row.Address, row.AddressKey, (short)row.Kind, row.Values.Text);
        }

        await copy.CompleteAsync();
    }

    public override ValueTask DisposeAsync() => Lab.DisposeAsync();

    // The queue, as far as a connector sees it
    private Task<IntakeResult> QueueAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        var id = number += 10;
        queued.Add(new Transfer
        {
            Id = id,
            MessageId = id - 1,
            AcceptedAt = DateTimeOffset.UnixEpoch,
            Destination = "HARBOR/PIER1",
            Sender = message.Sender,
            Size = message.Content.Length,
            Deliveries = [.. message.Recipients.Select((recipient, i) => new TransferDelivery(id + i, recipient.Route.Target, recipient.OriginalRecipient, recipient.Class, recipient.Notify, 0))],
            Content = MessageContent.FromMemory(message.Content.AsSequence().ToArray()),
        });
        return Task.FromResult<IntakeResult>(new IntakeResult.Accepted(id - 1));
    }
}
