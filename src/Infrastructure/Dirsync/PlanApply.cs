using System.Runtime.CompilerServices;
using Npgsql;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries out exactly the rows of a plan that were approved: all deletes, then what changes in place, then all adds.</summary>
/// <remarks>
/// How a step went is written after the partner's answer, and for our own directory in the transaction of the change itself. A process that dies in between does at most
/// a step again that a directory has done already, which does no harm; whoever continues begins at what is not written.
/// </remarks>
public sealed partial class PlanApply(NpgsqlDataSource database, PartnerKinds kinds, OwnDirectory own, EventLog events)
{
    private static readonly short[][] ClassesOf = [[0, 1, 2, 3], [1, 2, 3], [1, 2, 3, 4]];

    /// <summary>So many outcomes are written together.</summary>
    internal int Batch { get; init; } = 200;

    /// <summary>Carries a plan out as far as it can be now; true when it has ended, false when it waits for something or another process is at it.</summary>
    public async Task<bool> ContinueAsync(long planId, CancellationToken cancellationToken)
    {
        await using var turn = await database.OpenConnectionAsync(cancellationToken);
        if (!(bool)(await ScalarAsync(turn, TurnSql, cancellationToken, planId))!)
        {
            return false;
        }

        try
        {
            if (await BeginAsync(turn, planId, cancellationToken) is not { } work)
            {
                return await IsOverAsync(turn, planId, cancellationToken);
            }

            using (work)
            {
                return await CarryOutAsync(work, cancellationToken);
            }
        }
        finally
        {
            await EndTurnAsync(turn, planId);
        }
    }

    private async Task<bool> CarryOutAsync(Work work, CancellationToken cancellationToken)
    {
        try
        {
            if (await (work.IsIn ? InAsync(work, cancellationToken) : OutAsync(work, cancellationToken)) is { Length: > 0 } fault)
            {
                await WaitAsync(work, fault, cancellationToken);
                return false;
            }

            return await EndAsync(work, cancellationToken);
        }
        catch (PlanStoppedException)
        {
            return true;
        }
    }

    // Why nothing more can be done now; empty when the partner has said all it has to say.
    private async Task<string> OutAsync(Work work, CancellationToken cancellationToken)
    {
        try
        {
            await WriteToPartnerAsync(work, cancellationToken);
            return "";
        }
        catch (PartnerException e)
        {
            await work.FlushAsync(this, cancellationToken);
            return e.Message;
        }
    }

    private async Task WriteToPartnerAsync(Work work, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(work.Partner.Kind) ?? throw new PartnerException($"There is no kind of partner called {work.Partner.Kind}.");
        await using var directory = await kind.OpenAsync(work.Partner, cancellationToken);
        work.Ability = directory.Ability;
        await ExecuteAsync(work.Turn, MovedSql, cancellationToken, work.PlanId, work.Partner.Id);
        var before = (string)(await ScalarAsync(work.Turn, "select memory::text from partner where id = $1", cancellationToken, work.Partner.Id))!;
        var memory = await directory.WriteAsync(before, StepsAsync(work, cancellationToken), result => work.TakeAsync(this, result, cancellationToken), cancellationToken);
        await work.FlushAsync(this, cancellationToken);
        if (memory != before)
        {
            await ExecuteAsync(work.Turn, "update partner set memory = $2::jsonb where id = $1", cancellationToken, work.Partner.Id, memory);
        }
    }

