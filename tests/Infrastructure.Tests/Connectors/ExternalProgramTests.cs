using System.Globalization;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ExternalProgramTests : IDisposable
{
    private readonly ProgramFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Gives_the_exit_code_and_what_was_printed()
    {
        var end = await folder.RunAsync(folder.Start("echo out; echo err >&2; exit 5"));

        end.Ending.ShouldBe(ProgramEnding.Exited);
        end.ExitCode.ShouldBe(5);
        end.Output.ShouldContain("out");
        end.Output.ShouldContain("err");
        end.Summary.ShouldBe("ended with code 5");
    }

    [Fact]
    public async Task Arguments_reach_the_program_as_they_are()
    {
        string[] arguments = ["/NDoe, Jane", "$(touch broken)", "a\"b'c", "", "*", "x=y", "--wait"];

        var end = await folder.RunAsync(folder.Start("printf '<%s>' \"$@\"", arguments));

        end.Output.ShouldBe("</NDoe, Jane><$(touch broken)><a\"b'c><><*><x=y><--wait>");
        File.Exists(folder.At("broken")).ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q164695")]
    public async Task A_program_that_prompts_finds_its_input_closed()
    {
        var end = await folder.RunAsync(folder.Start("read answer && exit 1; exit 0"));

        end.ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q165404")]
    [Trait("source", "Q187769")]
    public async Task A_crash_is_told_from_an_exit()
    {
        var end = await folder.RunAsync(folder.Start("kill -SEGV $$"));

        end.Ending.ShouldBe(ProgramEnding.Crashed);
        end.Summary.ShouldBe("crashed by signal 11 (memory fault)");
    }

    [Fact]
    [Trait("source", "Q165404")]
    public async Task The_time_limit_ends_the_whole_group_even_when_it_ignores_being_asked()
    {
        var start = folder.Start("trap '' TERM; sleep 600 & echo $! > grandchild; wait; sleep 600") with { TimeLimit = TimeSpan.FromSeconds(1) };

        var end = await folder.RunAsync(start);

        end.Ending.ShouldBe(ProgramEnding.TimedOut);
        end.Summary.ShouldBe("did not end within 1 seconds and was ended");
        ForeignProcess.OfRun(1, folder.LockFile).ShouldBeEmpty();
        ForeignProcess.Find(int.Parse(File.ReadAllText(folder.At("grandchild")), CultureInfo.InvariantCulture)).ShouldBeNull();
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_program_leaves_running_behind_it_is_ended_with_it()
    {
        var end = await folder.RunAsync(folder.Start("sleep 600 & exit 0"));

        end.ExitCode.ShouldBe(0);
        ForeignProcess.OfRun(1, folder.LockFile).ShouldBeEmpty();
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeFalse();
    }

    [Fact]
    public async Task Output_is_bounded_to_its_end()
    {
        var end = await folder.RunAsync(folder.Start("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo last"));

        end.Output.Length.ShouldBeLessThanOrEqualTo(ExternalProgramTail.Limit);
        end.Output.ShouldEndWith("line 19999\nlast");
    }

    [Fact]
    [Trait("source", "Q179072")]
    public async Task The_child_inherits_its_three_pipes_and_the_lock_and_nothing_else()
    {
        await using var open = File.Create(folder.At("message"));

        // dash itself opens its script and /dev/null
        var end = await folder.RunAsync(folder.Start("(for fd in /proc/$$/fd/*; do readlink $fd; done) | grep -v -e program.sh -e /dev/null -e pipe: | sort -u"));

        end.Output.ShouldBe(folder.LockFile);
    }

    [Fact]
    public async Task The_environment_of_this_process_stays_here()
    {
        Environment.SetEnvironmentVariable("POSTERN_ADMIN_PASSWORD", "not for children");

        var end = await folder.RunAsync(folder.Start("env"));

        end.Output.ShouldNotContain("not for children");
        end.Output.ShouldContain("PATH=");
    }

    [Fact]
    [Trait("source", "Q186740")]
    public async Task A_secret_is_never_shown_again()
    {
        var end = await folder.RunAsync(folder.Start("echo password is $1", "Swordfish") with { Secret = "swordfish" });

        end.Output.ShouldBe("password is ****");
    }

    [Fact]
    [Trait("source", "Q179072")]
    public async Task Two_runs_never_share_a_post_office()
    {
        var first = folder.RunAsync(folder.Start("touch running; while [ ! -e go ]; do sleep 0.02; done"));
        await folder.WaitForFileAsync("running");

        var second = await folder.RunAsync(folder.Start("touch second") with { RunId = 2 });
        await File.WriteAllTextAsync(folder.At("go"), "");

        second.Ending.ShouldBe(ProgramEnding.Locked);
        File.Exists(folder.At("second")).ShouldBeFalse();
        (await first).ExitCode.ShouldBe(0);
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q128913")]
    public async Task A_lock_file_that_a_killed_program_left_behind_locks_nothing()
    {
        var killed = await folder.RunAsync(folder.Start("kill -KILL $$"));

        var next = await folder.RunAsync(folder.Start("echo served") with { RunId = 2 });

        killed.Ending.ShouldBe(ProgramEnding.Crashed);
        File.Exists(folder.LockFile).ShouldBeTrue();
        (next.ExitCode, next.Output.Trim()).ShouldBe((0, "served"));
    }

    [Fact]
    public async Task Turns_are_taken_one_after_the_other()
    {
        var first = await folder.Programs.TakeTurnAsync(folder.LockFile, CancellationToken.None);
        var second = folder.Programs.TakeTurnAsync(folder.LockFile, CancellationToken.None);
        second.IsCompleted.ShouldBeFalse();

        first.Dispose();
        first.Dispose();

        using var turn = await second;
        folder.Programs.TakeTurnAsync(folder.LockFile, CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task On_a_stop_the_program_gets_its_grace_and_is_then_left_to_itself()
    {
        using var stop = new CancellationTokenSource();
        var run = folder.RunAsync(
            folder.Start("touch running; while [ ! -e go ]; do sleep 0.02; done; echo finished > done") with { Grace = TimeSpan.FromMilliseconds(200) },
            stop.Token);
        await folder.WaitForFileAsync("running");
        await stop.CancelAsync();

        var end = await run;

        end.Ending.ShouldBe(ProgramEnding.LeftRunning);
        ExternalProgram.IsLocked(folder.LockFile).ShouldBeTrue();
        var left = ForeignProcess.OfRun(1, folder.LockFile)[0];
        await File.WriteAllTextAsync(folder.At("go"), "");
        (await left.WaitForEndAsync(TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
        File.ReadAllText(folder.At("done")).ShouldBe("finished\n");
    }

    [Fact]
    public async Task On_a_stop_a_program_that_ends_within_its_grace_is_reported()
    {
        using var stop = new CancellationTokenSource();
        var run = folder.RunAsync(folder.Start("touch running; while [ ! -e go ]; do sleep 0.02; done; exit 5"), stop.Token);
        await folder.WaitForFileAsync("running");
        await stop.CancelAsync();
        await File.WriteAllTextAsync(folder.At("go"), "");

        (await run).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task A_program_outside_the_allowed_ones_is_refused_with_its_name()
    {
        var start = folder.Start("exit 0") with { Command = ["/bin/true"] };

        var refused = await Should.ThrowAsync<PathRefusedException>(() => folder.RunAsync(start));

        refused.Message.ShouldBe("/bin/true may not be started here: it is not among the allowed programs.");
    }
}
