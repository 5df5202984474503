using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Npgsql;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Web.Security;

namespace Postern.Web.Hosting;

/// <summary>The composition root: brings up the database, the queue, the connectors and the console of one process, and takes them down in order.</summary>
public sealed class PosternServer : IAsyncDisposable
{
    private readonly DataFolder folder;
    private readonly EmbeddedPostgres? postgres;
    private readonly NpgsqlDataSource database;
    private readonly AttemptLog attempts;

    private PosternServer(DataFolder folder, EmbeddedPostgres? postgres, NpgsqlDataSource database, AttemptLog attempts, WebApplication application)
    {
        this.folder = folder;
        this.postgres = postgres;
        this.database = database;
        this.attempts = attempts;
        Application = application;
    }

    public WebApplication Application { get; }

    /// <summary>The console's address, with the real port.</summary>
    public string ConsoleUrl => Application.Urls.First();

    /// <summary>Password drawn for the first user; null when there was one already or one was given.</summary>
    public string? DrawnPassword { get; private set; }

    /// <summary>Brings everything up; returns when mail is taken and pages are served.</summary>
    /// <param name="customise">Changes the services before they are built; for tests.</param>
    /// <exception cref="StartException">Something the person at the keyboard has to mend.</exception>
    public static async Task<PosternServer> StartAsync(
        ServeOptions options, TextWriter output, Action<WebApplicationBuilder>? customise, CancellationToken cancellationToken)
    {
        var folder = await DataFolder.OpenAsync(options.DataFolder, cancellationToken);
        EmbeddedPostgres? postgres = null;
        NpgsqlDataSource? database = null;
        PosternServer? server = null;
        try
        {
            postgres = options.Database.Length == 0 ? await EmbeddedPostgres.StartAsync(folder.Path, output, cancellationToken) : null;
            var connectionString = postgres?.ConnectionString ?? options.Database;
            await MigrateAsync(connectionString, isOurs: postgres is not null, cancellationToken);
            database = PosternDataSource.Create(connectionString);
            var worker = await WorkerIdentity.RegisterAsync(
                database, $"{Environment.MachineName}:{folder.Path}", ProductVersion.Text, cancellationToken);
            var attempts = new AttemptLog(Path.Combine(folder.Path, "attempts"));
            await FirstConfiguration.EnsureListenerAsync(database, options.SmtpPort, cancellationToken);
            var keyFile = KeyFile.Open(DataFolder.KeyFileOf(folder.Path));
            var signOn = options.SingleSignOn.Length > 0 ? await SingleSignOn.ReadAsync(options.SingleSignOn, database, keyFile, cancellationToken) : null;
            var application = Build(options, folder, database, worker, attempts, keyFile, signOn, customise);
            server = new PosternServer(folder, postgres, database, attempts, application);
            await server.BringUpAsync(options, cancellationToken);
            return server;
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
            else
            {
                await CloseAsync(folder, postgres, database);
            }

            throw;
        }
    }

    /// <summary>Waits until it is told to end, or until a part that all others need is lost; that is the last event then.</summary>
    /// <returns>Why it ends by itself; empty when it was told to.</returns>
    public async Task<string> WaitForEndAsync(CancellationToken stop)
    {
        var ended = new TaskCompletionSource();
        await using var told = stop.Register(() => ended.TrySetResult());
        await using var lost = Application.Lifetime.ApplicationStopping.Register(() => ended.TrySetResult());
        await ended.Task;
        // A signal reaches the host and us in any order: what tells a loss from a wish is the part that failed.
        var part = Application.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(service => service.ExecuteTask is { IsFaulted: true });
        if (part is null || stop.IsCancellationRequested)
        {
            return "";
        }

        var fault = part.ExecuteTask!.Exception!.InnerException!.Message;
        var sentence = $"Postern on {Environment.MachineName} ends, because {part.GetType().Name} has ended with an error: {fault.TrimEnd('.')}.";
        await Application.Services.GetRequiredService<EventLog>().WriteAsync(
            EventCodes.PartLost, EventSeverity.Error, "", sentence, "Start it again where nothing does so by itself; it carries on where it stopped.");
        return sentence;
    }

    /// <summary>Stops taking mail, finishes what is under way, and stops the database last.</summary>
    public async ValueTask DisposeAsync()
    {
        await Application.StopAsync();
        await Application.DisposeAsync();
        attempts.Dispose();
        await CloseAsync(folder, postgres, database);
    }

