using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>One connection to a smart host: bytes out, replies in, each step under its time limit.</summary>
/// <remarks>
/// Used by one caller at a time. It knows how a conversation opens (the other part of this class); what is said in a transaction is
/// <see cref="SmtpTransaction"/>. Every failure comes out as a <see cref="ConversationException"/>, after which the connection is not used again.
/// </remarks>
internal sealed partial class SmtpConversation : IAsyncDisposable
{
    /// <summary>How long a message whose content is under way may take once Postern stops; a broken end would be repeated.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private const int InputSize = 2 * SmtpReplyParser.LongestLine;

    private readonly Socket socket;
    private readonly SmtpConnectorSettings settings;
    private readonly CancellationTokenSource deadline;
    private readonly SmtpReplyParser parser = new();
    private readonly byte[] input = new byte[InputSize];
    private readonly Lock gate = new();
    private CancellationTokenRegistration stopRegistration;
    private Stream stream;
    private int inputStart;
    private int inputEnd;
    private bool isStopping;
    private bool mustFinish;

    private SmtpConversation(Socket socket, SmartHost host, IPEndPoint address, SmtpConnectorSettings settings, TimeProvider clock)
    {
        this.socket = socket;
        this.settings = settings;
        Host = host;
        Remote = RemoteText(host, address);
        stream = new NetworkStream(socket, ownsSocket: true);
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    public SmartHost Host { get; }

    /// <summary>Host, address and port, as they stand in the timeline of a delivery.</summary>
    public string Remote { get; }

    public PeerExtensions Extensions { get; private set; } = PeerExtensions.None;

    /// <summary>The sentence of a delivered message.</summary>
    public string TakenReason { get; private set; } = "";

    /// <summary>Commands that are written by the next <see cref="FlushAsync"/>.</summary>
    public ArrayBufferWriter<byte> Commands { get; } = new(1024);

    /// <summary>Room for a block of content.</summary>
    public byte[] Block { get; } = new byte[64 * 1024];

    /// <summary>Transactions begun on this connection.</summary>
    public int Messages { get; private set; }

    public bool IsReused => Messages > 1;

    /// <summary>A transaction was begun and not ended; the next one starts with RSET.</summary>
    public bool NeedsReset { get; set; }

    /// <summary>May another transaction follow?</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>When it was last used, in <see cref="TimeProvider.GetTimestamp"/> units; set by the pool.</summary>
    public long IdleSince { get; set; }

    /// <summary>Has the peer hung up, or said something nobody asked for, while the connection was idle?</summary>
    public bool HasUnasked
    {
        get
        {
            try
            {
                return inputEnd > inputStart || socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Has the peer answered while content was still being sent? Under TLS the bytes may be something else, so nobody asks.</summary>
    public bool HasEarlyReply => stream is NetworkStream && (inputEnd > inputStart || socket.Available > 0);

    public static string RemoteText(SmartHost host, IPEndPoint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{host.Name}[{address.Address}]:{address.Port}");

    /// <summary>Begins a transaction: from now on a stop breaks it off, unless <see cref="MustFinish"/> was called.</summary>
    public void Begin(CancellationToken stop)
    {
        Messages++;
        ListenForStop(stop);
    }

    /// <summary>From here on a stop leaves <see cref="StopGrace"/> to come to the end.</summary>
    public void MustFinish()
    {
        lock (gate)
        {
            ThrowIfStopping();
            mustFinish = true;
        }
    }

    /// <summary>Ends a transaction, however it went.</summary>
    public void End()
    {
        stopRegistration.Dispose();
        lock (gate)
        {
            mustFinish = false;
            if (isStopping)
            {
                IsUsable = false;
            }
            else if (IsUsable)
            {
                deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>No further transaction: the peer said so, or its answers cannot be trusted to fit our commands.</summary>
    public void Abandon() => IsUsable = false;

    /// <summary>Sends <see cref="Commands"/> in one write.</summary>
    public ValueTask FlushAsync(SmtpPhase phase) => WriteAsync(Commands.WrittenMemory, phase);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, SmtpPhase phase)
    {
        StartClock(phase);
        try
        {
            await stream.WriteAsync(bytes, deadline.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            throw Broken(phase, e);
        }
    }

    /// <summary>Reads one reply, all of it within the limit of its phase.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SmtpReply> ReadReplyAsync(SmtpPhase phase)
    {
        StartClock(phase);
        while (true)
        {
            var progress = parser.Read(input.AsSpan(inputStart, inputEnd - inputStart), out var consumed);
            inputStart += consumed;
            if (progress == ReplyProgress.Complete)
            {
                if (parser.Reply.EndsConversation)
                {
                    IsUsable = false;
                }

                return parser.Reply;
            }

            if (progress == ReplyProgress.Faulty)
            {
                IsUsable = false;
                throw new ConversationException("4.5.0", $"{Host.Name} {parser.Fault}.", Remote);
            }

            await FillAsync(phase);
        }
    }

    /// <summary>Reads a reply that may have come before the connection broke; null when none did.</summary>
    public async ValueTask<SmtpReply?> ReadLastWordsAsync()
    {
        try
        {
            var progress = parser.Read(input.AsSpan(inputStart, inputEnd - inputStart), out var consumed);
            inputStart += consumed;
            while (progress == ReplyProgress.Incomplete && stream is NetworkStream && socket.Available > 0)
            {
                MakeRoom();
                var count = await socket.ReceiveAsync(input.AsMemory(inputEnd), CancellationToken.None);
                inputEnd += count;
                progress = parser.Read(input.AsSpan(inputStart, inputEnd - inputStart), out consumed);
                inputStart += consumed;
            }

            return progress == ReplyProgress.Complete ? parser.Reply : null;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Says good-bye where the peer still listens, and closes. Never throws.</summary>
    public ValueTask DisposeAsync() => LeaveAsync(waits: true);

    // An opening that failed does not wait for the answer: the next address has its turn at once.
    private async ValueTask LeaveAsync(bool waits)
    {
        if (IsUsable)
        {
            try
            {
                await WriteAsync("QUIT\r\n"u8.ToArray(), SmtpPhase.Quit);
                if (waits)
                {
                    await ReadReplyAsync(SmtpPhase.Quit);
                }
            }
            catch (ConversationException)
            {
                // It was to end anyway.
            }
        }

        IsUsable = false;
        await stream.DisposeAsync();
        deadline.Dispose();
    }

    private async ValueTask FillAsync(SmtpPhase phase)
    {
        MakeRoom();
        int count;
        try
        {
            count = await stream.ReadAsync(input.AsMemory(inputEnd), deadline.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            throw Broken(phase, e);
        }

        if (count == 0)
        {
            IsUsable = false;
            throw new ConversationException("4.4.2", $"{Host.Name} closed the connection instead of answering {phase.InWords()}.", Remote);
        }

        inputEnd += count;
    }

    private void MakeRoom()
    {
        if (inputStart == inputEnd)
        {
            inputStart = inputEnd = 0;
        }
        else if (inputStart > 0)
        {
            input.AsSpan(inputStart, inputEnd - inputStart).CopyTo(input);
            inputEnd -= inputStart;
            inputStart = 0;
        }
    }

    private void ListenForStop(CancellationToken stop) =>
        stopRegistration = stop.UnsafeRegister(static conversation => ((SmtpConversation)conversation!).Stop(), this);

    private void Stop()
    {
        lock (gate)
        {
            isStopping = true;
            if (mustFinish)
            {
                deadline.CancelAfter(StopGrace);
                return;
            }
        }

        deadline.Cancel();
    }

    private void StartClock(SmtpPhase phase)
    {
        lock (gate)
        {
            if (!isStopping)
            {
                deadline.CancelAfter(settings.Timeouts.Of(phase));
            }
            else if (!mustFinish)
            {
                ThrowIfStopping();
            }
        }
    }

    private void ThrowIfStopping()
    {
        if (isStopping)
        {
            IsUsable = false;
            throw new ConversationException("", "Postern stops.", Remote) { IsStop = true };
        }
    }

    private ConversationException Broken(SmtpPhase phase, Exception cause)
    {
        IsUsable = false;
        if (cause is OperationCanceledException)
        {
            return isStopping
                ? new ConversationException("4.4.2", $"Postern stopped before {Host.Name} answered {phase.InWords()}.", Remote) { IsStop = true }
                : new ConversationException("4.4.2", TooSlow(phase), Remote, cause: cause);
        }

        var words = (cause as SocketException ?? cause.InnerException as SocketException)?.Message ?? cause.Message;
        return new ConversationException("4.4.2", $"The connection to {Host.Name} broke at {phase.InWords()}: {words.TrimEnd('.')}.", Remote, cause: cause);
    }

    private string TooSlow(SmtpPhase phase)
    {
        var limit = Words.Duration(settings.Timeouts.Of(phase));
        return phase == SmtpPhase.Block
            ? $"{Host.Name} took no content for {limit}."
            : $"{Host.Name} did not answer {phase.InWords()} within {limit}.";
    }
}
