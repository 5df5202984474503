using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Takes a plan that was carried out back, or one row of it, by a new plan, which is approved like any other; whoever asks for it is nobody's second for it.</summary>
/// <remarks>What has changed since stays as it is and is listed. What is taken back is refused as well once it is done, so that the next cycle does not propose it again.</remarks>
public sealed partial class PlanRevert(NpgsqlDataSource database)
{
    // All of it is held in memory while it is turned round.
    private const int MostRows = 200_000;

    /// <summary>Makes the plan.</summary>
    /// <param name="ordinal">Only this row; null for all that were carried out.</param>
    /// <returns>Its number, null when nothing can be taken back; and sentences about what cannot.</returns>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public async Task<(long? PlanId, IReadOnlyList<string> Left)> RevertAsync(long planId, int? ordinal, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockedPlan.TakeAsync(connection, planId, cancellationToken) is not { } plan)
        {
            return (null, [$"There is no plan {planId}."]);
        }

        if (plan.State is not ("applied" or "failed"))
        {
            return (null, [$"Plan {planId} {plan.WhyNot}; only what was carried out can be taken back."]);
        }

        if (await OpenRevertAsync(connection, planId, cancellationToken) is { } open)
        {
            return (null, [$"Plan {open} takes plan {planId} back already; decide about that one."]);
        }

        var rows = await DoneAsync(connection, planId, ordinal, cancellationToken);
        if (rows.Count is 0 or > MostRows)
        {
            return (null, [rows.Count == 0 ? ordinal is { } one ? $"Row {one} of plan {planId} was not carried out." : $"Nothing of plan {planId} was carried out."
                : $"Plan {planId} has more than {MostRows:N0} rows; take single ones back."]);
        }

        var (present, holders) = await NowAsync(connection, plan, ordinal, cancellationToken);
        var revert = Revert.Of(rows.Select(row => row.Change), identity => present.GetValueOrDefault(identity), key => holders.GetValueOrDefault(key));
        var left = revert.Left.Select(row => row.Sentence).ToList();
        if (revert.Changes.Count == 0)
        {
            return (null, left);
        }

