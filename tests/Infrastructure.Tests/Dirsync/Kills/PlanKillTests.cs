using System.Diagnostics;
using System.Globalization;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>SIGKILL for the process that carries a plan out, at moments that are drawn, again and again until the plan has ended: no change is lost and none is done twice.</summary>
/// <remarks>
/// The full size: <c>POSTERN_KILLS=200 POSTERN_KILLS_SEED=1</c>. Moments are found from outside alone, by what the database, the disk and the clock show; the process runs the shipped code.
/// Where a process was is judged afterwards by what it left.
/// </remarks>
public sealed class PlanKillTests(ITestOutputHelper output)
{
    /// <summary>With so many, as usual, the process is killed over a plan for SALES, with few people in it; with more of them over plans for every kind of directory.</summary>
    private const int FewKills = 1;

    /// <summary>From so many on every phase is met.</summary>
    private const int ManyKills = 100;

    private const int MostKillsOfAPlan = 6;
    private const int MostNumber = 60;
    private const int Killed = 128 + 9;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static readonly int Kills = Number("KILLS", FewKills);
    private static readonly int Seed = Number("KILLS_SEED", 237_588);

    private readonly Dictionary<(string Side, KillPhase Phase), int> met = [];
    private readonly List<string> story = [];
    private int kills;
    private int processes;

    [Fact]
    public async Task No_change_is_lost_and_none_is_done_twice_when_the_process_is_killed_at_any_moment_of_a_plan()
    {
        var isSmall = Kills <= FewKills;
        Assert.SkipWhen(!isSmall && SlapdServer.Obstacle.Length > 0, SlapdServer.Obstacle);
        var began = TimeProvider.System.GetTimestamp();
        var chance = new Random(Seed);
        await using var house = await KillHouse.CreateAsync(isSmall ? 40 : 400, hasAll: !isSmall, chance);
        var plans = 0;
        while (kills < Kills)
        {
            house.People.Change(chance);
            house.WritePeople();
            foreach (var side in house.Sides)
            {
                if (isSmall && side == house.Sides[0])
                {
                    await house.BringAsync(side);
                    continue;
                }

                var plan = await house.ProposeAsync(side);
                plans++;
                story.Clear();
                story.Add($"seed {Seed}, plan {plan} of {side.Name}");
                await KillAsync(house, side, plan, isSmall ? 2 : chance.Next(2, MostKillsOfAPlan + 1), chance);
                await FinishAsync(house, plan);
                await house.CheckAsync(side, plan, string.Join("; ", story));
                output.WriteLine(string.Join("; ", story));
            }
        }

        Report(plans, TimeProvider.System.GetElapsedTime(began));
        if (Kills >= ManyKills)
        {
            Enum.GetValues<KillPhase>().Except(met.Keys.Select(key => key.Phase)).ShouldBeEmpty($"every phase is met, seed {Seed}");
        }
    }

    // The last one aims at the end of the plan, which comes only once.
    private async Task KillAsync(KillHouse house, KillSide side, long plan, int most, Random chance)
    {
        for (var kill = 1; kill <= most && kills < Kills; kill++)
        {
            var aim = kill == most ? KillAim.End : house.Sides.Count == 2 ? KillAim.Program : Draw(side, chance);
            var (number, delay) = (chance.Next(MostNumber), chance.NextDouble() * LongestDelay(aim, side));
            var before = await house.ProgressAsync(plan);
            if (before.State is not ("approved" or "applying"))
            {
                return;
            }

            var mark = side.Mark;
            using var process = PlanProcess.Start(house.Place, plan);
            processes++;
            await WaitAsync(process, () => IsReachedAsync(house, side, plan, aim, number, before, mark));
            await PassAsync(delay);
            process.Kill();
            if (await EndOfAsync(process) != Killed)
            {
                story.Add($"{aim} was too late");
                continue;
            }

            kills++;
            var phase = await house.JudgeAsync(side, plan, before);
            met[(side.Name, phase)] = met.GetValueOrDefault((side.Name, phase)) + 1;
            var isProgramKilled = phase == KillPhase.WhileAnOldProgramWasAtWork && number % 2 == 0;
            if (isProgramKilled)
            {
                await house.KillOldProgramAsync();
            }

            story.Add(string.Create(CultureInfo.InvariantCulture, $"{aim} and {delay.TotalMicroseconds:0} µs: {phase}{(isProgramKilled ? ", and the program was killed too" : "")}"));
        }
    }

