using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ForeignProcessTests : IDisposable
{
    private readonly ProgramFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_child_survives_the_death_of_its_parent_and_keeps_the_lock()
    {
        // It prints all the while: a pipe without a reader must not end it.
        var program = folder.Script("import", "touch running; while [ ! -e go ]; do echo working; sleep 0.02; done; echo finished > done");
        using var parent = SurvivingParent.Start(program, folder.LockFile);
        await folder.WaitForFileAsync("running");
        parent.Kill();
        await parent.WaitForExitAsync();

        var child = ForeignProcess.OfRun(1, folder.LockFile)[0];
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeTrue();
        (await folder.RunAsync(folder.Start("touch second") with { RunId = 2 })).Ending.ShouldBe(ProgramEnding.Locked);
        await File.WriteAllTextAsync(folder.At("go"), "");

        (await child.WaitForEndAsync(TimeSpan.FromSeconds(20), TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
        File.ReadAllText(folder.At("done")).ShouldBe("finished\n");
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeFalse();
        File.Exists(folder.At("second")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_orphan_is_ended_with_its_group()
    {
        var program = folder.Script("import", "sleep 600 & touch running; wait");
        using var parent = SurvivingParent.Start(program, folder.LockFile);
        await folder.WaitForFileAsync("running");
        parent.Kill();
        await parent.WaitForExitAsync();

        (await ForeignProcess.OfRun(1, folder.LockFile)[0].EndGroupAsync(TimeProvider.System)).ShouldBeTrue();

        // The others of the group were ended with the first; the system takes them away when it comes to it.
        for (var turn = 0; turn < 1000 && ForeignProcess.OfRun(1, folder.LockFile).Count > 0; turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        ForeignProcess.OfRun(1, folder.LockFile).ShouldBeEmpty();
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeFalse();
    }

    [Fact]
    public void Another_process_with_the_same_id_is_not_taken_for_it()
    {
        var self = ForeignProcess.Find(Environment.ProcessId).ShouldNotBeNull();

        self.IsAlive.ShouldBeTrue();
        (self with { StartedTicks = self.StartedTicks - 1 }).IsAlive.ShouldBeFalse();
    }
}
