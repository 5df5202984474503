using Npgsql;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

internal sealed partial class PlanMaker
{
    // Entries about which something was refused: as they are held, and as they should be.
    private const string RefusedSql =
        """
        with refused as (select distinct identity from refused_change where partner_id = $1 and direction = $2)
        select h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values, s.identity, s.key, s.name, s.address, s.address_key, s.kind, s.row_values, null::smallint
          from refused r join staged s on s.identity = r.identity and s.withheld is null left join held h on h.is_ours and h.match = s.identity
         union all
        select h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values, null, null, null, null, null, null, null, s.withheld
          from refused r join held h on h.is_ours and h.identity = r.identity left join staged s on s.identity = h.match
         where s.identity is null or s.withheld is not null
        """;

    private const string DropAddsSql = "delete from staged where identity = any($1)";

    private const string DropChangesSql = "delete from staged s using held h where h.is_ours and h.identity = any($1) and s.identity in (h.match, h.identity)";

    private const string MatchKeptSql = "update held set match = identity where is_ours and identity = any($1)";

    private const string StageKeptSql = $"{Staging.WantHeldSql} and h.identity = any($1)";

    // Where a change is refused, what is held is what is wanted: the rest of the plan is made around it.
    private void KeepRefused(PlanDraft draft, Rejections rejections, Dictionary<SortKey, string> given)
    {
        var adds = new List<string>();
        var kept = new List<string>();
        foreach (var (before, wanted, gone) in staging.Read(RefusedSql, RefusedOf, partner.Id, draft.Direction))
        {
            if (before is not null && rejections.Keep(before, null, GoneReason.NameGiven, draft.Names.SpellingCounts))
            {
                given.Remove(before.Key);
            }

            if ((wanted is not null || draft.IsComplete) && rejections.Keep(before, wanted, gone, draft.Names.SpellingCounts))
            {
                (before is null ? adds : kept).Add((before ?? wanted)!.Identity);
            }
        }

        staging.Execute(DropAddsSql, (object)adds.ToArray());
        staging.Execute(DropChangesSql, (object)kept.ToArray());
        staging.Execute(MatchKeptSql, (object)kept.ToArray());
        staging.Execute(StageKeptSql, (object)kept.ToArray());
    }

    private static (DirectoryRow? Before, DirectoryRow? Wanted, GoneReason Gone) RefusedOf(NpgsqlDataReader row) => (
        row.IsDBNull(0) ? null : Staging.RowOf(row, 1, row.GetString(0)),
        row.IsDBNull(7) ? null : Staging.RowOf(row, 8, row.GetString(7)),
        row.IsDBNull(14) ? GoneReason.Source : (GoneReason)row.GetInt16(14));
}
