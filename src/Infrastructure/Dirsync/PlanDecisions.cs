using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync;

/// <summary>What a person decides about a plan: rows are approved, refused, edited; a plan is put off or carried out at once; a name that several want is given to one.</summary>
/// <remarks>Whoever decides says which plan they saw, by its hash: a decision about a plan that has moved since changes nothing and says what moved.</remarks>
public sealed partial class PlanDecisions(NpgsqlDataSource database, PartnerKinds kinds)
{
    private const int ShortestHash = 8;

    /// <summary>Agrees to rows: to the undecided ones of a filter, or to those that are named.</summary>
    /// <param name="hash">Of the plan as it was seen; eight characters or more of it will do.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> ApproveAsync(
        long planId, string hash, PlanRowFilter filter, IReadOnlyList<int>? ordinals, Operator who, CancellationToken cancellationToken) =>
        DecideAsync(planId, hash, "approve", who, async (connection, plan) =>
        {
            await ForgetRefusalsAsync(connection, plan, filter, ordinals, onlyNamed: true, cancellationToken);
            var groups = await GroupsAsync(connection, planId, filter, ordinals, cancellationToken);
            long changed = 0;
            foreach (var group in groups.Where(group => group.Standing(plan, who, ordinals is not null) is Consent.Enough or Consent.NeedsSecond))
            {
                changed += await AgreeAsync(connection, plan, group, filter, ordinals, who, cancellationToken);
            }

            return (changed, Effect.Of(groups, plan, who, ordinals is not null).Sentence, Details(filter, ordinals));
        }, cancellationToken);

    /// <summary>Refuses rows; the same changes are not proposed again until their source, or what they would change, is different.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> RejectAsync(
        long planId, string hash, PlanRowFilter filter, IReadOnlyList<int>? ordinals, Operator who, CancellationToken cancellationToken) =>
        DecideAsync(planId, hash, "reject", who, async (connection, plan) =>
        {
            await using var command = Choosing(RefuseSql, connection, planId, filter, ordinals);
            // A filter leaves alone what others have agreed to, unless it asks for just that.
            Add(command, ordinals is not null || filter.Verdict.Length > 0, plan.PartnerId, plan.Direction, who.Name, Storable.Text(who.Reason));
            var refused = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            return (refused, refused == 0 ? "None of these rows is open." : $"{Rows(refused)} refused. They are not proposed again until their source changes.", Details(filter, ordinals));
        }, cancellationToken);

    /// <summary>Takes approvals and refusals of rows back, whoever gave them.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> UndecideAsync(
        long planId, string hash, PlanRowFilter filter, IReadOnlyList<int>? ordinals, Operator who, CancellationToken cancellationToken) =>
        DecideAsync(planId, hash, "undecide", who, async (connection, plan) =>
        {
            await ForgetRefusalsAsync(connection, plan, filter, ordinals, onlyNamed: false, cancellationToken);
            await using var command = Choosing(UndecideSql, connection, planId, filter, ordinals);
            var changed = await command.ExecuteNonQueryAsync(cancellationToken);
            return (changed, changed == 0 ? "Nobody has decided about these rows." : $"{Rows(changed)} open again.", Details(filter, ordinals));
        }, cancellationToken);

    /// <summary>What an approval by this person would do; nothing is done.</summary>
    public async Task<DecisionPreview> PreviewAsync(long planId, PlanRowFilter filter, IReadOnlyList<int>? ordinals, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return await LockedPlan.TakeAsync(connection, planId, cancellationToken) is not { } plan
            ? new DecisionPreview(new PlanCounts(), 0, 0, 0, 0, 0, 0, $"There is no plan {planId}.")
            : Effect.Of(await GroupsAsync(connection, planId, filter, ordinals, cancellationToken), plan, who, ordinals is not null);
    }

    /// <summary>Puts a plan off: until then it is not carried out and nobody is told of it again. A time that is past ends it.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> PostponeAsync(long planId, DateTimeOffset until, Operator who, CancellationToken cancellationToken) =>
        DecideAsync(planId, null, "postpone", who, async (connection, plan) =>
        {
            await using var command = connection.Command("update plan set postponed_until = case when $2 > now() then $2 end where id = $1 returning postponed_until is not null", planId, until.ToUniversalTime());
            var isLater = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            return (1, isLater ? $"Plan {planId} rests until {until.ToUniversalTime():yyyy-MM-dd HH:mm} UTC." : $"Plan {planId} rests no more.", new { until });
        }, cancellationToken);

    /// <summary>Carries out what is approved now, without waiting for the rows that nobody has decided about; those are proposed again.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> ApplyAsync(long planId, Operator who, CancellationToken cancellationToken) =>
        DecideAsync(planId, null, "apply", who, async (connection, plan) =>
        {
            await using var counting = connection.Command(
                "select count(*) filter (where verdict = 'approved'), count(*) filter (where verdict = 'open') from plan_row where plan_id = $1 and class <> 5", planId);
            await using var row = await counting.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            var (approved, open) = (row.GetInt64(0), row.GetInt64(1));
            await row.DisposeAsync();
            if (approved == 0)
            {
                return (0, $"Nothing of plan {planId} is approved.", null);
            }

            await ExecuteAsync(connection, "update plan set state = 'applying', postponed_until = null where id = $1", cancellationToken, planId);
            return (approved, $"{Rows(approved)} carried out now{(open > 0 ? $"; {Rows(open)} left undecided and proposed again" : "")}.", new { approved, open });
        }, cancellationToken);

    /// <summary>Stops a plan that is being carried out: what is done stays done, the rest is proposed again by the next cycle.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public async Task<DecisionResult> StopAsync(long planId, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockedPlan.TakeAsync(connection, planId, cancellationToken) is not { } plan)
        {
            return DecisionResult.Refused($"There is no plan {planId}.");
        }

        if (plan.State != "applying")
        {
            return DecisionResult.Refused($"Plan {planId} {plan.WhyNot}; there is nothing to stop.");
        }

        var left = await ExecuteAsync(
            connection, "update plan_row set outcome = 4, outcome_text = $2 where plan_id = $1 and verdict = 'approved' and class <> 5 and outcome in (0, 1)", cancellationToken,
            planId, $"{who.Name} stopped the plan.");
        await ExecuteAsync(
            connection,
            $"update plan set state = 'failed', apply_ended_at = now(), fault = $2, tally = (select {PlanStore.TallySql} from plan_row where plan_id = $1 and class <> 5) where id = $1",
            cancellationToken, planId, $"{who.Name} stopped it; {Rows(left)} not carried out.");
        await EndAsync(connection, plan, "stop", who, new { left }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DecisionResult.Done(left, $"Plan {planId} is stopped; {Rows(left)} not carried out.");
    }

    private async Task<DecisionResult> DecideAsync(
        long planId, string? hash, string verb, Operator who, Func<NpgsqlConnection, LockedPlan, Task<(long Changed, string Sentence, object? Details)>> decide,
        CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockedPlan.TakeAsync(connection, planId, cancellationToken) is not { } plan)
        {
            return DecisionResult.Refused($"There is no plan {planId}.");
        }

        if (await RefusalAsync(connection, plan, hash, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var (changed, sentence, details) = await decide(connection, plan);
        if (changed == 0)
        {
            return DecisionResult.Refused(sentence);
        }

        await SettleAsync(connection, planId, cancellationToken);
        await EndAsync(connection, plan, verb, who, new { plan = planId, hash = plan.Hash, rows = changed, of = details }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DecisionResult.Done(changed, sentence);
    }

    private static async Task<DecisionResult?> RefusalAsync(NpgsqlConnection connection, LockedPlan plan, string? hash, CancellationToken cancellationToken)
    {
        if (plan.State == "superseded")
        {
            await using var next = connection.Command(NextSql, plan.PartnerId, plan.Direction, plan.Id);
            return await next.ExecuteScalarAsync(cancellationToken) is long successor
                ? DecisionResult.Refused(
                    $"Plan {plan.Id} was superseded by plan {successor}, because its source was read again. What has not moved keeps its approvals there.",
                    await MovedAsync(connection, plan.Id, successor, cancellationToken))
                : DecisionResult.Refused($"Plan {plan.Id} was superseded.");
        }

        if (!plan.CanDecide)
        {
            return DecisionResult.Refused($"Plan {plan.Id} {plan.WhyNot}; nothing can be decided about it any more.");
        }

        if (hash is null || (hash.Length >= ShortestHash && plan.Hash.StartsWith(hash, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        return hash.Length < ShortestHash
            ? DecisionResult.Refused($"Say which plan you saw: at least {ShortestHash} characters of its hash.")
            : DecisionResult.Refused($"Plan {plan.Id} is no longer as you saw it; its hash is {plan.Hash[..Math.Min(12, plan.Hash.Length)]} now.", await EditedAsync(connection, plan.Id, cancellationToken));
    }

    private static async Task<IReadOnlyList<string>> MovedAsync(NpgsqlConnection connection, long from, long to, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(MovedSql, from, to);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var moved = new List<string>();
        long all = 0;
        while (await row.ReadAsync(cancellationToken))
        {
            all = row.GetInt64(2);
            moved.Add($"{row.GetString(1)} {(row.GetInt32(0) switch { 0 => "is not to be changed any more", 1 => "changes in another way", _ => "is new" })}.");
        }

        return all > moved.Count ? [.. moved, $"And {all - moved.Count:N0} more."] : moved;
    }

    private static async Task<IReadOnlyList<string>> EditedAsync(NpgsqlConnection connection, long planId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(EditedSql, planId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var edited = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            edited.Add($"{row.GetString(0)} was edited by {row.GetString(1)}.");
        }

        return edited;
    }

    private static async Task<long> AgreeAsync(
        NpgsqlConnection connection, LockedPlan plan, RowGroup group, PlanRowFilter filter, IReadOnlyList<int>? ordinals, Operator who, CancellationToken cancellationToken)
    {
        var isEnough = group.Standing(plan, who, ordinals is not null) == Consent.Enough;
        await using var command = Choosing(AgreeSql, connection, plan.Id, filter, ordinals);
        Add(command, group.After(who), isEnough ? "approved" : "open", (short)group.Class, group.ApprovedBy);
        command.Parameters.Add(new() { Value = (object?)group.Author ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        Add(command, group.Verdict);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<RowGroup>> GroupsAsync(
        NpgsqlConnection connection, long planId, PlanRowFilter filter, IReadOnlyList<int>? ordinals, CancellationToken cancellationToken)
    {
        await using var command = Choosing(GroupsSql, connection, planId, filter, ordinals);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<RowGroup>();
        while (await row.ReadAsync(cancellationToken))
        {
            groups.Add(new RowGroup(
                (ChangeClass)row.GetInt16(0), row.GetFieldValue<string[]>(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5)));
        }

        return groups;
    }

    // Who approves what was refused takes the refusal back; a filter leaves refusals alone.
    private static async Task ForgetRefusalsAsync(
        NpgsqlConnection connection, LockedPlan plan, PlanRowFilter filter, IReadOnlyList<int>? ordinals, bool onlyNamed, CancellationToken cancellationToken)
    {
        if (ordinals is not null || !onlyNamed)
        {
            await using var command = Choosing(ForgetRefusalsSql, connection, plan.Id, filter, ordinals);
            Add(command, plan.PartnerId, plan.Direction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static Task<int> SettleAsync(NpgsqlConnection connection, long planId, CancellationToken cancellationToken) => ExecuteAsync(connection, SettleSql, cancellationToken, planId);

    private static async Task EndAsync(NpgsqlConnection connection, LockedPlan plan, string verb, Operator who, object details, CancellationToken cancellationToken)
    {
        await AuditLog.WriteAsync(connection, who, $"{verb} plan", plan.Title, JsonSerializer.Serialize(details, PlanRows.Json), cancellationToken);
        await ExecuteAsync(connection, $"notify {ChangeNotifier.Channel}", cancellationToken);
    }

    private static object Details(PlanRowFilter filter, IReadOnlyList<int>? ordinals) => new
    {
        @class = filter.Class?.ToString().ToLowerInvariant(),
        filter.Text,
        filter.Verdict,
        filter.Value,
        ordinals = ordinals?.Take(200),
    };

    private static string Rows(long count) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "row is" : "rows are")}");

    private static NpgsqlCommand Choosing(string sql, NpgsqlConnection connection, long planId, PlanRowFilter filter, IReadOnlyList<int>? ordinals)
    {
        var command = new NpgsqlCommand(sql, connection);
        PlanRows.Choose(command, planId, filter, ordinals);
        return command;
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