    private static KillAim Draw(KillSide side, Random chance) => chance.Next(9) switch
    {
        0 => KillAim.Start,
        1 or 2 when side.Programs > 0 => KillAim.Program,
        3 or 4 when side.Mark.Length > 0 => KillAim.Outside,
        5 => KillAim.Record,
        6 or 7 => KillAim.Transaction,
        _ => KillAim.Work,
    };

    private static TimeSpan LongestDelay(KillAim aim, KillSide side) => aim switch
    {
        KillAim.Start => TimeSpan.FromMilliseconds(600),
        KillAim.Work => side.Span,
        KillAim.Program => TimeSpan.FromMilliseconds(150),
        KillAim.Record or KillAim.Outside => TimeSpan.FromMilliseconds(20),
        KillAim.Transaction => TimeSpan.FromMilliseconds(8),
        _ => TimeSpan.FromMilliseconds(25),
    };

    private static async Task<bool> IsReachedAsync(KillHouse house, KillSide side, long plan, KillAim aim, int number, PlanProgress before, string mark)
    {
        if (aim == KillAim.Start || (aim == KillAim.Outside && side.Mark != mark))
        {
            return true;
        }

        var now = await house.ProgressAsync(plan);
        return aim switch
        {
            KillAim.Work => now.IsTaken,
            KillAim.Record => now.Recorded > before.Recorded,
            KillAim.Transaction => now.IsWriting && now.State == "applying" && (number % 2 == 0 || now.Recorded > before.Recorded),
            KillAim.Program => now.Programs > before.Programs + (number % side.Programs),
            KillAim.End => now.Left == 0,
            _ => false,
        };
    }

    private static async Task WaitAsync(Process process, Func<Task<bool>> isReached)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(Look);
        while (!process.HasExited && !await isReached())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    // A drawn moment lies between two ticks of any timer.
    private static async Task PassAsync(TimeSpan delay)
    {
        var began = TimeProvider.System.GetTimestamp();
        var most = delay - (2 * Look);
        if (most > TimeSpan.Zero)
        {
            await Task.Delay(most, TimeProvider.System);
        }

        while (TimeProvider.System.GetElapsedTime(began) < delay)
        {
            Thread.SpinWait(20);
        }
    }

    private async Task FinishAsync(KillHouse house, long plan)
    {
        if ((await house.ProgressAsync(plan)).State is "approved" or "applying")
        {
            using var process = PlanProcess.Start(house.Place, plan);
            processes++;
            (await EndOfAsync(process)).ShouldBe(0, string.Join("; ", story));
        }
    }

    private async Task<int> EndOfAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The plan does not end: {string.Join("; ", story)}");
        }

        process.ExitCode.ShouldBeOneOf([0, Killed], await error);
        return process.ExitCode;
    }

    private void Report(int plans, TimeSpan took)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills of {processes} processes in {plans} plans, seed {Seed}, {took.TotalSeconds:0.0} s"));
        foreach (var phase in Enum.GetValues<KillPhase>())
        {
            var sides = met.Where(pair => pair.Key.Phase == phase).OrderBy(pair => pair.Key.Side, StringComparer.Ordinal).Select(pair => $"{pair.Key.Side} {pair.Value}");
            output.WriteLine($"{phase}: {met.Where(pair => pair.Key.Phase == phase).Sum(pair => pair.Value)} ({string.Join(", ", sides)})");
        }
    }

    private static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable($"POSTERN_{name}"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;
}
