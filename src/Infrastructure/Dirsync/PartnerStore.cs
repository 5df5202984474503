using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

/// <summary>The partners: listed, added, changed, run, deleted. Every change is audited, and none is written over somebody else's.</summary>
public sealed partial class PartnerStore(NpgsqlDataSource database, PartnerKinds kinds)
{
    /// <summary>All partners by name.</summary>
    public async Task<IReadOnlyList<PartnerSummary>> ListAsync(CancellationToken cancellationToken) => await ReadAsync(SummarySql, SummaryOf, cancellationToken, "");

    /// <summary>One partner by its name, or by its number in digits; null when there is none.</summary>
    public async Task<PartnerSummary?> FindAsync(string nameOrId, CancellationToken cancellationToken) =>
        nameOrId.Length == 0 ? null : (await ReadAsync(SummarySql, SummaryOf, cancellationToken, nameOrId)) is [var found, ..] ? found : null;

    /// <summary>One partner by its number; null when there is none.</summary>
    public async Task<Partner?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, id, cancellationToken);
    }

    /// <summary>What is wrong with a draft; nothing is saved.</summary>
    public IReadOnlyList<PartnerFault> Check(PartnerDraft draft) => [.. PartnerRules.Faults(draft, kinds)];

    /// <summary>Saves a partner.</summary>
    /// <param name="version">Of the partner that the draft was made from; null for a new one.</param>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public async Task<PartnerResult> SaveAsync(PartnerDraft draft, long? version, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        if (Check(draft) is { Count: > 0 } faults)
        {
            return PartnerResult.No([.. faults]);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = draft.Id > 0 ? await LockAsync(connection, draft.Id, cancellationToken) : null;
        if (draft.Id > 0 && (before is null || before.Version != version))
        {
            return before is null ? PartnerResult.No(new PartnerFault("", "The partner was deleted meanwhile.")) : new PartnerResult(false, null, [], before);
        }

        if (await ReadOneAsync(connection, "select id from partner where name = $1 and id <> $2", cancellationToken, draft.Name, draft.Id) is not null)
        {
            return PartnerResult.No(new PartnerFault("name", $"There is a partner {draft.Name} already; choose another name."));
        }

        var id = await WriteAsync(connection, draft, before, cancellationToken);
        if (await WriteHomesAsync(connection, id, draft.Rules, cancellationToken) is { } taken)
        {
            return PartnerResult.No(taken);
        }

        var saved = (await FindAsync(connection, id, cancellationToken))!;
        var details = JsonSerializer.Serialize(new { before = Audited(before), after = Audited(saved) }, SettingsJson.Options);
        await AuditLog.WriteAsync(connection, who, before is null ? "add partner" : "change partner", draft.Name, details, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new PartnerResult(true, saved, []);
    }

    /// <summary>What deleting a partner would do; null when there is none.</summary>
    public async Task<PartnerDeletion?> DeletionAsync(long id, CancellationToken cancellationToken) =>
        await ReadAsync(DeletionSql, row => DeletionOf(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<string[]>(4)), cancellationToken, id) is [var effect]
            ? effect
            : null;

    /// <summary>Deletes a partner with its plans and decisions. Its entries stay as our own; whoever wants them gone first carries out a plan that empties it.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public async Task<PartnerResult> DeleteAsync(long id, long version, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await LockAsync(connection, id, cancellationToken);
        if (before is null || before.Version != version)
        {
            return before is null ? PartnerResult.No(new PartnerFault("", "The partner was deleted already.")) : new PartnerResult(false, null, [], before);
        }

        if (await ReadOneAsync(connection, "select id from plan where partner_id = $1 and state = 'applying'", cancellationToken, id) is not null)
        {
            return PartnerResult.No(new PartnerFault("", $"A plan of {before.Name} is being carried out; wait until it has ended, then delete the partner."));
        }

        var effect = await DeletionAsync(id, cancellationToken);
        await ExecuteAsync(connection, "update entry set partner_id = null, source_identity = '', changed_at = now() where partner_id = $1", cancellationToken, id);
        await ExecuteAsync(connection, "update plan set reverts_id = null where reverts_id in (select id from plan where partner_id = $1)", cancellationToken, id);
        await ExecuteAsync(connection, "delete from partner where id = $1", cancellationToken, id);
        await AuditLog.WriteAsync(connection, who, "delete partner", before.Name, JsonSerializer.Serialize(new { effect = effect!.Sentences }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new PartnerResult(true, null, []);
    }

    /// <summary>Wishes a cycle now; the next look of the schedule begins it.</summary>
    /// <param name="isDry">The plan is only counted; nothing is stored.</param>
    /// <exception cref="RightMissingException">They may not decide about the directory.</exception>
    public async Task<PartnerResult> RunAsync(long id, bool isDry, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var partner = await LockAsync(connection, id, cancellationToken);
        if (partner is null || !partner.IsEnabled)
        {
            return PartnerResult.No(new PartnerFault("", partner is null ? "There is no such partner." : $"{partner.Name} is switched off; switch it on first."));
        }

        await ExecuteAsync(connection, "update partner set run_wanted_at = now(), run_is_dry = $2 where id = $1", cancellationToken, id, isDry);
        await AuditLog.WriteAsync(connection, who, isDry ? "run dry" : "run now", $"partner {partner.Name}", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new PartnerResult(true, partner, []);
    }

    /// <summary>What cycles of a partner said, the last one first.</summary>
    /// <param name="cycle">One cycle; null for all that are kept.</param>
    public Task<IReadOnlyList<CycleNote>> NotesAsync(long partnerId, long? cycle, int take, CancellationToken cancellationToken) => ReadAsync(
        NotesSql,
        row => new CycleNote(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4)),
        cancellationToken,
        partnerId, cycle ?? -1, take);

    /// <summary>What is known of canary entries, ours and theirs: those of one partner, or, without one, of all that are switched on.</summary>
    public async Task<IReadOnlyList<CanarySight>> CanariesAsync(long? partnerId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. (await CanariesAsync(connection, partnerId, cancellationToken)).Select(canary => canary.Sight)];
    }

    /// <summary>The canary entries of one partner, or of all that are switched on, with the days that each may be old.</summary>
    internal static async Task<IReadOnlyList<(CanarySight Sight, int OldAfterDays)>> CanariesAsync(NpgsqlConnection connection, long? partnerId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(CanariesSql, partnerId ?? 0);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(CanarySight, int)>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add((
                new CanarySight(row.GetString(1), row.GetBoolean(3), row.GetBoolean(4), Day(row, 5), At(row, 6), Day(row, 7), At(row, 8), At(row, 9), At(row, 10), row.GetString(11)),
                RulesOf(row.GetString(2)).Canary.OldAfterDays));
        }

        return found;
    }

    internal static async Task<Partner?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(OneSql, id);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? PartnerOf(row) : null;
    }

    private static async Task<Partner?> LockAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "select 1 from partner where id = $1 for update", cancellationToken, id);
        return await FindAsync(connection, id, cancellationToken);
    }

    private static async Task<long> WriteAsync(NpgsqlConnection connection, PartnerDraft draft, Partner? before, CancellationToken cancellationToken)
    {
        var isSameSchedule = before is not null && before.Rules.Schedule == draft.Rules.Schedule && before.IsEnabled == draft.IsEnabled;
        await using var command = new NpgsqlCommand(before is null ? InsertSql : UpdateSql, connection);
        command.Parameters.Add(new() { Value = draft.Name });
        command.Parameters.Add(new() { Value = draft.Kind });
        command.Parameters.Add(new() { Value = draft.Settings, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(draft.Rules, SettingsJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = draft.IsEnabled });
        if (before is not null)
        {
            command.Parameters.Add(new() { Value = draft.Id });
            command.Parameters.Add(new() { Value = isSameSchedule });
        }

        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // A home has one owner: two partners that both may give it would undo each other's changes in every cycle.
    private static async Task<PartnerFault?> WriteHomesAsync(NpgsqlConnection connection, long id, SyncRules rules, CancellationToken cancellationToken)
    {
        var keys = rules.OwnedHomes.Select(home => PartnerRules.TryHome(home, out var key, out _) ? key : "").ToArray();
        await using var command = connection.Command(TakenSql, keys, id);
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                var (key, owner) = (row.GetString(0), row.GetString(1));
                return new PartnerFault($"rules.ownedHomes[{Array.IndexOf(keys, key)}]", $"{rules.OwnedHomes[Array.IndexOf(keys, key)]} belongs to the partner {owner}; take it out there first.");
            }
        }

        await ExecuteAsync(connection, WriteHomesSql, cancellationToken, id, keys);
        return null;
    }

    private static PartnerSummary SummaryOf(NpgsqlDataReader row)
    {
        var partner = PartnerOf(row);
        var (began, created, from, now) = (At(row, 8), row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11));
        var complete = At(row, 15);
        return new PartnerSummary(
            partner, began, At(row, 12), row.GetString(13), row.GetString(14), complete, At(row, 16), row.GetBoolean(17),
            partner.IsEnabled ? PartnerRules.ScheduleOf(partner.Rules)?.Next(now) : null, row.GetInt64(18), row.GetInt64(19), row.GetInt64(20))
        {
            Lag = PartnerLag.Of(partner.Name, At(row, 21), complete, row.GetBoolean(22), now),
        };
    }

    private static Partner PartnerOf(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), RulesOf(row.GetString(4)), row.GetBoolean(5), row.GetInt64(6), row.GetInt64(7));

    // What was written past the program has its defaults: a partner whose consent cannot be read asks for it.
    private static SyncRules RulesOf(string json)
    {
        try
        {
            return SettingsJson.Read<SyncRules>(json);
        }
        catch (JsonException)
        {
            return new SyncRules();
        }
    }

    private static DateOnly? Day(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static PartnerDeletion DeletionOf(string name, long entries, long held, long plans, string[] homes)
    {
        var sentences = new List<string>
        {
            entries == 0 ? $"No entry of the directory was given by {name}."
                : entries == 1 ? $"1 entry of the directory loses {name} as its giver and stays as our own. Carry out a plan that empties {name} first if it is to leave."
                : $"{entries:N0} entries of the directory lose {name} as their giver and stay as our own. Carry out a plan that empties {name} first if they are to leave.",
        };
        if (held > 0)
        {
            sentences.Add(held == 1 ? $"1 entry of ours stays in the directory of {name}; nothing takes it out any more." : $"{held:N0} entries of ours stay in the directory of {name}; nothing takes them out any more.");
        }

        if (plans > 0)
        {
            sentences.Add($"{plans:N0} {(plans == 1 ? "plan that waits ends" : "plans that wait end")} without being carried out.");
        }

        if (homes.Length > 0)
        {
            sentences.Add($"{string.Join(", ", homes)} {(homes.Length == 1 ? "belongs" : "belong")} to no partner any more.");
        }

        return new PartnerDeletion(entries, held, plans, homes, sentences);
    }

    private static object? Audited(Partner? partner) =>
        partner is null ? null : new { partner.Name, partner.Kind, Settings = JsonSerializer.Deserialize<JsonElement>(partner.Settings), partner.Rules, partner.IsEnabled };

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }

    private static async Task<object?> ReadOneAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values) =>
        ReadOneAsync(connection, sql, cancellationToken, values);
}
