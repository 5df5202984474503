using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

public sealed partial class PlanDecisions
{
    private const int MostNumbers = 999;

    /// <summary>Gives an entry another name or other values in that directory, now and in every cycle to come.</summary>
    /// <param name="name">Empty leaves the name.</param>
    /// <param name="values">Values that are another there; an empty one leaves a value out. Null leaves them.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public async Task<DecisionResult> EditAsync(long planId, int ordinal, string name, RowValues? values, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        if (name.Trim().Length == 0 && values is null)
        {
            return DecisionResult.Refused("Say what the entry is called there, or which of its values are other ones.");
        }

        return await AtRowAsync(planId, ordinal, "edit", who, async (connection, plan, row, directory) =>
        {
            var rule = directory.Names;
            var decision = new RowDecision(row.Change.Identity, name.Trim(), values);
            if (!row.Change.IsProposal)
            {
                return await NameAsync(connection, plan, row, rule, name.Trim(), who, cancellationToken);
            }

            if (!decision.TryEdit(row.Change, rule, out var edited, out var fault))
            {
                return DecisionResult.Refused(fault);
            }

            if (edited is not null && await TakenAsync(connection, plan, edited, cancellationToken) is { } holder)
            {
                if (!holder.IsLeaving)
                {
                    return DecisionResult.Refused($"“{edited.After!.Name}” is the name of {holder.Address} there, and names may stand there only once.");
                }

                edited = edited with { TakesHeldName = true };
            }

            await DecideRowAsync(connection, plan, decision, who, cancellationToken);
            await ReplaceAsync(connection, plan, row, edited, who, cancellationToken);
            return DecisionResult.Done(1, edited is null ? "The directory holds that already; the row is gone from the plan." : edited.Sentence);
        }, cancellationToken);
    }

    // A row that collides changes nothing now; the next cycle lists it under the name.
    private static async Task<DecisionResult> NameAsync(
        NpgsqlConnection connection, LockedPlan plan, PlanRow row, NameRule rule, string name, Operator who, CancellationToken cancellationToken)
    {
        var after = row.Change.After!;
        if (name.Length == 0 || plan.Direction == "in")
        {
            return DecisionResult.Refused("Nothing is changed by a collision; decide who has the name.");
        }

        if (!MailAddress.TryParse(after.Address, out var address, out var fault) || !rule.TryHold(name, address, out var held, out fault))
        {
            return DecisionResult.Refused(fault);
        }

        if (await HolderOfAsync(connection, plan, held.Key, after.Identity, cancellationToken) is { IsLeaving: false } holder)
        {
            return DecisionResult.Refused($"“{held.Name}” is the name of {holder.Address} there, and names may stand there only once.");
        }

        await DecideRowAsync(connection, plan, new RowDecision(after.Identity, held.Name), who, cancellationToken);
        return DecisionResult.Done(1, $"{after.Address} is listed as {held.Name} from the next cycle on.");
    }

    /// <summary>Settles a collision: one of those who want the name has it from the next cycle on.</summary>
    /// <param name="ordinal">The row of the collision.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> GiveNameAsync(long planId, int ordinal, string identity, Operator who, CancellationToken cancellationToken) =>
        AtCollisionAsync(planId, ordinal, "give name", who, async (connection, plan, row, _) =>
        {
            if (row.Change.Sides.FirstOrDefault(side => side.IsOurs && side.Identity == identity) is not { } side)
            {
                return DecisionResult.Refused("That entry is none of those who want the name.");
            }

            if (row.Change.Sides.FirstOrDefault(other => !other.IsOurs) is { } own)
            {
                return DecisionResult.Refused($"{own.Name} ({own.Address}) is the directory's own and keeps its name; list the others under other names.");
            }

            await using var command = connection.Command(GiveSql, plan.PartnerId, plan.Direction, row.Change.Key.Stored, identity, side.Name, who.Name);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return DecisionResult.Done(1, $"{side.Name} is the name of {side.Address} from the next cycle on.");
        }, cancellationToken);

    /// <summary>Settles a collision: whoever has the name keeps it, and all others are listed with a number behind it.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> ListNumberedAsync(long planId, int ordinal, Operator who, CancellationToken cancellationToken) =>
        AtCollisionAsync(planId, ordinal, "list numbered", who, async (connection, plan, row, directory) =>
        {
            if (plan.Direction == "in")
            {
                return DecisionResult.Refused("These entries have one address, which nobody shares. Leave one of them out, or give it another address where it comes from.");
            }

            var named = new List<string>();
            var taken = new HashSet<SortKey>();
            foreach (var side in row.Change.Sides.Where(side => side is { IsOurs: true, Holds: false }))
            {
                if (await NumberedAsync(connection, plan, side, directory.Names, taken, cancellationToken) is not { } name)
                {
                    return DecisionResult.Refused($"No number makes “{side.Name}” another name there. Edit it by hand, or leave it out.");
                }

                await DecideRowAsync(connection, plan, new RowDecision(side.Identity, name), who, cancellationToken);
                named.Add($"{side.Address} as {name}");
            }

            return named.Count == 0 ? DecisionResult.Refused("Nobody waits for this name.") : DecisionResult.Done(named.Count, $"Listed from the next cycle on: {string.Join(", ", named)}.");
        }, cancellationToken);

    /// <summary>Settles a collision: an entry is not listed in that directory.</summary>
    /// <param name="identity">One of those who want the name; empty for all that do not have it.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> LeaveOutAsync(long planId, int ordinal, string identity, Operator who, CancellationToken cancellationToken) =>
        AtCollisionAsync(planId, ordinal, "leave out", who, async (connection, plan, row, _) =>
        {
            var left = row.Change.Sides.Where(side => side.IsOurs && (identity.Length > 0 ? side.Identity == identity : !side.Holds)).ToList();
            foreach (var side in left)
            {
                await DecideRowAsync(connection, plan, new RowDecision(side.Identity, IsLeftOut: true), who, cancellationToken);
            }

            return left.Count == 0
                ? DecisionResult.Refused("That entry is none of those who want the name.")
                : DecisionResult.Done(left.Count, $"Not listed from the next cycle on: {string.Join(", ", left.Select(side => side.Address))}.");
        }, cancellationToken);

    /// <summary>Forgets what was decided about an entry for good: its name, its values, a name that was given to it, or that it is left out. The next cycle proposes what follows.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> ForgetDecisionAsync(string partner, string direction, string identity, Operator who, CancellationToken cancellationToken) =>
        ForgetAsync(
            """
            with row as (delete from row_decision d using partner n where n.id = d.partner_id and n.name = $1 and d.direction = $2 and d.identity = $3 returning 1)
               , name as (delete from given_name g using partner n where n.id = g.partner_id and n.name = $1 and g.direction = $2 and g.identity = $3 returning 1)
            select (select count(*) from row) + (select count(*) from name)
            """,
            "forget decision", $"{identity} at {partner}", "From the next cycle on the entry is listed as it is.", who, cancellationToken, partner, direction, identity);

    /// <summary>Forgets a refusal: the change is proposed again by the next cycle, if it is still due.</summary>
    /// <param name="hash">Of the change, in hexadecimal.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public Task<DecisionResult> ForgetRefusalAsync(string partner, string direction, string hash, Operator who, CancellationToken cancellationToken) =>
        ForgetAsync(
            """
            with gone as (delete from refused_change c using partner n where n.id = c.partner_id and n.name = $1 and c.direction = $2 and encode(c.hash, 'hex') = $3 returning 1)
            select count(*) from gone
            """,
            "forget refusal", $"change {hash} at {partner}", "The change is proposed again by the next cycle, if it is still due.", who, cancellationToken, partner, direction, hash);

    private async Task<DecisionResult> ForgetAsync(string sql, string verb, string target, string sentence, Operator who, CancellationToken cancellationToken, params string[] values)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(sql, [.. values]);
        var gone = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (gone == 0)
        {
            return DecisionResult.Refused("Nothing of that kind is kept.");
        }

        await AuditLog.WriteAsync(connection, who, verb, target, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DecisionResult.Done(gone, sentence);
    }

    private Task<DecisionResult> AtCollisionAsync(
        long planId, int ordinal, string verb, Operator who, Func<NpgsqlConnection, LockedPlan, PlanRow, Directory, Task<DecisionResult>> decide, CancellationToken cancellationToken) =>
        AtRowAsync(
            planId, ordinal, verb, who,
            (connection, plan, row, directory) => row.Change.Class == ChangeClass.Collision
                ? decide(connection, plan, row, directory)
                : Task.FromResult(DecisionResult.Refused($"Row {ordinal} of plan {planId} is no collision.")),
            cancellationToken);

    // The partner is asked before anything is locked: it may be slow.
    private async Task<DecisionResult> AtRowAsync(
        long planId, int ordinal, string verb, Operator who, Func<NpgsqlConnection, LockedPlan, PlanRow, Directory, Task<DecisionResult>> decide, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        Directory directory;
        try
        {
            directory = await DirectoryOfAsync(connection, planId, cancellationToken);
        }
        catch (PartnerException e)
        {
            return DecisionResult.Refused($"How the partner holds names is not known now: {e.Message}");
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockedPlan.TakeAsync(connection, planId, cancellationToken) is not { } plan)
        {
            return DecisionResult.Refused($"There is no plan {planId}.");
        }

        if (await RefusalAsync(connection, plan, null, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (await RowAsync(connection, planId, ordinal, cancellationToken) is not { Outcome: 0 } row)
        {
            return DecisionResult.Refused($"Plan {planId} has no row {ordinal} about which something can be decided.");
        }

        var result = await decide(connection, plan, row, directory);
        if (!result.IsRefused)
        {
            await SettleAsync(connection, planId, cancellationToken);
            await EndAsync(connection, plan, verb, who, new { plan = planId, row = ordinal, entry = row.Change.Identity, result = result.Sentence }, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return result;
    }

    private async Task<Directory> DirectoryOfAsync(NpgsqlConnection connection, long planId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select partner_id, direction from plan where id = $1", planId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken) || row.GetString(1) == "in")
        {
            return new Directory(new OwnNames());
        }

        var partnerId = row.GetInt64(0);
        await row.DisposeAsync();
        var partner = (await PartnerStore.FindAsync(connection, partnerId, cancellationToken))!;
        await using var directory = await (kinds.Find(partner.Kind) ?? throw new PartnerException($"There is no kind of partner called {partner.Kind}.")).OpenAsync(partner, cancellationToken);
        return new Directory(directory.Names);
    }

    private static async Task<PlanRow?> RowAsync(NpgsqlConnection connection, long planId, int ordinal, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(RowSql, planId, ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? PlanRows.Read(row) : null;
    }

    private static async Task<Holder?> TakenAsync(NpgsqlConnection connection, LockedPlan plan, Change edited, CancellationToken cancellationToken) =>
        plan.Direction == "in" ? null : await HolderOfAsync(connection, plan, edited.After!.Key, edited.Identity, cancellationToken);

    private static async Task<Holder?> HolderOfAsync(NpgsqlConnection connection, LockedPlan plan, SortKey key, string identity, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(HolderSql, plan.PartnerId, plan.Id, key.Stored, identity);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new Holder(row.GetString(1), row.GetBoolean(2)) : null;
    }

    private static async Task<string?> NumberedAsync(
        NpgsqlConnection connection, LockedPlan plan, CollisionSide side, NameRule rule, HashSet<SortKey> taken, CancellationToken cancellationToken)
    {
        if (!MailAddress.TryParse(side.Address, out var address, out _))
        {
            return null;
        }

        for (var number = 2; number <= MostNumbers; number++)
        {
            var end = $" {number}";
            var stem = side.Name;
            // Where names are cut, room is made for the number.
            while (stem.Length > 1 && !(rule.TryHold(stem + end, address, out var cut, out _) && cut.Name.EndsWith(end, StringComparison.Ordinal)))
            {
                stem = stem[..^1].TrimEnd();
            }

            if (rule.TryHold(stem + end, address, out var held, out _) && held.Name.EndsWith(end, StringComparison.Ordinal)
                && !taken.Contains(held.Key) && await HolderOfAsync(connection, plan, held.Key, side.Identity, cancellationToken) is null)
            {
                taken.Add(held.Key);
                return held.Name;
            }
        }

        return null;
    }

    private static async Task DecideRowAsync(NpgsqlConnection connection, LockedPlan plan, RowDecision decision, Operator who, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(DecideRowSql, plan.PartnerId, plan.Direction, decision.Identity, decision.Name, decision.Values?.Text ?? "", decision.IsLeftOut, who.Name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ReplaceAsync(NpgsqlConnection connection, LockedPlan plan, PlanRow row, Change? edited, Operator who, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "delete from refused_change where partner_id = $1 and direction = $2 and hash = $3", cancellationToken, plan.PartnerId, plan.Direction, ChangeHash.Of(row.Change));
        if (edited is null)
        {
            await ExecuteAsync(connection, "delete from plan_row where plan_id = $1 and ordinal = $2", cancellationToken, plan.Id, row.Ordinal);
        }
        else
        {
            var after = edited.After!;
            await using var command = connection.Command(ReplaceSql, plan.Id, row.Ordinal, (short)edited.Class, ChangeHash.Of(edited), edited.TakesHeldName, after.Key.Stored, after.Name, after.Values.Text, who.Name,
                ApprovalPolicy.IsMet(plan.Needed[edited.Class], [], who.Name) ? "approved" : "open", $"{who.Name} edited it");
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        using var hash = new PlanHash();
        await using (var hashes = connection.Command(HashesSql, plan.Id))
        await using (var one = await hashes.ExecuteReaderAsync(cancellationToken))
        {
            while (await one.ReadAsync(cancellationToken))
            {
                hash.AddHash(one.GetFieldValue<byte[]>(0));
            }
        }

        await ExecuteAsync(connection, CountSql, cancellationToken, plan.Id, hash.End());
    }

    private sealed record Directory(NameRule Names);

    private sealed record Holder(string Address, bool IsLeaving);
}
