using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Keeps the SMTP listeners in line with the configuration: binds, changes and unbinds them while the program runs.</summary>
/// <remarks>At start a port that is taken ends the start; later it is logged and tried again, because other listeners go on.</remarks>
public sealed partial class ListenerSupervisor(
    NpgsqlDataSource database,
    LiveRouting routing,
    Intake intake,
    ListenerPlace place,
    FullStorage fullStorage,
    StorageRoom room,
    TimeProvider clock,
    ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<ListenerSupervisor>();
    private readonly Dictionary<string, (ListenerSettings Settings, SmtpListener Listener)> running = [];
    private long seenVersion = -1;

    /// <summary>Where the listeners listen now, by name.</summary>
    public IReadOnlyDictionary<string, System.Net.IPEndPoint> EndPoints =>
        running.Where(pair => pair.Value.Listener.EndPoint is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Listener.EndPoint!);

    /// <exception cref="ListenerException">A listener cannot be bound; the message names its port.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(isStart: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(running.Values.Select(entry => entry.Listener.StopAsync(cancellationToken)));
        running.Clear();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(isStart: false, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.RoundFailed(logger, e.Message);
            }
        }
    }

    private async Task RunOnceAsync(bool isStart, CancellationToken cancellationToken)
    {
        var version = routing.Current.Version;
        if (version == seenVersion)
        {
            return;
        }

        var wanted = await LoadAsync(cancellationToken);
        foreach (var (name, entry) in running.ToArray())
        {
            if (!wanted.TryGetValue(name, out var settings) || !SameSettings(settings, entry.Settings))
            {
                await entry.Listener.StopAsync(cancellationToken);
                running.Remove(name);
                Log.Stopped(logger, name);
            }
        }

        var allRun = true;
        foreach (var (name, settings) in wanted.Where(pair => !running.ContainsKey(pair.Key)))
        {
            allRun &= await TryStartAsync(name, settings, isStart, cancellationToken);
        }

        seenVersion = allRun ? version : -1;
    }

    private async Task<bool> TryStartAsync(string name, ListenerSettings settings, bool isStart, CancellationToken cancellationToken)
    {
        var listener = new SmtpListener(
            name, place.HostName, () => routing.Current, intake.AcceptAsync, place.SpoolFolder, clock, loggers.CreateLogger<SmtpListener>(), fullStorage, room);
        try
        {
            var endPoint = await listener.StartAsync(settings, cancellationToken);
            running[name] = (settings, listener);
            Log.Started(logger, name, endPoint.ToString());
            return true;
        }
        catch (ListenerException e) when (!isStart)
        {
            Log.StartFailed(logger, name, e.Message);
            await listener.DisposeAsync();
            return false;
        }
    }

    private async Task<Dictionary<string, ListenerSettings>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name, host, port, settings::text from listener where enabled");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var wanted = new Dictionary<string, ListenerSettings>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Read(reader.GetString(0), reader.GetString(3)) is { } settings)
            {
                wanted[reader.GetString(0)] = settings with { Host = reader.GetString(1), Port = reader.GetInt32(2) };
            }
        }

        return wanted;
    }

    // One row that cannot be read concerns its listener alone: that one stays as it runs, the others follow.
    private ListenerSettings? Read(string name, string json)
    {
        try
        {
            return SettingsJson.Read<ListenerSettings>(json);
        }
        catch (JsonException e)
        {
            Log.Unreadable(logger, name, e.Message);
            return running.TryGetValue(name, out var entry) ? entry.Settings : null;
        }
    }

    // Lists compare by reference in records, so the text form decides.
    private static bool SameSettings(ListenerSettings one, ListenerSettings other) => JsonSerializer.Serialize(one) == JsonSerializer.Serialize(other);

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Information, "Listener {Listener} listens on {EndPoint}")]
        public static partial void Started(ILogger logger, string listener, string endPoint);

        [LoggerMessage(3002, LogLevel.Information, "Listener {Listener} stopped")]
        public static partial void Stopped(ILogger logger, string listener);

        [LoggerMessage(3003, LogLevel.Error, "Listener {Listener} cannot listen and is tried again: {Fault}")]
        public static partial void StartFailed(ILogger logger, string listener, string fault);

        [LoggerMessage(3005, LogLevel.Error, "The settings of listener {Listener} cannot be read; it is left as it is until they are set anew: {Fault}")]
        public static partial void Unreadable(ILogger logger, string listener, string fault);

        [LoggerMessage(3004, LogLevel.Warning, "The listeners could not be brought in line with the configuration: {Fault}")]
        public static partial void RoundFailed(ILogger logger, string fault);
    }
}

/// <summary>What every listener of this process shares.</summary>
/// <param name="HostName">Our name in banners and trace fields.</param>
/// <param name="SpoolFolder">Where large content is kept until the intake has it.</param>
public sealed record ListenerPlace(string HostName, string SpoolFolder);
