using Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>Runs before this test program's own beginning, in a process that was started to carry out a plan (DOTNET_STARTUP_HOOKS; the runtime asks for this very name).</summary>
internal static class StartupHook
{
    public static void Initialize() => PlanProcess.CarryOut();
}
