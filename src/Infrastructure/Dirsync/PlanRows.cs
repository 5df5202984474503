using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

/// <summary>How rows of plans are chosen and read from their table.</summary>
internal static class PlanRows
{
    /// <summary>Begins at column 0; <see cref="Read"/> knows the order.</summary>
    public const string Columns =
        """
        r.ordinal, r.class, r.gone, r.takes_held_name, r.identity,
               r.before_key, r.before_name, r.before_address, r.before_address_key, r.before_kind, r.before_values,
               r.after_key, r.after_name, r.after_address, r.after_address_key, r.after_kind, r.after_values,
               r.sides::text, r.source, r.why, r.mail, r.verdict, r.approved_by, r.author, r.outcome, r.outcome_text, r.before_identity
        """;

    /// <summary>$1 plan, $2 class, $3 part of a text, $4 verdict, $5 the one value, $6 ordinals; see <see cref="Choose"/>.</summary>
    public const string Chosen =
        """
        r.plan_id = $1
           and ($2::smallint is null or r.class = $2)
           and ($3 = '' or r.before_name ilike $3 or r.after_name ilike $3 or r.before_address ilike $3 or r.after_address ilike $3)
           and case $4 when '' then true when 'done' then r.outcome = 2 when 'failed' then r.outcome = 3 else r.verdict = $4 end
           and ($5 = '' or (r.class = 3 and r.before_name = r.after_name and r.before_kind = r.after_kind
                            and array(select l from unnest(string_to_array(r.before_values, E'\n')) l where l <> '' and not starts_with(l, $5 || '='))
                              = array(select l from unnest(string_to_array(r.after_values, E'\n')) l where l <> '' and not starts_with(l, $5 || '='))))
           and ($6::int[] is null or r.ordinal = any($6))
        """;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Binds $1 to $6 of <see cref="Chosen"/>.</summary>
    public static void Choose(NpgsqlCommand command, long planId, PlanRowFilter filter, IReadOnlyList<int>? ordinals)
    {
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = filter.Class is { } kind ? (short)kind : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = Contains(filter.Text) });
        command.Parameters.Add(new() { Value = filter.Verdict });
        command.Parameters.Add(new() { Value = filter.Value });
        command.Parameters.Add(new() { Value = ordinals is null ? DBNull.Value : ordinals.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
    }

    public static PlanRow Read(NpgsqlDataReader row)
    {
        var identity = row.GetString(4);
        var change = new Change((ChangeClass)row.GetInt16(1), RowAt(row, 5, row.IsDBNull(26) ? identity : row.GetString(26)), RowAt(row, 11, identity))
        {
            Gone = (GoneReason)row.GetInt16(2),
            TakesHeldName = row.GetBoolean(3),
            Sides = row.IsDBNull(17) ? [] : JsonSerializer.Deserialize<List<CollisionSide>>(row.GetString(17), Json)!,
        };
        return new PlanRow(
            row.GetInt32(0), change, row.GetString(18), row.GetString(19), row.GetInt32(20), row.GetString(21), row.GetFieldValue<string[]>(22),
            row.IsDBNull(23) ? null : row.GetString(23), row.GetInt16(24), row.GetString(25));
    }

    /// <summary>A row of a directory in six columns: key, name, address, key of the address, kind, values; null when there is none.</summary>
    public static DirectoryRow? RowAt(NpgsqlDataReader row, int at, string identity) => row.IsDBNull(at) ? null : new DirectoryRow
    {
        Key = new SortKey(row.GetFieldValue<byte[]>(at)),
        Identity = identity,
        Name = row.GetString(at + 1),
        Address = row.GetString(at + 2),
        AddressKey = row.GetString(at + 3),
        Kind = (RowKind)row.GetInt16(at + 4),
        Values = RowValues.OfText(row.GetString(at + 5)),
    };

    /// <summary>Modes as a plan keeps them, delete to add.</summary>
    public static string[] NeededText(IReadOnlyDictionary<ChangeClass, ApprovalMode> needed) =>
        [.. Enumerable.Range(0, (int)ChangeClass.Collision).Select(kind => needed.GetValueOrDefault((ChangeClass)kind, ApprovalMode.Approve).ToString())];

    public static IReadOnlyDictionary<ChangeClass, ApprovalMode> ReadNeeded(string[] needed) =>
        Enumerable.Range(0, (int)ChangeClass.Collision).ToDictionary(
            kind => (ChangeClass)kind,
            kind => kind < needed.Length && Enum.TryParse<ApprovalMode>(needed[kind], ignoreCase: true, out var mode) ? mode : ApprovalMode.Approve);

    public static PlanCounts ReadCounts(long[] counts) => new()
    {
        [ChangeClass.Delete] = counts[0],
        [ChangeClass.Move] = counts[1],
        [ChangeClass.Rename] = counts[2],
        [ChangeClass.Modify] = counts[3],
        [ChangeClass.Add] = counts[4],
        [ChangeClass.Collision] = counts[5],
    };

    private static string Contains(string text) => text.Trim() is { Length: > 0 } part
        ? $"%{part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%"
        : "";
}