    private async IAsyncEnumerable<WriteStep> StepsAsync(Work work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var kind in Enum.GetValues<StepKind>())
        {
            // What was refused so far has a say in who finds a name free.
            await work.FlushAsync(this, cancellationToken);
            await work.AloneAsync(() => ExecuteAsync(work.Turn, StuckSql, cancellationToken, work.PlanId), cancellationToken);
            for (var after = 0; ;)
            {
                var page = await PageAsync(work, kind, after, cancellationToken);
                foreach (var (row, place) in page)
                {
                    if (StepOf(row, kind, work.Ability) is { } step)
                    {
                        yield return new WriteStep(row.Ordinal, step, step.Before is null || kind == StepKind.Add ? "" : place);
                    }
                }

                if (page.Count == 0)
                {
                    break;
                }

                after = page[^1].Row.Ordinal;
            }
        }
    }

    private async Task<string> InAsync(Work work, CancellationToken cancellationToken)
    {
        work.Ability = OwnDirectory.Ability;
        foreach (var kind in Enum.GetValues<StepKind>())
        {
            await ExecuteAsync(work.Turn, StuckSql, cancellationToken, work.PlanId);
            for (var after = 0; await PageAsync(work, kind, after, cancellationToken) is { Count: > 0 } page; after = page[^1].Row.Ordinal)
            {
                var steps = page.Select(row => (row.Row.Ordinal, Step: StepOf(row.Row, kind, work.Ability))).Where(row => row.Step is not null)
                    .Select(row => (row.Ordinal, row.Step!)).ToList();
                if (steps.Count == 0)
                {
                    continue;
                }

                try
                {
                    await OwnAsync(work, steps, cancellationToken);
                }
                catch (PostgresException e) when (steps.Count > 1 && IsAboutRows(e))
                {
                    // One row that cannot be must not keep the others from being.
                    foreach (var step in steps)
                    {
                        await AloneAsync(work, step, cancellationToken);
                    }
                }
                catch (PostgresException e) when (IsAboutRows(e))
                {
                    await RefuseAsync(work, steps[0], e, cancellationToken);
                }
            }
        }

        return "";
    }

    private async Task AloneAsync(Work work, (int Ordinal, ApplyStep Step) step, CancellationToken cancellationToken)
    {
        try
        {
            await OwnAsync(work, [step], cancellationToken);
        }
        catch (PostgresException e) when (IsAboutRows(e))
        {
            await RefuseAsync(work, step, e, cancellationToken);
        }
    }

    private static async Task RefuseAsync(Work work, (int Ordinal, ApplyStep Step) step, PostgresException fault, CancellationToken cancellationToken)
    {
        await using var transaction = await work.Turn.BeginTransactionAsync(cancellationToken);
        await WriteAsync(work, [new StepResult(step.Ordinal, step.Step.Kind, $"Our directory cannot hold it: {fault.MessageText}.")], null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task OwnAsync(Work work, List<(int Ordinal, ApplyStep Step)> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await work.Turn.BeginTransactionAsync(cancellationToken);
        await DemandStandingAsync(work, cancellationToken);
        var entries = await EntriesAsync(work, [.. steps.Select(step => step.Ordinal)], cancellationToken);
        var results = await own.ApplyAsync(work.Turn, transaction, work.Partner, steps, cancellationToken);
        await WriteAsync(work, results, entries, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // 22 values that do not fit, 23 constraints.
    private static bool IsAboutRows(PostgresException e) => e.SqlState.StartsWith("22", StringComparison.Ordinal) || e.SqlState.StartsWith("23", StringComparison.Ordinal);

    private static ApplyStep? StepOf(PlanRow row, StepKind kind, TargetAbility ability) =>
        kind == StepKind.Delete && row.Outcome == 1 ? null : ApplySteps.Of(row.Change, ability).FirstOrDefault(step => step.Kind == kind);

    private async Task<List<(PlanRow Row, string Place)>> PageAsync(Work work, StepKind kind, int after, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(PageSql, work.PlanId, work.Partner.Id, after, ClassesOf[(int)kind], Batch);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(PlanRow, string)>();
        while (await row.ReadAsync(cancellationToken))
        {
            page.Add((PlanRows.Read(row), row.GetString(27)));
        }

        return page;
    }

    private async Task WriteOutAsync(Work work, List<StepResult> results, CancellationToken cancellationToken)
    {
        await using var transaction = await work.Turn.BeginTransactionAsync(cancellationToken);
        await DemandStandingAsync(work, cancellationToken);
        await ExecuteAsync(
            work.Turn, HeldSql, cancellationToken, work.PlanId, Ordinals(results), Kinds(results), Faults(results), results.Select(result => result.Place).ToArray(), work.Partner.Id);
        await WriteAsync(work, results, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Of several results about one row the statements see one at a time: a delete and an add are two calls.
    private static async Task WriteAsync(Work work, IReadOnlyList<StepResult> results, Dictionary<int, long>? entries, CancellationToken cancellationToken)
    {
        foreach (var together in results.GroupBy(result => result.Kind).OrderBy(group => group.Key).Select(group => group.DistinctBy(result => result.Ordinal).ToList()))
        {
            await ExecuteAsync(work.Turn, OutcomeSql, cancellationToken, work.PlanId, Ordinals(together), Kinds(together), Faults(together));
        }

        var ordinals = Ordinals(results);
        var changed = new List<string>();
        await using (var history = work.Turn.Command(HistorySql, work.PlanId, ordinals, entries?.Keys.ToArray() ?? [], entries?.Values.ToArray() ?? []))
        await using (var row = await history.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                changed.Add(row.GetString(0));
            }
        }

        if (work.RevertsId is not null)
        {
            await ExecuteAsync(work.Turn, RefusedSql, cancellationToken, work.PlanId, ordinals);
        }
        else if (work.Author is null && changed.Count > 0)
        {
            await CountStreaksAsync(work, [.. changed.Distinct(StringComparer.Ordinal)], cancellationToken);
        }
    }

    private static async Task CountStreaksAsync(Work work, string[] identities, CancellationToken cancellationToken)
    {
        var streaks = identities.ToDictionary(identity => identity, _ => default(Flapping), StringComparer.Ordinal);
        await using (var command = work.Turn.Command(StreaksSql, work.Partner.Id, work.Direction, identities))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                streaks[row.GetString(0)] = new Flapping(row.GetInt64(1), row.GetInt32(2));
            }
        }

        var now = identities.Select(identity => streaks[identity].Streak == 0 ? new Flapping(work.Cycle, 1) : streaks[identity].Changed(work.Cycle)).ToList();
        await ExecuteAsync(
            work.Turn, StreakSql, cancellationToken, work.Partner.Id, work.Direction, identities, now.Select(one => one.LastCycle).ToArray(), now.Select(one => one.Streak).ToArray(), work.PlanId);
    }

    private static async Task<Dictionary<int, long>> EntriesAsync(Work work, int[] ordinals, CancellationToken cancellationToken)
    {
        await using var command = work.Turn.Command(EntriesSql, work.PlanId, work.Partner.Id, ordinals);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new Dictionary<int, long>();
        while (await row.ReadAsync(cancellationToken))
        {
            entries[row.GetInt32(0)] = row.GetInt64(1);
        }

        return entries;
    }

    // Somebody may have stopped it.
    private static async Task DemandStandingAsync(Work work, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(work.Turn, StandsSql, cancellationToken, work.PlanId) is not "applying")
        {
            throw new PlanStoppedException();
        }
    }

    private static int[] Ordinals(IReadOnlyList<StepResult> results) => [.. results.Select(result => result.Ordinal)];

    private static short[] Kinds(IReadOnlyList<StepResult> results) => [.. results.Select(result => (short)result.Kind)];

    private static string[] Faults(IReadOnlyList<StepResult> results) => [.. results.Select(result => Storable.Text(result.Fault, 500))];

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>An operator stopped the plan while it was carried out.</summary>
internal sealed class PlanStoppedException : Exception;
