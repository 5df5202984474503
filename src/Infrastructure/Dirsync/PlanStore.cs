using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

/// <summary>What pages, programs and the command line ask about plans: which there are, their rows, what happened to an entry, who flaps, who is behind.</summary>
public sealed partial class PlanStore(NpgsqlDataSource database)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<PlanSummary>> ListAsync(PlanListFilter filter, CancellationToken cancellationToken)
    {
        await using var command = database.Command(ListSql, filter.Partner, filter.State, filter.Direction);
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = filter.Take });
        command.Parameters.Add(new() { Value = filter.WithEmpty });
        return await ReadAsync(command, ReadSummary, cancellationToken);
    }

    /// <summary>One plan; null when there is none of that number, or it is still being made.</summary>
    public async Task<PlanSummary?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(FindSql, id);
        return await ReadAsync(command, ReadSummary, cancellationToken) is [var plan] ? plan : null;
    }

    /// <summary>A page of rows in the plan's order.</summary>
    /// <param name="after">Ordinal of the last row of the page before; 0 to begin.</param>
    public async Task<IReadOnlyList<PlanRow>> RowsAsync(long planId, PlanRowFilter filter, int after, int take, CancellationToken cancellationToken)
    {
        await using var command = database.Command(RowsSql);
        PlanRows.Choose(command, planId, filter, null);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = take });
        return await ReadAsync(command, PlanRows.Read, cancellationToken);
    }

    /// <summary>How many rows a filter finds.</summary>
    public async Task<long> CountAsync(long planId, PlanRowFilter filter, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select count(*) from plan_row r where {PlanRows.Chosen}");
        PlanRows.Choose(command, planId, filter, null);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>One row; null when the plan has none of that number.</summary>
    public async Task<PlanRow?> RowAsync(long planId, int ordinal, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select {PlanRows.Columns} from plan_row r where r.plan_id = $1 and r.ordinal = $2", planId, ordinal);
        return await ReadAsync(command, PlanRows.Read, cancellationToken) is [var found] ? found : null;
    }

    /// <summary>The names that several rows want, with all sides.</summary>
    public Task<IReadOnlyList<PlanRow>> CollisionsAsync(long planId, int after, int take, CancellationToken cancellationToken) =>
        RowsAsync(planId, new PlanRowFilter(ChangeClass.Collision), after, take, cancellationToken);

    /// <summary>Values that many rows change alone, the most frequent first: what a filter by value would find.</summary>
    public async Task<IReadOnlyList<ValueCount>> ValuesAsync(long planId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(ValuesSql, planId);
        return await ReadAsync(command, row => new ValueCount(row.GetString(0), row.GetInt64(1)), cancellationToken);
    }

    /// <summary>What happened to an entry as a partner names it, the newest first.</summary>
    public Task<IReadOnlyList<EntryChangeRow>> HistoryAsync(string partner, string identity, int take, CancellationToken cancellationToken) =>
        HistoryAsync(partner, identity, null, take, cancellationToken);

    /// <summary>What happened to an entry of our directory, here and at every partner, the newest first.</summary>
    public Task<IReadOnlyList<EntryChangeRow>> HistoryAsync(long entryId, int take, CancellationToken cancellationToken) =>
        HistoryAsync("", "", entryId, take, cancellationToken);

    /// <summary>Entries that change cycle after cycle; of one partner, or of all when the name is empty.</summary>
    public async Task<IReadOnlyList<FlappingRow>> FlappingAsync(string partner, CancellationToken cancellationToken)
    {
        await using var command = database.Command(FlappingSql, Flapping.Limit, partner);
        return await ReadAsync(
            command,
            row => new FlappingRow(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt32(6),
                new Flapping(row.GetInt64(5), row.GetInt32(6)).Sentence(row.GetString(4))),
            cancellationToken);
    }

    /// <summary>How far each partner is behind.</summary>
    public async Task<IReadOnlyList<PartnerLagRow>> LagAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(LagSql);
        return await ReadAsync(
            command,
            row => new PartnerLagRow(
                row.GetInt64(0), row.GetString(1),
                PartnerLag.Of(row.GetString(1), InstantAt(row, 2), InstantAt(row, 3), row.GetBoolean(4), row.GetFieldValue<DateTimeOffset>(5)),
                row.GetBoolean(4)),
            cancellationToken);
    }

    /// <summary>What was refused; of one partner, or of all when the name is empty.</summary>
    public async Task<IReadOnlyList<RefusedRow>> RefusedAsync(string partner, CancellationToken cancellationToken)
    {
        await using var command = database.Command(RefusedSql, partner);
        return await ReadAsync(
            command,
            row => new RefusedRow(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), (ChangeClass)row.GetInt16(5), row.GetString(6), row.GetString(7),
                row.GetFieldValue<DateTimeOffset>(8)),
            cancellationToken);
    }

    /// <summary>What was decided about entries for good; of one partner, or of all when the name is empty.</summary>
    public async Task<IReadOnlyList<StandingDecision>> DecisionsAsync(string partner, CancellationToken cancellationToken)
    {
        await using var command = database.Command(StandingSql, partner);
        return await ReadAsync(
            command,
            row => new StandingDecision(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetBoolean(6), row.GetString(7),
                row.GetFieldValue<DateTimeOffset>(8)),
            cancellationToken);
    }

    private async Task<IReadOnlyList<EntryChangeRow>> HistoryAsync(string partner, string identity, long? entryId, int take, CancellationToken cancellationToken)
    {
        await using var command = database.Command(HistorySql, identity);
        command.Parameters.Add(new() { Value = (object?)entryId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = partner });
        command.Parameters.Add(new() { Value = take });
        return await ReadAsync(
            command,
            row => new EntryChangeRow(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt32(5), row.GetString(6),
                row.IsDBNull(7) ? null : row.GetInt64(7), (ChangeClass)row.GetInt16(8), TextAt(row, 9), TextAt(row, 10), TextAt(row, 11), TextAt(row, 12), TextAt(row, 13),
                TextAt(row, 14), row.GetString(15), row.GetString(16), row.GetFieldValue<string[]>(17)),
            cancellationToken);
    }

    private static PlanSummary ReadSummary(NpgsqlDataReader row)
    {
        var limits = JsonSerializer.Deserialize<List<PlanThreshold>>(row.GetString(13), PlanRows.Json)!;
        var over = limits.Where(limit => limit.IsOver).ToList();
        var tally = row.GetFieldValue<long[]>(14);
        return new PlanSummary(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7),
            PlanRows.ReadCounts(row.GetFieldValue<long[]>(8)), row.GetInt64(9), row.GetInt64(10), row.GetBoolean(11), PlanRows.ReadNeeded(row.GetFieldValue<string[]>(12)),
            [.. over.Select(limit => limit.Sentence)],
            [.. over.SelectMany(limit => limit.Class is { } kind ? [kind] : Enum.GetValues<ChangeClass>().Where(kind => kind != ChangeClass.Collision)).Distinct().Order()],
            tally[0], tally[1], tally[2], tally[3], tally[4], InstantAt(row, 15), TextAt(row, 16), row.IsDBNull(17) ? null : row.GetInt64(17), InstantAt(row, 18), row.GetString(19),
            tally[5])
        {
            Notes = row.GetFieldValue<string[]>(20),
            ApplyBeganAt = InstantAt(row, 21),
            Limits = limits,
        };
    }

    private static DateTimeOffset? InstantAt(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);

    private static string? TextAt(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        return await command.RowsAsync(read, cancellationToken);
    }
}
