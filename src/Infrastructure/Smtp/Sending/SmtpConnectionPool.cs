using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Gives out conversations with the first smart host that takes one, and keeps them open for the next message.</summary>
internal sealed partial class SmtpConnectionPool : IAsyncDisposable
{
    private const int MostAddresses = 8;
    private const int LongestReason = 1000;

    private readonly string connectorName;
    private readonly SmtpOpening opening;
    private readonly SmartHost[] hosts;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ITimer sweep;
    private readonly Lock gate = new();
    private readonly List<Task> closings = [];
    private bool isDisposed;

    public SmtpConnectionPool(string connectorName, SmtpOpening opening, TimeProvider clock, ILogger logger)
    {
        this.connectorName = connectorName;
        this.opening = opening;
        this.clock = clock;
        this.logger = logger;
        var settings = opening.Settings;
        hosts = [.. settings.SmartHosts.Select(text =>
            SmartHost.TryParse(text, settings.Port, out var host, out var fault) ? host : throw new ArgumentException(fault, nameof(opening)))];
        sweep = clock.CreateTimer(static pool => ((SmtpConnectionPool)pool!).CloseIdle(), this, settings.IdleTimeout, settings.IdleTimeout);
    }

    /// <summary>A conversation that is ready for a transaction; give it back with <see cref="Return"/>.</summary>
    /// <exception cref="ConversationException">No smart host takes one; the message names the cause.</exception>
    public ValueTask<SmtpConversation> TakeAsync(bool mayReuse, CancellationToken stop) =>
        mayReuse && TakeIdle(hosts[0]) is { } idle ? ValueTask.FromResult(idle) : new(OpenFirstAsync(mayReuse, stop));

