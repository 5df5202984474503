using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync.Support;

/// <summary>A partner whose directory lies in memory, and plans for it as a cycle would make them.</summary>
internal sealed class PlanHouse : IAsyncDisposable
{
    public static readonly Operator Kim = new("kim", [Role.DirectoryApprover], "checked");
    public static readonly Operator Lee = new("lee", [Role.DirectoryApprover], "");
    public static readonly Operator Local = new("local:root", [Role.Administrator], "");
    public static readonly PlanRowFilter All = new();

    private readonly MemoryPartner kind = new();

    private PlanHouse(TestDatabase database)
    {
        Database = database;
        var kinds = new PartnerKinds([kind]);
        Events = new EventLog(database.DataSource, NullLogger<EventLog>.Instance);
        Plans = new PlanStore(database.DataSource);
        Decisions = new PlanDecisions(database.DataSource, kinds);
        Revert = new PlanRevert(database.DataSource);
        Kinds = kinds;
    }

    public TestDatabase Database { get; }

    public PartnerKinds Kinds { get; }

    public EventLog Events { get; }

    public PlanStore Plans { get; }

    public PlanDecisions Decisions { get; }

    public PlanRevert Revert { get; }

    public long PartnerId { get; private set; }

    public MemoryDirectory Directory => kind["aurora"];

    public long Cycle { get; private set; }

    /// <summary>Puts a directory in the place of the partner's.</summary>
    public void Share(MemoryDirectory directory) => kind.Share("aurora", directory);

    /// <summary>As a process that has just started.</summary>
    public PlanApply Apply(int batch = 200) => new(Database.DataSource, Kinds, new OwnDirectory(), Events) { Batch = batch };

    public static async Task<PlanHouse> CreateAsync(SyncRules? rules = null)
    {
        var house = new PlanHouse(await TestDatabase.CreateAsync());
        house.PartnerId = (long)(await house.ScalarAsync(
            "insert into partner (name, kind, settings, rules) values ('aurora', 'memory', $1::jsonb, $2::jsonb) returning id",
            MemoryPartner.SettingsOf("aurora"), JsonSerializer.Serialize(rules ?? new SyncRules(), SettingsJson.Options)))!;
        return house;
    }

    /// <summary>A row as the partner would hold it.</summary>
    public DirectoryRow Row(string identity, string name, params (string Name, string Value)[] values) =>
        DirectoryRow.TryCreate(Directory.Names, identity, name, MailAddress.Parse($"p{identity}@site1.example"), RowKind.Person, RowValues.Of(values), out var row, out var fault)
            ? row
            : throw new InvalidOperationException(fault);

    /// <summary>What a cycle would propose for these rows; the plan waits.</summary>
    public async Task<PlanSummary> ProposeAsync(IEnumerable<DirectoryRow> wanted, params (ChangeClass Class, ApprovalMode Mode)[] modes)
    {
        var changes = DirectoryComparison.Of(wanted, await HeldAsync(), new MergeRules { Names = Directory.Names });
        return await AddAsync(changes, "out", modes);
    }

    /// <summary>A plan of these changes.</summary>
    public async Task<PlanSummary> AddAsync(IEnumerable<Change> proposed, string direction, params (ChangeClass Class, ApprovalMode Mode)[] modes)
    {
        var changes = proposed.Order(PlanOrder.Instance).ToList();
        var needed = modes.ToDictionary(mode => mode.Class, mode => mode.Mode);
        using var hash = new PlanHash();
        var hashes = changes.Select(hash.Add).ToList();
        var counts = PlanCounts.Of(changes);
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "update plan set state = 'superseded' where partner_id = $1 and direction = $2 and state in ('waiting', 'approved') and author is null", PartnerId, direction);
        Add(batch, "update partner set cycle = $2 where id = $1", PartnerId, ++Cycle);
        Add(
            batch, "insert into plan (partner_id, direction, cycle, state, hash, counts, needed) values ($1, $2, $3, 'waiting', $4, $5, $6)",
            PartnerId, direction, Cycle, hash.End(), Enum.GetValues<ChangeClass>().Select(kind => counts[kind]).ToArray(), PlanRows.NeededText(needed));
        foreach (var (index, change) in changes.Index())
        {
            var isFree = needed.GetValueOrDefault(change.Class, ApprovalMode.Approve) == ApprovalMode.Automatic;
            Add(
                batch,
                """
                insert into plan_row (plan_id, ordinal, class, gone, takes_held_name, identity, hash, before_key, before_name, before_address, before_address_key, before_kind, before_values,
                                      after_key, after_name, after_address, after_address_key, after_kind, after_values, sides, source, why, verdict)
                select max(id), $1, $2, $3, $4, $5, $6, $7::bytea, $8::text, $9::text, $10::text, $11::smallint, $12::text, $13::bytea, $14::text, $15::text, $16::text, $17::smallint, $18::text,
                       $19::jsonb, 'line 7', 'as the source says', $20 from plan
                """,
                [
                    index + 1, (short)change.Class, (short)change.Gone, change.TakesHeldName, change.Identity, hashes[index], .. Columns(change.Before), .. Columns(change.After),
                    change.Sides.Count > 0 ? JsonSerializer.Serialize(change.Sides, PlanRows.Json) : null, isFree ? "approved" : "open",
                ]);
        }

        await batch.ExecuteNonQueryAsync();
        var id = (long)(await ScalarAsync("select max(id) from plan"))!;
        return (await Plans.FindAsync(id, default))!;
    }

    /// <summary>Puts rows into the directory, by a plan that nobody had to look at.</summary>
    public async Task HoldAsync(params IEnumerable<DirectoryRow> rows)
    {
        var plan = await ProposeAsync(rows);
        await ApproveAsync(plan);
        (await Apply().ContinueAsync(plan.Id, default)).ShouldBeTrue();
    }

    public Task<DecisionResult> ApproveAsync(PlanSummary plan, Operator? who = null, params int[] ordinals) =>
        Decisions.ApproveAsync(plan.Id, plan.Hash, All, ordinals.Length > 0 ? ordinals : null, who ?? Kim, default);

    public Task<DecisionResult> RejectAsync(PlanSummary plan, params int[] ordinals) => Decisions.RejectAsync(plan.Id, plan.Hash, All, ordinals.Length > 0 ? ordinals : null, Kim, default);

    public async Task<PlanSummary> FindAsync(long id) => (await Plans.FindAsync(id, default))!;

    public Task<IReadOnlyList<PlanRow>> RowsAsync(long planId) => Plans.RowsAsync(planId, All, 0, 1000, default);

    /// <summary>What the partner's directory is believed to hold.</summary>
    public async Task<List<HeldRow>> HeldAsync()
    {
        await using var command = Database.DataSource.CreateCommand("select is_ours, identity, key, name, address, address_key, kind, row_values from held_row");
        await using var row = await command.ExecuteReaderAsync();
        var held = new List<HeldRow>();
        while (await row.ReadAsync())
        {
            held.Add(new HeldRow(PlanRows.RowAt(row, 2, row.GetString(1))!, row.GetBoolean(0)));
        }

        return held;
    }

    public async Task<object?> ScalarAsync(string sql, params object?[] values)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static object?[] Columns(DirectoryRow? row) =>
        row is null ? new object?[6] : [row.Key.Stored, row.Name, row.Address, row.AddressKey, (short)row.Kind, row.Values.Text];

    private static void Add(NpgsqlBatch batch, string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown } : new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
