using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;
using Postern.Web;
using Postern.Web.Security;

namespace Postern.Browser.Tests.Support;

/// <summary>The console in this process, on a port of its own and over a real queue on a database of its own.</summary>
public sealed class ConsoleUnderTest : IAsyncDisposable
{
    public const string Password = "a quiet gate 1887";

    private readonly WebApplication application;
    private readonly string folder;

    private ConsoleUnderTest(TestQueue queue, WebApplication application, string folder)
    {
        Queue = queue;
        this.application = application;
        this.folder = folder;
    }

    public TestQueue Queue { get; }

    public string Url => application.Urls.First();

    public IServiceProvider Services => application.Services;

    /// <summary>The password the first account was given; null when the test brought its own.</summary>
    public string? DrawnPassword { get; private set; }

    /// <summary>Starts with one account; with <paramref name="drawsPassword"/> its password is drawn and must be replaced.</summary>
    /// <param name="allowedFolder">Below it files of partners may lie.</param>
    public static async Task<ConsoleUnderTest> StartAsync(bool drawsPassword = false, SingleSignOn? signOn = null, string? allowedFolder = null)
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        var folder = Directory.CreateTempSubdirectory("postern-console-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(Urls).Assembly.GetName().Name,
            EnvironmentName = "Development",
        });
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("POSTERN_TEST_LOG") is not null)
        {
            builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        }

        builder.WebHost.UseStaticWebAssets().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System)
            .AddSingleton(queue.Database.DataSource)
            .AddSingleton(KeyFile.Open(Path.Combine(folder, KeyFile.FileName)))
            .AddSingleton(queue.Books)
            .AddSingleton(queue.Contents)
            .AddSingleton(queue.Replay)
            .AddSingleton(queue.Operations)
            .AddSingleton(queue.Forecaster)
            .AddSingleton(queue.Undo)
            .AddSingleton<IHostedService>(new ChangeNotifier(
                queue.Database.DataSource, queue.Intake, queue.Recorder, queue.Actions, TimeProvider.System, NullLogger<ChangeNotifier>.Instance))
            .AddSingleton(AllowedPaths.None with { Folders = allowedFolder is null ? [] : [allowedFolder] })
            .AddConsole(folder, signOn)
            .Configure<PasswordHasherOptions>(hashing => hashing.IterationCount = 1_000); // slow on purpose, twice in every test
        var application = builder.Build();
        application.MapConsole();
        var console = new ConsoleUnderTest(queue, application, folder);
        await using (var scope = application.Services.CreateAsyncScope())
        {
            console.DrawnPassword = await scope.ServiceProvider.GetRequiredService<OperatorAccounts>()
                .EnsureFirstAsync(drawsPassword ? null : Password, CancellationToken.None);
        }

        await application.StartAsync();
        return console;
    }

    /// <summary>Somebody with a password of their own; the password.</summary>
    public async Task<string> AddPersonAsync(string name, params Role[] roles)
    {
        var (password, refusal) = await Services.GetRequiredService<PeopleActions>().AddAsync(name, roles, Operator.Local(), CancellationToken.None);
        refusal.ShouldBe("");
        await Queue.ExecuteAsync($"update console_user set must_change_password = false where user_name = '{name}'");
        return password!;
    }

    /// <summary>The number of an account.</summary>
    public Task<long> PersonAsync(string name) => Queue.ScalarAsync<long>($"select id from console_user where user_name = '{name}'");

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(CancellationToken.None);
        await application.DisposeAsync();
        await Queue.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
