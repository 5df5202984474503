namespace Postern.Infrastructure.Dirsync;

internal sealed partial class OutboundStage
{
    private const string EntriesSql =
        """
          select e.id, e.display_name, e.kind, e.row_values, e.is_hidden, e.trust, coalesce(p.name, ''), coalesce(p.rules -> 'export' ->> 'mesh', ''),
                 array_agg(a.address order by a.is_native desc, a.ordinal, a.id), e.container
            from entry e join entry_address a on a.entry_id = e.id left join partner p on p.id = e.partner_id
        group by e.id, p.id
        """;

    private const string HeldColumns = "n, identity, match, is_ours, key, name, address, address_key, kind, row_values, name_key, place, source_identity";

    // A row of ours is known by where it stands, else by the address that was written, else by the address that is to be written (Q295753).
    private const string HeldAsReadSql =
        $"""
         with known as (
           select distinct on (s.n) s.n, s.place, s.identity as source_identity, s.key, s.name, s.address, s.address_key, s.kind, s.row_values,
                  coalesce(at_place.identity, at_address.identity, wanted.identity) as identity,
                  at_address.identity is not null as is_exact
             from seen s
        left join held_row at_place on at_place.partner_id = $1 and at_place.is_ours and at_place.place <> '' and at_place.place = s.place
        left join held_row at_address on at_address.partner_id = $1 and at_address.is_ours and at_address.address_key = s.address_key
        left join staged wanted on wanted.address_key = s.address_key and wanted.withheld is null
            where s.is_ours
         order by s.n, at_address.identity is not null desc),
         numbered as (
           select *, row_number() over (partition by identity order by is_exact desc, n) as place_of_identity from known)
         insert into held ({HeldColumns})
         select n, known_as, known_as, true, key, name, address, address_key, kind, row_values, '', place, source_identity
           from numbered, lateral (select case when identity is not null and place_of_identity = 1 then identity else 'row:' || source_identity end as known_as) as known_by
        """;

    private const string HeldUnreadSql =
        $"""
        insert into held ({HeldColumns})
        select 0, h.identity, h.identity, true, h.key, h.name, h.address, h.address_key, h.kind, h.row_values, '', h.place, h.source_identity
          from held_row h where h.partner_id = $1 and h.is_ours and not exists (select from held k where k.is_ours and k.identity = h.identity)
        """;

    private const string HeldAsWrittenSql =
        $"""
        insert into held ({HeldColumns})
        select 0, identity, identity, true, key, name, address, address_key, kind, row_values, '', place, source_identity from held_row where partner_id = $1 and is_ours
        """;

    private const string OthersAsReadSql =
        $"""
        insert into held ({HeldColumns})
        select distinct on (identity) n, identity, '', false, key, name, address, address_key, kind, row_values, '', place, identity from seen where not is_ours order by identity, n
        """;

    private const string OthersUnreadSql =
        $"""
        insert into held ({HeldColumns})
        select 0, h.identity, '', false, h.key, h.name, h.address, h.address_key, h.kind, h.row_values, '', h.place, h.source_identity
          from held_row h where h.partner_id = $1 and not h.is_ours and not exists (select from held k where not k.is_ours and k.identity = h.identity)
        """;

    private const string OnlyMentioned = " and exists (select from mention m where m.identity = h.identity and not m.is_gone)";

    private const string NotGone = " and not exists (select from mention m where m.identity = h.identity and m.is_gone)";

    private const string ForgetSql =
        """
        delete from held_row h where partner_id = $1 and not exists (select from held k where k.is_ours = h.is_ours and k.identity = h.identity)
        """;

    private const string KeepSql =
        """
        insert into held_row (partner_id, is_ours, identity, key, name, address, address_key, kind, row_values, place, source_identity)
             select $1, is_ours, identity, key, name, address, address_key, kind, row_values, place, source_identity from held
        on conflict (partner_id, is_ours, identity) do update
                set key = excluded.key, name = excluded.name, address = excluded.address, address_key = excluded.address_key, kind = excluded.kind,
                    row_values = excluded.row_values, place = excluded.place, source_identity = excluded.source_identity
              where (held_row.key, held_row.name, held_row.address, held_row.address_key, held_row.kind, held_row.row_values, held_row.place, held_row.source_identity)
                    is distinct from (excluded.key, excluded.name, excluded.address, excluded.address_key, excluded.kind, excluded.row_values, excluded.place, excluded.source_identity)
        """;
}
