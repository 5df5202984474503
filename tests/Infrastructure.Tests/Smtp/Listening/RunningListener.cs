using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

/// <summary>What the intake was given, with the content as it was then.</summary>
internal sealed record AcceptedMessage(IncomingMessage Message, byte[] Content)
{
    public string Text => Encoding.Latin1.GetString(Content);

    /// <summary>The content behind our trace field.</summary>
    public string Sent
    {
        get
        {
            var end = 0;
            do
            {
                end = Text.IndexOf("\r\n", end, StringComparison.Ordinal) + 2;
            }
            while (end < Text.Length && Text[end] is ' ' or '\t');
            return Text[end..];
        }
    }
}

/// <summary>A listener on a free port of this machine with a small directory behind it, and an intake that keeps what it is given.</summary>
internal sealed class RunningListener : IAsyncDisposable
{
    private static readonly string[] People = ["Doe, Jane at SALES", "Roe, Richard at SALES", "Postmaster at SALES", "Loop at CIRCLE"];
    private readonly string spoolFolder = Path.Combine(Path.GetTempPath(), $"postern-listener-{Guid.NewGuid():N}");
    private long lastId;

    private RunningListener(TimeProvider clock, FullStorage? fullStorage, StorageRoom? room)
    {
        Listener = new SmtpListener("test", "mx.site1.example", () => Routes, AcceptAsync, spoolFolder, clock, NullLogger<SmtpListener>.Instance, fullStorage, room);
    }

    public SmtpListener Listener { get; }

    public RoutingTable Routes { get; set; } = Table();

    public ConcurrentQueue<AcceptedMessage> Accepted { get; } = new();

    /// <summary>Answers instead of the usual acceptance.</summary>
    public Func<IncomingMessage, Task<IntakeResult>>? Intake { get; set; }

    public IPEndPoint EndPoint => Listener.EndPoint!;

    public IEnumerable<string> SpoolFiles => Directory.EnumerateFiles(spoolFolder);

    public string SpoolFolder => spoolFolder;

    public static async Task<RunningListener> StartAsync(
        ListenerSettings? settings = null, TimeProvider? clock = null, FullStorage? fullStorage = null, StorageRoom? room = null)
    {
        var running = new RunningListener(clock ?? TimeProvider.System, fullStorage, room);
        await running.Listener.StartAsync((settings ?? new ListenerSettings()) with { Port = 0 }, CancellationToken.None);
        return running;
    }

    public Task<SmtpTestClient> ConnectAsync() => SmtpTestClient.ConnectAsync(EndPoint);

    /// <summary>A client that has been greeted and has said EHLO.</summary>
    public async Task<SmtpTestClient> GreetAsync()
    {
        var client = await ConnectAsync();
        (await client.ReplyAsync()).ShouldStartWith("220 ");
        (await client.SayAsync("EHLO client.example")).ShouldStartWith("250-");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        Directory.Delete(spoolFolder, recursive: true);
    }

    private static RoutingTable Table()
    {
        Entry[] entries =
        [
            Person(1, People[0], "jane@site1.example", "jane.doe@site1.example", "j\u00e4ne@site1.example"),
            Person(2, People[1], "richard@site1.example"),
            Person(3, People[2], "postmaster@site1.example"),
            Person(4, People[3], "loop@site1.example"),
        ];
        return new RoutingTable(
            1,
            [new Site("Site1", ["site1.example"], "SITE1", "", "")],
            [new PostOffice("CCMAIL", "SALES", "sales", ""), new PostOffice("CCMAIL", "CIRCLE", "", "CIRCLE")],
            [new AddressSpace("SMTP", "peer.example", 1, "peer")],
            [new RoutedConnector(1, "sales", "ccmail"), new RoutedConnector(2, "peer", "smtp")],
            new AddressBook(entries));
    }

    private static Entry Person(long id, string name, params string[] proxies) =>
        new(id, name, EntryKind.Person, MailAddress.Parse($"CCMAIL:{name}"), [.. proxies.Select(MailAddress.Parse)]);

    private async Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (Intake is not null && await Intake(message) is var answer and not IntakeResult.Accepted)
        {
            return answer;
        }

        Accepted.Enqueue(new AcceptedMessage(message, message.Content.AsSequence().ToArray()));
        return new IntakeResult.Accepted(Interlocked.Increment(ref lastId));
    }
}
