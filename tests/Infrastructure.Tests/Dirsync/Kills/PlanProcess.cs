using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using EventLog = Postern.Infrastructure.Events.EventLog;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>This test program once more, as a process that carries out a plan with the shipped code and ends; it knows nothing of being killed.</summary>
internal static class PlanProcess
{
    private const string Variable = "TEST_PLAN";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts the other process.</summary>
    public static Process Start(PlanPlace place, long plan)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            info.ArgumentList.Add(typeof(PlanProcess).Assembly.Location);
        }

        info.Environment["DOTNET_STARTUP_HOOKS"] = typeof(PlanProcess).Assembly.Location;
        info.Environment["DOTNET_TieredPGO"] = "0";
        // Its sockets would outlive it.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment[Variable] = JsonSerializer.Serialize(new Errand(place, plan));
        return Process.Start(info)!;
    }

    /// <summary>What the other process does.</summary>
    public static void CarryOut()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } errand)
        {
            CarryOutAsync(JsonSerializer.Deserialize<Errand>(errand)!).GetAwaiter().GetResult();
            Environment.Exit(0);
        }
    }

    // As the worker of a server does, which comes back to a plan that waits for a post office.
    private static async Task CarryOutAsync(Errand errand)
    {
        await using var database = PosternDataSource.Create(errand.Place.Database);
        var apply = new PlanApply(database, errand.Place.KindsOf(database), new OwnDirectory(), new EventLog(database, NullLogger<EventLog>.Instance));
        while (!await apply.ContinueAsync(errand.Plan, CancellationToken.None))
        {
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private sealed record Errand(PlanPlace Place, long Plan);
}
