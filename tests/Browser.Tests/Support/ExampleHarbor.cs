using Postern.Infrastructure.Tests.Support;

namespace Postern.Browser.Tests.Support;

/// <summary>The old post offices of a harbour: a network of MS Mail with direct and indirect ones, cc:Mail beside it, and what each is believed to know.</summary>
public static class ExampleHarbor
{
    private const string Sql =
        """
        insert into site (name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office) values
          ('SITE1', '{site1.example}', 'SITE1', 'HARBOR', 'SITE1'), ('SITE2', '{site2.example}', 'SITE2', 'HARBOR', 'SITE2')
          on conflict (name) do update set smtp_domains = excluded.smtp_domains, ccmail_post_office = excluded.ccmail_post_office, msmail_network = excluded.msmail_network, msmail_post_office = excluded.msmail_post_office;
        insert into connector (name, kind, settings) values
          ('msmail-harbor', 'msmail', '{"siteName": "SITE1"}'), ('msmail-drydock', 'msmail', '{"siteName": "SITE1"}'),
          ('smtp-backbone', 'smtp', '{"smartHosts": ["relay.example"]}'), ('ccmail-sales', 'ccmail', '{"siteName": "SITE1"}'), ('ccmail-aurora', 'ccmail', '{"siteName": "SITE1"}')
          on conflict (name) do nothing;
        insert into connector_status (connector_id, state, detail, alive_at) select id, case name when 'msmail-drydock' then 'stopped' else 'running' end, '', now() from connector where kind <> 'smtp' or name = 'smtp-backbone' on conflict do nothing;
        update connector set desired_state = 'stopped' where name = 'msmail-drydock';
        insert into post_office (system, name, connector_id)
          select v.system, v.name, c.id from (values ('MS', 'HARBOR/PIER1', 'msmail-harbor'), ('MS', 'HARBOR/DRYDOCK', 'msmail-drydock'), ('CCMAIL', 'SALES', 'ccmail-sales'), ('CCMAIL', 'AURORA', 'ccmail-aurora')) v (system, name, by)
            cross join lateral (select id from connector c where c.name = v.by) c (id) on conflict do nothing;
        """;

    private const string Rest =
        """
        insert into post_office (system, name, via_id) select 'MS', 'HARBOR/PIER2', id from post_office where name = 'HARBOR/PIER1';
        insert into post_office (system, name, via_id) select 'MS', 'HARBOR/PIER3', id from post_office where name = 'HARBOR/PIER2';
        insert into post_office (system, name, via_id) select 'CCMAIL', 'WAREHSE', id from post_office where name = 'SALES';
        insert into address_space (connector_id, type, pattern) select id, 'SMTP', '*' from connector where name = 'smtp-backbone' on conflict do nothing;
        create temp table people as select n, (array['Lindqvist, Anna', 'Nilsen, Tor', 'Marsh, Jo', 'Haddad, Rami'])[1 + n % 4] || ' ' || n as who from generate_series(1, 60) n;
        insert into entry (display_name) select who from people;
        create temp table holder as select e.id, p.n, p.who from entry e join people p on p.who = e.display_name;
        insert into entry_address (entry_id, type, address, key, is_native, ordinal)
          select id, 'SMTP', 'p' || n || '@site2.example', sha256(('s' || n)::bytea), true, 0 from holder where n <= 23 union all
          select id, 'MS', 'MS:HARBOR/SITE2/P' || n, sha256(('m' || n)::bytea), false, 1 from holder where n <= 23 union all
          select id, 'CCMAIL', 'CCMAIL:' || who || ' at SITE2', sha256(('c' || n)::bytea), false, 2 from holder where n <= 23 union all
          select id, 'MS', 'MS:HARBOR/PIER' || (n % 3 + 1) || '/P' || n, sha256(('m' || n)::bytea), true, 0 from holder where n between 24 and 45 union all
          select id, 'CCMAIL', 'CCMAIL:' || who || ' at SALES', sha256(('c' || n)::bytea), true, 0 from holder where n > 45 union all
          select id, 'MS', 'MS:HARBOR/SITE1/P' || n, sha256(('m' || n)::bytea), false, 1 from holder where n > 45;
        insert into post_office_knowledge (system, owner, destination, via, owner_key, destination_key, state, since, seen_at, proof, proved_by, sheet)
          select system, owner, destination, via, system || ':' || owner, system || ':' || destination, state, now() - interval '3 days', case when state in ('confirmed', 'stale') then now() - age end, proof, by, sheet
            from (values
              ('MS', 'HARBOR/PIER1', 'HARBOR/SITE2', 'HARBOR/SITE1', 'confirmed', interval '11 seconds', 'mail', 'message 4711', null),
              ('MS', 'HARBOR/PIER1', 'HARBOR/SITE1', '', 'confirmed', interval '4 minutes', 'canary', 'message 12', 1),
              ('MS', 'HARBOR/PIER1', 'HARBOR/PIER2', '', 'confirmed', interval '2 days', 'operator', 'm.keller', 1),
              ('MS', 'HARBOR/PIER1', 'HARBOR/PIER3', 'HARBOR/PIER2', 'issued', null, '', '', 2),
              ('MS', 'HARBOR/PIER2', 'HARBOR/SITE2', 'HARBOR/PIER1', 'confirmed', interval '4 minutes', 'canary', 'message 13', 1),
              ('MS', 'HARBOR/PIER2', 'HARBOR/PIER1', '', 'confirmed', interval '6 days', 'listing', 'm.keller', 1),
              ('MS', 'HARBOR/DRYDOCK', 'HARBOR/SITE2', 'HARBOR/SITE1', 'stale', interval '200 days', 'mail', 'message 2', null),
              ('CCMAIL', 'SALES', 'SITE2', '', 'confirmed', interval '3 hours', 'mail', 'message 4710', null),
              ('CCMAIL', 'AURORA', 'SITE2', '', 'confirmed', interval '5 hours', 'canary', 'message 14', null),
              ('CCMAIL', 'WAREHSE', 'SITE2', 'SALES', 'issued', null, '', '', 1)) v (system, owner, destination, via, state, age, proof, by, sheet);
        update configuration set version = version + 1;
        """;

    private const string Broken =
        """
        insert into post_office_knowledge (system, owner, destination, via, owner_key, destination_key, state)
          values ('MS', 'HARBOR/PIER3', 'HARBOR/SITE2', 'HARBOR/QUAY', 'MS:HARBOR/PIER3', 'MS:HARBOR/SITE2', 'required');
        insert into knowledge_act (actor, verb, owner_key) values ('m.keller', 'want', 'MS:HARBOR/PIER3');
        """;

    /// <summary>Fills the configuration; with <paramref name="isBroken"/> PIER3 is wanted to reach SITE2 through a post office that nobody has defined.</summary>
    public static async Task FillAsync(TestQueue queue, bool isBroken)
    {
        await queue.ExecuteAsync(Sql);
        await queue.ExecuteAsync(Rest);
        if (isBroken)
        {
            await queue.ExecuteAsync(Broken);
        }
    }
}
