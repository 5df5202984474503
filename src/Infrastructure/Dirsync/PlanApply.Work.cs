using Npgsql;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanApply
{
    private static async Task<Work?> BeginAsync(NpgsqlConnection turn, long planId, CancellationToken cancellationToken)
    {
        Work work;
        long partnerId;
        await using (var command = turn.Command(BeginSql, planId))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
            {
                return null;
            }

            partnerId = row.GetInt64(0);
            work = new Work(turn, planId, row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.GetString(5));
        }

        work.Partner = (await PartnerStore.FindAsync(turn, partnerId, cancellationToken))!;
        return work;
    }

    private static async Task<bool> IsOverAsync(NpgsqlConnection turn, long planId, CancellationToken cancellationToken) =>
        await ScalarAsync(turn, "select state from plan where id = $1", cancellationToken, planId) is not ("waiting" or "approved" or "applying" or "making");

    // The session ends with the process; where it lives on, the next one has its turn at once.
    private static async Task EndTurnAsync(NpgsqlConnection turn, long planId)
    {
        try
        {
            await ScalarAsync(turn, EndTurnSql, CancellationToken.None, planId);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is lost, and the turn with it.
        }
    }

    private async Task WaitAsync(Work work, string fault, CancellationToken cancellationToken)
    {
        await using var transaction = await work.Turn.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(work.Turn, "update plan set fault = $2 where id = $1 and state = 'applying'", cancellationToken, work.PlanId, Queue.Storable.Text(fault, 500));
        if (work.Fault.Length == 0)
        {
            await events.WriteAsync(
                work.Turn, EventCodes.PlanStuck, EventSeverity.Warning, "", $"Plan {work.PlanId} of {work.Partner.Name} cannot be carried out now: {fault.TrimEnd('.')}.",
                "It goes on by itself when the partner answers; what is done stays done. Stop it on its page if it should not.", work.Details);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> EndAsync(Work work, CancellationToken cancellationToken)
    {
        long left, done, failed, later;
        string reason;
        await using (var command = work.Turn.Command(LeftSql, work.PlanId))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (left, done, failed, later, reason) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4));
        }

        if (left > 0)
        {
            await WaitAsync(work, $"{work.Partner.Name} did not say what became of {left:N0} {(left == 1 ? "row" : "rows")}.", cancellationToken);
            return false;
        }

        var fault = failed > 0 ? $"{failed:N0} of {done + failed:N0} rows were refused, the first one: {reason}" : later > 0 ? $"{later:N0} approved {(later == 1 ? "row was" : "rows were")} left to the next cycle." : "";
        // A plan that has ended is never looked at again: what is to be said of it is said in the same transaction.
        await using var transaction = await work.Turn.BeginTransactionAsync(cancellationToken);
        if (await ExecuteAsync(work.Turn, EndSql, cancellationToken, work.PlanId, done == 0 && failed > 0 ? "failed" : "applied", Queue.Storable.Text(fault, 500)) == 1)
        {
            await TellAsync(work, done, failed, reason, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task TellAsync(Work work, long done, long failed, string reason, CancellationToken cancellationToken)
    {
        if (done > 0)
        {
            await events.WriteAsync(
                work.Turn, EventCodes.PlanApplied, EventSeverity.Information, "", $"Plan {work.PlanId} of {work.Partner.Name} was carried out: {done:N0} {(done == 1 ? "row" : "rows")}.", details: work.Details);
        }

        if (failed > 0)
        {
            await events.WriteAsync(
                work.Turn, EventCodes.PlanRowsRefused, EventSeverity.Warning, "",
                $"{(work.IsIn ? "Our directory" : work.Partner.Name)} refused {failed:N0} {(failed == 1 ? "row" : "rows")} of plan {work.PlanId}; the first one: {reason.TrimEnd('.')}.",
                "Open the plan and read the reasons. The next cycle proposes them again; edit or reject what cannot be.", work.Details);
        }

        if (work.Author is not null)
        {
            return;
        }

        await ExecuteAsync(work.Turn, SteadySql, cancellationToken, work.Partner.Id, work.Direction, work.Cycle);
        var names = new List<string>();
        await using (var command = work.Turn.Command(NewlyFlappingSql, work.Partner.Id, work.Direction, work.Cycle, Flapping.Limit))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                names.Add(row.GetString(0));
            }
        }

        if (names.Count > 0)
        {
            await events.WriteAsync(
                work.Turn, EventCodes.EntryFlaps, EventSeverity.Warning, "",
                names.Count == 1 ? $"{work.Partner.Name}: {new Flapping(work.Cycle, Flapping.Limit).Sentence(names[0])}"
                    : $"{work.Partner.Name}: {names.Count} entries were changed in {Flapping.Limit} cycles one after the other: {string.Join(", ", names.Take(10))}.",
                "Two sides disagree about them. Compare the changes in the history of the entry, and reject them or decide its values by hand.", work.Details);
        }
    }

    /// <summary>A plan that is being carried out, and the results that are not written yet.</summary>
    private sealed class Work(NpgsqlConnection turn, long planId, string direction, long cycle, string? author, long? revertsId, string fault) : IDisposable
    {
        private readonly SemaphoreSlim alone = new(1, 1);
        private readonly List<StepResult> results = [];

        public NpgsqlConnection Turn => turn;

        public long PlanId => planId;

        public string Direction => direction;

        public bool IsIn => direction == "in";

        public long Cycle => cycle;

        public string? Author => author;

        public long? RevertsId => revertsId;

        public string Fault => fault;

        public Partner Partner { get; set; } = null!;

        public TargetAbility Ability { get; set; } = TargetAbility.Ldap;

        public IReadOnlyDictionary<string, string> Details => new Dictionary<string, string>
        {
            ["plan"] = planId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["partner"] = Partner.Name,
        };

        /// <summary>Takes a result; many are written together.</summary>
        public async ValueTask TakeAsync(PlanApply apply, StepResult result, CancellationToken cancellationToken)
        {
            int count;
            lock (results)
            {
                results.Add(result);
                count = results.Count;
            }

            if (count >= apply.Batch)
            {
                await FlushAsync(apply, cancellationToken);
            }
        }

        /// <summary>Writes what is known. A partner may answer while the next steps are fetched: one at a time.</summary>
        public Task FlushAsync(PlanApply apply, CancellationToken cancellationToken) => AloneAsync(
            async () =>
            {
                List<StepResult> known;
                lock (results)
                {
                    known = [.. results];
                    results.Clear();
                }

                if (known.Count > 0)
                {
                    await apply.WriteOutAsync(this, known, cancellationToken);
                }
            },
            cancellationToken);

        public async Task AloneAsync(Func<Task> act, CancellationToken cancellationToken)
        {
            await alone.WaitAsync(cancellationToken);
            try
            {
                await act();
            }
            finally
            {
                alone.Release();
            }
        }

        public void Dispose() => alone.Dispose();
    }
}