        var partner = (await PartnerStore.FindAsync(connection, plan.PartnerId, cancellationToken))!;
        var made = await WriteAsync(connection, plan, partner, revert, ordinal, who, cancellationToken);
        await AuditLog.WriteAsync(
            connection, who, "revert plan", plan.Title, JsonSerializer.Serialize(new { plan = planId, row = ordinal, by = made, rows = revert.Changes.Count, left = left.Count }, PlanRows.Json),
            cancellationToken);
        await using var notify = new NpgsqlCommand($"notify {ChangeNotifier.Channel}", connection);
        await notify.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (made, left);
    }

    private static async Task<long?> OpenRevertAsync(NpgsqlConnection connection, long planId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select id from plan where reverts_id = $1 and state in ('waiting', 'approved', 'applying') limit 1", planId);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private static async Task<List<PlanRow>> DoneAsync(NpgsqlConnection connection, long planId, int? ordinal, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(DoneSql, planId);
        command.Parameters.Add(new() { Value = (object?)ordinal ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = MostRows + 1 });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<PlanRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(PlanRows.Read(row));
        }

        return rows;
    }

    // What the directory holds of these entries now, and who holds their former names.
    private static async Task<(Dictionary<string, DirectoryRow> Present, Dictionary<SortKey, DirectoryRow> Holders)> NowAsync(
        NpgsqlConnection connection, LockedPlan plan, int? ordinal, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(plan.Direction == "in" ? OwnNowSql : HeldNowSql, plan.Id, plan.PartnerId);
        command.Parameters.Add(new() { Value = (object?)ordinal ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var present = new Dictionary<string, DirectoryRow>(StringComparer.Ordinal);
        var holders = new Dictionary<SortKey, DirectoryRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            var held = PlanRows.RowAt(row, 2, row.GetString(1))!;
            _ = row.GetBoolean(0) ? present.TryAdd(held.Identity, held) : holders.TryAdd(held.Key, held);
        }

        return (present, holders);
    }

    private static async Task<long> WriteAsync(
        NpgsqlConnection connection, LockedPlan plan, Partner partner, Revert revert, int? ordinal, Operator who, CancellationToken cancellationToken)
    {
        var changes = revert.Changes.Order(PlanOrder.Instance).ToList();
        var counts = PlanCounts.Of(changes);
        var held = await HeldAsync(connection, plan, cancellationToken);
        var verdict = PolicyOf(plan.Direction == "in" ? partner.Rules.ImportConsent : partner.Rules.ExportConsent).Judge(counts, held);
        using var hash = new PlanHash();
        var hashes = changes.Select(hash.Add).ToList();
        var isAutomatic = changes.TrueForAll(change => verdict.Needed[change.Class] == ApprovalMode.Automatic);
        long id;
        await using (var command = connection.Command(PlanSql, plan.PartnerId, plan.Direction, partner.Cycle, isAutomatic ? "approved" : "waiting", hash.End(), (long)changes.Count, held,
            Enum.GetValues<ChangeClass>().Select(kind => counts[kind]).ToArray(), PlanRows.NeededText(verdict.Needed)))
        {
            command.Parameters.Add(new() { Value = JsonSerializer.Serialize(verdict.Thresholds.Select(Shown), PlanRows.Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
            command.Parameters.Add(new() { Value = Notes(plan, revert, ordinal, who) });
            command.Parameters.Add(new() { Value = who.Name });
            command.Parameters.Add(new() { Value = plan.Id });
            id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        await using var copy = await connection.BeginBinaryImportAsync(CopySql, cancellationToken);
        foreach (var (index, change) in changes.Index())
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(index + 1, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync((short)change.Class, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync((short)change.Gone, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(change.TakesHeldName, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(change.Identity, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(hashes[index], NpgsqlDbType.Bytea, cancellationToken);
            await WriteAsync(copy, change.Before, cancellationToken);
            await WriteAsync(copy, change.After, cancellationToken);
            await copy.WriteAsync($"plan {plan.Id}", NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync($"{who.Name} takes plan {plan.Id} back", NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(verdict.Needed[change.Class] == ApprovalMode.Automatic ? "approved" : "open", NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(who.Name, NpgsqlDbType.Text, cancellationToken);
            await (change.Before is { } before && before.Identity != change.Identity ? copy.WriteAsync(before.Identity, NpgsqlDbType.Text, cancellationToken) : copy.WriteNullAsync(cancellationToken));
        }

        await copy.CompleteAsync(cancellationToken);
        return id;
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, DirectoryRow? row, CancellationToken cancellationToken)
    {
        if (row is null)
        {
            for (var column = 0; column < 6; column++)
            {
                await copy.WriteNullAsync(cancellationToken);
            }

            return;
        }

        await copy.WriteAsync(row.Key.Stored, NpgsqlDbType.Bytea, cancellationToken);
        await copy.WriteAsync(row.Name, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(row.Address, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(row.AddressKey, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync((short)row.Kind, NpgsqlDbType.Smallint, cancellationToken);
        await copy.WriteAsync(row.Values.Text, NpgsqlDbType.Text, cancellationToken);
    }

    private static async Task<long> HeldAsync(NpgsqlConnection connection, LockedPlan plan, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(plan.Direction == "in" ? "select count(*) from entry where partner_id = $1" : "select count(*) from held_row where partner_id = $1 and is_ours",
            plan.PartnerId);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string[] Notes(LockedPlan plan, Revert revert, int? ordinal, Operator who) =>
        [$"{who.Name} takes {(ordinal is { } one ? $"row {one} of plan {plan.Id}" : $"plan {plan.Id}")} back.", .. revert.Left.Take(100).Select(row => row.Sentence)];

    private static ApprovalPolicy PolicyOf(ConsentRules rules) => new(
        [
            new(ChangeClass.Delete, rules.Delete), new(ChangeClass.Move, rules.Move), new(ChangeClass.Rename, rules.Rename), new(ChangeClass.Modify, rules.Modify),
            new(ChangeClass.Add, rules.Add),
        ],
        rules.Thresholds);

    private static PlanThreshold Shown(ThresholdVerdict verdict) =>
        new(verdict.Threshold.Class, verdict.Threshold.Number, verdict.Threshold.Percent, verdict.Count, verdict.Held, verdict.IsExceeded, verdict.Sentence);
}
