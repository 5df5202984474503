namespace Postern.Infrastructure.Dirsync;

internal sealed partial class InboundStage
{
    private const string EntryColumns =
        """
        e.source_identity, e.display_name, e.kind, e.row_values, e.is_hidden, e.trust, e.container,
               array_agg(a.address order by a.is_native desc, a.ordinal, a.id)
        """;

    private const string EntriesSql =
        $"""
          select {EntryColumns}, p.name
            from entry e join entry_address a on a.entry_id = e.id join partner p on p.id = e.partner_id
           where e.partner_id = $1
        group by e.id, p.name
        """;

    private const string HoldersSql =
        """
           select e.source_identity, e.display_name, e.kind, e.row_values, e.is_hidden, e.trust, e.container,
                  array(select o.address from entry_address o where o.entry_id = e.id order by o.is_native desc, o.ordinal, o.id),
                  coalesce(p.name, ''), e.id, a.address, s.n,
               case when a.is_native and not exists (select from held h where h.is_ours and h.match = s.identity) then s.row_values end
             from staged s
             join entry_address a on a.key = s.address_hash
             join entry e on e.id = a.entry_id and e.partner_id is distinct from $1
        left join partner p on p.id = e.partner_id
            where s.withheld is null
        """;

    private const string OneRowSql =
        """
        delete from staged a using staged b
         where a.withheld is not null and a.identity = b.identity and a.n <> b.n and (b.withheld is null or b.n < a.n)
        """;

    private const string RepeatsSql =
        """
          select s.n, s.identity, s.key, s.name, s.address, s.address_key, s.kind, s.row_values, h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values
            from staged s left join held h on h.is_ours and h.match = s.identity
           where s.withheld is null and s.$column in (select $column from staged where withheld is null group by $column having count(*) > 1)
        order by s.$column, s.n
        """;

    // A source without ids of its own: somebody who goes and somebody of the same name who comes in one cycle have moved (Q166581), where the name says who.
    private const string PairSql =
        """
        with comes as (select min(s.identity) as identity, s.name_key from staged s
                        where s.withheld is null and not s.is_stable and not exists (select from held h where h.is_ours and h.match = s.identity)
                     group by s.name_key having count(*) = 1),
             goes as (select min(h.identity) as identity, h.name_key from held h
                       where h.is_ours and not exists (select from staged s where s.identity = h.match)
                    group by h.name_key having count(*) = 1)
        update held set match = comes.identity
          from comes join goes using (name_key)
         where held.is_ours and held.identity = goes.identity
        """;

    private const string AddressesSql =
        """
          select s.n, s.identity, s.key, s.name, s.address, s.address_key, s.kind, s.row_values, h.row_values, s.source
            from staged s left join held h on h.is_ours and h.match = s.identity
           where s.withheld is null and s.n > 0 and (h.row_values like 'made=%' or h.row_values like E'%\nmade=%' or (h.identity is null and $1))
        order by s.address_key, s.identity
        """;

    private const string HeldAddressesSql =
        """
          select s.n, s.identity, s.key, s.name, s.address, s.address_key, s.kind, s.row_values from staged s order by s.address_key, s.identity
        """;

    // Somebody's address, one that somebody had lately, or one that somebody else is about to get.
    private const string TakenSql =
        """
        select w.key from unnest($1, $2) as w (key, hash)
         where exists (select from entry_address a where a.key = w.hash)
            or exists (select from former_address f where f.address_key = w.key and f.gone_at > now() - make_interval(days => $3))
            or exists (select from staged_proxy p where p.hash = w.hash)
            or exists (select from staged s where s.address_hash = w.hash and s.withheld is null)
        """;

    private const string ConflictsSql =
        """
          select s.n, s.name, s.row_values, s.source, array_agg(c.address order by c.address collate "C"), array_agg(c.why order by c.address collate "C")
            from (select p.n, p.address,
                         case when e.id is not null and e.partner_id is distinct from $1 then 'it belongs to ' || e.display_name
                              when o.identity is not null then 'it is the own address of ' || o.name
                              when f.address_key is not null then f.name || ' had it until ' || to_char(f.gone_at, 'YYYY-MM-DD') || ', and mail to them may still be under way'
                              when row_number() over (partition by p.hash order by (e.id is not null and e.source_identity = s.identity) desc, s.address_key, s.identity) > 1
                                   then 'another entry of the same source has it' end as why
                    from staged_proxy p
                    join staged s on s.n = p.n and s.withheld is null
               left join entry_address a on a.key = p.hash
               left join entry e on e.id = a.entry_id
               left join staged o on o.address_hash = p.hash and o.withheld is null
               left join former_address f on f.address_key = p.address_key and f.gone_at > now() - make_interval(days => $2) and not (f.is_stable and f.identity = s.identity)
                   where not p.is_made) c
            join staged s on s.n = c.n
           where c.why is not null
        group by s.n, s.name, s.row_values, s.source
        """;
}
