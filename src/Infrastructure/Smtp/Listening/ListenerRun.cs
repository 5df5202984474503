using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>One life of a listener, from bind to the end of its last session.</summary>
internal sealed class ListenerRun : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ListenerContext context;
    private readonly IConnectionListener bound;
    private readonly SessionSlots slots;
    private readonly ConcurrentDictionary<long, (SmtpSession Session, SessionChannel Channel, SessionDeadline Deadline, Task Task)> sessions = new();
    private readonly CancellationTokenSource unbinding = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly ITimer ticking;
    private readonly Task accepting;

    private ListenerRun(ListenerContext context, IConnectionListener bound)
    {
        this.context = context;
        this.bound = bound;
        EndPoint = (IPEndPoint)bound.EndPoint;
        slots = new SessionSlots(context.Settings.MaxSessions, context.Settings.MaxSessionsPerClient);
        ticking = context.Clock.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
        accepting = Task.Run(AcceptAsync);
    }

    public IPEndPoint EndPoint { get; }

    public int Sessions => sessions.Count;

    public string? CertificateThumbprint => context.Certificate?.Thumbprint;

    /// <exception cref="ListenerException">The address cannot be bound.</exception>
    public static async Task<ListenerRun> StartAsync(ListenerContext context, CancellationToken cancellationToken)
    {
        var options = new SocketTransportOptions { NoDelay = true, MaxReadBufferSize = 256 * 1024, MaxWriteBufferSize = 64 * 1024 };
        var factory = new SocketTransportFactory(Options.Create(options), NullLoggerFactory.Instance);
        var settings = context.Settings;
        ListenerEndPoint.TryParse(settings.Host, settings.Port, out var endPoint);
        try
        {
            Directory.CreateDirectory(context.SpoolFolder);
            var bound = await factory.BindAsync(endPoint, cancellationToken);
            ListenerLog.Listening(context.Logger, $"{bound.EndPoint}");
            return new ListenerRun(context, bound);
        }
        catch (AddressInUseException e)
        {
            throw new ListenerException($"Port {settings.Port} of {settings.Host} is in use by another program.", e);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ListenerException($"Cannot listen on port {settings.Port} of {settings.Host}: {e.Message}", e);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await unbinding.CancelAsync();
        await bound.UnbindAsync(CancellationToken.None);
        await accepting;
        foreach (var (_, entry) in sessions)
        {
            entry.Deadline.StopWithin(context.Settings.StopTimeout);
            entry.Session.Stop();
        }

        var all = Task.WhenAll(sessions.Values.Select(entry => entry.Task));
        try
        {
            await all.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await aborting.CancelAsync();
            foreach (var (_, entry) in sessions)
            {
                entry.Channel.Abort("The listener stops now.");
            }

            await all;
        }

        ListenerLog.Stopped(context.Logger, $"{EndPoint}");
    }

    public async ValueTask DisposeAsync()
    {
        await ticking.DisposeAsync();
        await bound.DisposeAsync();
        unbinding.Dispose();
        aborting.Dispose();
    }

    private async Task AcceptAsync()
    {
        // A random start keeps trace ids of different lives and processes apart.
        for (var number = Random.Shared.NextInt64(1L << 40); !unbinding.IsCancellationRequested; number++)
        {
            try
            {
                if (await bound.AcceptAsync(CancellationToken.None) is not { } connection)
                {
                    return;
                }

                Begin(connection, number);
            }
            catch (Exception e)
            {
                ListenerLog.AcceptFailed(context.Logger, e);
                await Task.Delay(TickInterval, context.Clock, unbinding.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(ConnectionContext connection, long number)
    {
        var deadline = new SessionDeadline(context.Clock, context.Settings.SessionTimeout);
        var channel = new SessionChannel(connection, deadline, context.Clock);
        var session = new SmtpSession(context, channel, number, aborting.Token);
        var refusal = slots.Enter(channel.Client);
        var begun = new TaskCompletionSource();
        sessions[number] = (session, channel, deadline, TalkAsync(session, channel, refusal, number, begun.Task));
        begun.SetResult();
    }

    private async Task TalkAsync(SmtpSession session, SessionChannel channel, SmtpReply? refusal, long number, Task begun)
    {
        await begun.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await session.RunAsync(refusal);
        }
        catch (Exception e)
        {
            ListenerLog.SessionFailed(context.Logger, e, session.Peer);
        }
        finally
        {
            if (refusal is null)
            {
                slots.Leave(channel.Client);
            }

            sessions.TryRemove(number, out _);
        }
    }

    private void Tick()
    {
        var now = context.Clock.GetTimestamp();
        foreach (var (_, entry) in sessions)
        {
            entry.Channel.Tick(now);
        }
    }
}