    /// <summary>Takes a conversation back: it waits for the next message, or says good-bye in the background.</summary>
    public void Return(SmtpConversation conversation)
    {
        lock (gate)
        {
            if (!isDisposed && conversation.IsUsable && conversation.Messages < opening.Settings.MaxMessagesPerConnection)
            {
                conversation.IdleSince = clock.GetTimestamp();
                conversation.Host.Idle.Push(conversation);
                return;
            }

            Close(conversation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await sweep.DisposeAsync();
        Task[] leaving;
        lock (gate)
        {
            isDisposed = true;
            foreach (var host in hosts)
            {
                while (host.Idle.TryPop(out var conversation))
                {
                    Close(conversation);
                }
            }

            leaving = [.. closings];
        }

        await Task.WhenAll(leaving);
    }

    // In order, hosts that were down lately last.
    private async Task<SmtpConversation> OpenFirstAsync(bool mayReuse, CancellationToken stop)
    {
        var failures = new List<ConversationException>();
        var later = new List<SmartHost>();
        foreach (var host in hosts)
        {
            if (mayReuse && TakeIdle(host) is { } idle)
            {
                return idle;
            }

            if (!host.IsUp(clock))
            {
                later.Add(host);
            }
            else if (await TryOpenAsync(host, failures, stop) is { } opened)
            {
                return opened;
            }
        }

        foreach (var host in later)
        {
            if (await TryOpenAsync(host, failures, stop) is { } opened)
            {
                return opened;
            }
        }

        throw Combined(failures);
    }

    private async Task<SmtpConversation?> TryOpenAsync(SmartHost host, List<ConversationException> failures, CancellationToken stop)
    {
        try
        {
            return await OpenAsync(host, stop);
        }
        catch (ConversationException e) when (!e.IsStop)
        {
            failures.Add(e);
            return null;
        }
    }

    private SmtpConversation? TakeIdle(SmartHost host)
    {
        lock (gate)
        {
            while (host.Idle.TryPop(out var conversation))
            {
                if (!conversation.HasUnasked)
                {
                    return conversation;
                }

                conversation.Abandon();
                Close(conversation);
            }
        }

        return null;
    }

    private void CloseIdle()
    {
        lock (gate)
        {
            foreach (var host in hosts)
            {
                var kept = host.Idle.Where(conversation => clock.GetElapsedTime(conversation.IdleSince) < opening.Settings.IdleTimeout).Reverse().ToArray();
                foreach (var conversation in host.Idle.Except(kept))
                {
                    Close(conversation);
                }

                host.Idle.Clear();
                Array.ForEach(kept, host.Idle.Push);
            }
        }
    }

    // Under the lock. The good-bye itself waits for nobody.
    private void Close(SmtpConversation conversation)
    {
        closings.RemoveAll(closing => closing.IsCompleted);
        var closing = conversation.DisposeAsync().AsTask();
        if (!closing.IsCompleted)
        {
            closings.Add(closing);
        }
    }

    private async Task<SmtpConversation> OpenAsync(SmartHost host, CancellationToken stop)
    {
        ConversationException? failure = null;
        try
        {
            foreach (var address in await AddressesAsync(host, stop))
            {
                try
                {
                    var conversation = await OpenAsync(host, new IPEndPoint(address, host.Port), stop);
                    if (host.MarkUp())
                    {
                        Log.HostUp(logger, connectorName, host.Name);
                    }

                    return conversation;
                }
                catch (ConversationException e) when (!e.IsStop)
                {
                    failure = e;
                }
            }

            throw failure ?? new ConversationException("4.4.3", $"The name {host.Name} has no address.", host.Name);
        }
        catch (ConversationException e) when (!e.IsStop)
        {
            if (host.MarkDown(clock))
            {
                Log.HostDown(logger, connectorName, host.Name, e.Message, e.Reply);
            }

            throw;
        }
    }

    private async Task<SmtpConversation> OpenAsync(SmartHost host, IPEndPoint address, CancellationToken stop)
    {
        var tls = opening.Settings.Tls;
        try
        {
            return await SmtpConversation.OpenAsync(host, address, opening, tls, clock, stop);
        }
        catch (ConversationException e) when (e.IsHandshake && tls == SmtpTls.Opportunistic)
        {
            Log.HandshakeFailed(logger, connectorName, e.Message);
            return await SmtpConversation.OpenAsync(host, address, opening, SmtpTls.Off, clock, stop);
        }
    }

    private static async Task<IEnumerable<IPAddress>> AddressesAsync(SmartHost host, CancellationToken stop)
    {
        if (IPAddress.TryParse(host.Name, out var literal))
        {
            return [literal];
        }

        try
        {
            return (await Dns.GetHostAddressesAsync(host.Name, stop)).Take(MostAddresses);
        }
        catch (OperationCanceledException e)
        {
            throw new ConversationException("", "Postern stops.", host.Name, cause: e) { IsStop = true };
        }
        catch (SocketException e)
        {
            var reason = e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
                ? $"The name {host.Name} has no address."
                : $"No name server answered for {host.Name}: {e.Message.TrimEnd('.')}.";
            throw new ConversationException("4.4.3", reason, host.Name, cause: e);
        }
    }

    private static ConversationException Combined(List<ConversationException> failures)
    {
        if (failures is [var only])
        {
            return only;
        }

        var reason = $"No smart host took the connection: {string.Join(' ', failures.Select(failure => failure.Message))}";
        var first = failures[0];
        return new ConversationException(
            first.Status, reason.Length > LongestReason ? reason[..LongestReason] : reason, first.Remote, first.Reply, first);
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Warning, "Connector {Connector} reached no smart host {Host}: {Reason} {Reply}")]
        public static partial void HostDown(ILogger logger, string connector, string host, string reason, string reply);

        [LoggerMessage(3102, LogLevel.Information, "Connector {Connector} reaches smart host {Host} again")]
        public static partial void HostUp(ILogger logger, string connector, string host);

        [LoggerMessage(3103, LogLevel.Warning, "Connector {Connector} goes on without encryption: {Reason}")]
        public static partial void HandshakeFailed(ILogger logger, string connector, string reason);
    }
}
