using Postern.Domain.Addresses;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Dirsync;

public sealed partial class DirsyncCycle
{
    private const string BeginSql =
        """
        update partner
           set cycle = cycle + 1, cycle_began_at = now(), run_wanted_at = null, run_is_dry = false, cycle_progress = 'Begins'
         where id = $1
        returning cycle
        """;

    private const string EndSql =
        """
        -- the fault that is over now
        with before as (select id, cycle_fault from partner where id = $1)
        update partner p
           set cycle_ended_at = now(), cycle_fault = '', cycle_progress = '', last_complete_at = case when $2 then now() else p.last_complete_at end
          from before where p.id = before.id
        returning before.cycle_fault
        """;

    private const string FailSql =
        """
        with before as (select id, cycle_fault from partner where id = $1)
        update partner p set cycle_ended_at = now(), cycle_fault = $2, cycle_progress = '' from before where p.id = before.id
        returning before.cycle_fault
        """;

    private const string OwnersSql =
        """
        select a.kind, a.key, coalesce(p.name, '') from address_owner a left join partner p on p.id = a.partner_id
        """;

    private const string SiteHomesSql =
        """
        select d from site, unnest(smtp_domains) d
         union all
        select 'CCMAIL:' || ccmail_post_office from site where ccmail_post_office <> ''
         union all
        select 'MS:' || msmail_network || '/' || msmail_post_office from site where msmail_network <> ''
        """;

    // A home that a partner owns is its own even where a site has it: somebody said so.
    private static OwnershipTable Ownership(Staging staging)
    {
        var rows = staging.Read(OwnersSql, row => (Kind: row.GetString(0), Key: row.GetString(1), Owner: row.GetString(2)));
        var homes = rows.Where(row => row.Kind == "home").ToDictionary(row => row.Key, row => row.Owner, StringComparer.Ordinal);
        foreach (var home in staging.Read(SiteHomesSql, row => row.GetString(0)))
        {
            if (PartnerRules.TryHome(home, out var key, out _))
            {
                homes.TryAdd(key, "");
            }
        }

        return new OwnershipTable(homes, rows.Where(row => row.Kind == "address").Select(row => KeyValuePair.Create(row.Key, row.Owner)));
    }

    private static Dictionary<string, RowDecision> DecisionsOf(Staging staging, Partner partner, string direction) => staging.Read(
        "select identity, name, row_values, is_left_out from row_decision where partner_id = $1 and direction = $2",
        row => new RowDecision(row.GetString(0), row.GetString(1), row.GetString(2) is { Length: > 0 } values ? RowValues.OfText(values) : null, row.GetBoolean(3)),
        partner.Id, direction).ToDictionary(decision => decision.Identity, StringComparer.Ordinal);

    // Plans that began to be carried out end first: nobody compares with half of one.
    private async Task FinishPlansAsync(Staging staging, Partner partner, bool isDry, CancellationToken cancellationToken)
    {
        foreach (var plan in isDry ? [] : staging.Read("select id from plan where partner_id = $1 and state = 'applying' order by id", row => row.GetInt64(0), partner.Id))
        {
            await carryOut(plan, cancellationToken);
        }
    }

    // A partner that is a post office sees whom it can write to, and who can write to it; another one sees everybody.
    private async Task<Func<MailAddress, MailAddress?, bool>> WayAsync(Staging staging, Partner partner, CancellationToken cancellationToken)
    {
        var owned = partner.Rules.OwnedHomes.Select(home => PartnerRules.TryHome(home, out var key, out _) ? key : "").ToHashSet(StringComparer.Ordinal);
        var offices = staging.Read("select system, name from post_office", row => PostOffice.KeyOf(row.GetString(0), row.GetString(1))).Where(owned.Contains).ToList();
        if (offices.Count == 0)
        {
            return (_, _) => true;
        }

        var state = await models.CurrentAsync(cancellationToken);
        var homes = state.Model.Homes.Where(home => !home.IsAlias).ToDictionary(home => (home.Native, home.Face));
        var known = new Dictionary<(string, string), bool>();
        return (native, face) =>
        {
            var key = (native.HomeKey, (face ?? native).HomeKey);
            if (!known.TryGetValue(key, out var isPublished))
            {
                // Whom no old system sees has nothing that could be withheld.
                known[key] = isPublished = !homes.TryGetValue(key, out var home) || offices.Exists(office => PublicationGate.IsPublished(state, office, home));
            }

            return isPublished;
        };
    }
}
