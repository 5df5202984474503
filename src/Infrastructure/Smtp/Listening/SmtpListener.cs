using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The listener cannot start: the message says why, for an operator.</summary>
public sealed class ListenerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An SMTP server that takes mail in: bound, changed and unbound while the program runs.</summary>
/// <remarks>
/// What it does: takes sessions, resolves every recipient at RCPT, and hands complete messages to the intake; 250 only after the intake has
/// committed. What it relies on: <paramref name="accept"/> answers, whatever happens. When things fail: a session that fails ends alone; a full disk
/// is 452; a database that is away is 451. It never relays for strangers.
/// </remarks>
/// <param name="name">Name of the listener; the source of its messages.</param>
/// <param name="hostName">Our name where the settings have none.</param>
/// <param name="routes">The current routing table; asked for every recipient.</param>
/// <param name="spoolFolder">Where content past 256 KB is kept until the intake has it; made when it is missing.</param>
public sealed class SmtpListener(
    string name,
    string hostName,
    Func<RoutingTable> routes,
    AcceptMessage accept,
    string spoolFolder,
    TimeProvider clock,
    ILogger<SmtpListener> logger,
    FullStorage? fullStorage = null,
    StorageRoom? room = null) : IAsyncDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private volatile ListenerRun? run;

    /// <summary>Where it listens, with the real port; null while it does not.</summary>
    public IPEndPoint? EndPoint => run?.EndPoint;

    /// <summary>Sessions at this moment.</summary>
    public int Sessions => run?.Sessions ?? 0;

    /// <summary>SHA-256 of the certificate shown after STARTTLS; null when none is.</summary>
    public string? CertificateThumbprint => run?.CertificateThumbprint;

    /// <summary>Starts listening; returns where.</summary>
    /// <exception cref="ListenerException">A setting, the certificate or the port cannot be used.</exception>
    public async Task<IPEndPoint> StartAsync(ListenerSettings settings, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            if (run is not null)
            {
                throw new ListenerException($"{name} is already listening on {EndPoint}.");
            }

            run = await ListenerRun.StartAsync(Context(settings), cancellationToken);
            return run.EndPoint;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Stops listening at once; running transactions may finish within the stop time-out, all other sessions get 421.</summary>
    /// <param name="cancellationToken">Ends the waiting: what still runs is cut off.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(CancellationToken.None);
        try
        {
            if (run is { } running)
            {
                await running.StopAsync(cancellationToken);
                await running.DisposeAsync();
                run = null;
            }
        }
        finally
        {
            changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        changing.Dispose();
    }

    private ListenerContext Context(ListenerSettings settings)
    {
        var faults = settings.Faults();
        if (faults.Count > 0)
        {
            throw new ListenerException(string.Join(" ", faults));
        }

        var relayNetworks = RelayNetworkSet.Read(settings, []);
        var ourName = settings.HostName.Length > 0 ? settings.HostName : hostName;
        ListenerCertificate? certificate = null;
        if (settings.OffersTls && !ListenerCertificate.TryLoad(settings, ourName, clock, out certificate, out var fault))
        {
            throw new ListenerException(fault);
        }

        return new ListenerContext(name, ourName, settings, relayNetworks, certificate, routes, accept, spoolFolder, clock, logger, fullStorage, room);
    }
}