    private async Task BringUpAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        await Application.Services.GetRequiredService<InterruptedWork>().TakeOverAsync(cancellationToken);
        var reports = Application.Services.GetRequiredService<ReportOutbox>();
        var actions = Application.Services.GetRequiredService<DeliveryActions>();
        var dispatcher = Application.Services.GetRequiredService<DeliveryDispatcher>();
        var room = Application.Services.GetRequiredService<StorageRoom>();
        room.Guard("the spool", folder.Spool);
        room.Guard("the data folder", folder.Path);
        if (await DatabaseFolder.FindAsync(database, cancellationToken) is { Length: > 0 } tables)
        {
            room.Guard("the database", tables);
        }

        reports.Written += () => dispatcher.Wake();
        dispatcher.CallEnded += Application.Services.GetRequiredService<ConnectorStatusBoard>().NoteCall;
        actions.Acted += () => dispatcher.Wake(forgetFailures: true);
        try
        {
            await Application.StartAsync(cancellationToken);
        }
        catch (ListenerException e)
        {
            throw new StartException(e.Message, StartException.Unavailable);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new StartException($"Port {options.HttpPort} of the console is in use by another program.", StartException.Unavailable);
        }

        // Last: a password that was drawn by a start that fails would never be seen by anybody.
        await using var scope = Application.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<OperatorAccounts>();
        DrawnPassword = await FirstAccountAsync(accounts, options.AdminPassword, cancellationToken);
    }

    private static async Task<string?> FirstAccountAsync(OperatorAccounts accounts, string password, CancellationToken cancellationToken)
    {
        try
        {
            return await accounts.EnsureFirstAsync(password.Length > 0 ? password : null, cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new StartException($"POSTERN_ADMIN_PASSWORD cannot be used: {e.Message}", StartException.Configuration);
        }
    }

    private static async Task MigrateAsync(string connectionString, bool isOurs, CancellationToken cancellationToken)
    {
        var migrator = new DatabaseMigrator(connectionString);
        if (isOurs)
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        else
        {
            await migrator.CheckAsync(cancellationToken);
        }
    }

    private static WebApplication Build(
        ServeOptions options, DataFolder folder, NpgsqlDataSource database, WorkerIdentity worker, AttemptLog attempts, KeyFile keyFile, SingleSignOn? signOn,
        Action<WebApplicationBuilder>? customise)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(PosternServer).Assembly.GetName().Name });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.HttpPort}");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
        var hasStarted = false;
        ConsoleLogging.Configure(builder.Logging, () => hasStarted);
        var hostName = HostNames.Ours();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(folder);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(worker);
        builder.Services.AddSingleton(attempts);
        builder.Services.AddSingleton(keyFile);
        builder.Services.AddSingleton<SecretStore>();
        builder.Services.AddSingleton(new AllowedPaths(
            [.. options.AllowedPrograms, .. options.LabProgram.Length > 0 ? new[] { options.LabProgram } : []], [folder.Path, .. options.AllowedFolders]));
        if (options.LabProgram.Length > 0)
        {
            // Before everything that reads the configuration: the lab brings one.
            builder.Services.AddHostedService<LabHouse>();
        }

        builder.Services.AddSingleton<RoutingLoader>();
        builder.Services.AddSingleton<LiveRouting>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveRouting>());
        builder.Services.AddQueue(hostName, folder.Spool);
        builder.Services.AddConnectors(hostName);
        builder.Services.AddDirsyncWork();
        builder.Services.AddApproverMail(hostName, options);
        builder.Services.AddWatch(hostName, folder.Path, folder.Spool);
        builder.Services.AddConsole(folder.Spool, signOn);
        builder.Services.AddHealthChecks().AddCheck<ReadyCheck>("ready", tags: ["ready"]);
        customise?.Invoke(builder);
        var application = builder.Build();
        application.Lifetime.ApplicationStarted.Register(() => hasStarted = true);
        application.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        application.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }).AllowAnonymous();
        application.MapConsole();
        return application;
    }

    private static async Task CloseAsync(DataFolder folder, EmbeddedPostgres? postgres, NpgsqlDataSource? database)
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }

        folder.Dispose();
    }
}
