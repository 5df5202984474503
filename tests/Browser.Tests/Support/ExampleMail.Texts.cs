namespace Postern.Browser.Tests.Support;

public static partial class ExampleMail
{
    private const string ConfigurationSql =
        """
        delete from connector;
        insert into site (name, smtp_domains, ccmail_post_office) values ('SITE1', '{site1.example}', 'SITE1');
        insert into connector (name, kind, settings) values
          ('smtp-backbone', 'smtp', '{"smartHosts": ["relay-a.example:25", "relay-b.example:25"], "connections": 20, "tls": "Required", "userName": "postern", "passwordSecret": "relay"}'),
          ('smtp-partners', 'smtp', '{"smartHosts": ["mx.partner.example"], "tls": "Opportunistic"}'),
          ('ccmail-sales', 'ccmail', '{"postOfficeName": "SALES", "postOfficePath": "/srv/ccmail/sales", "siteName": "SITE1", "passwordSecret": "sales", "codePage": 437, "secondsBeforeExport": 30}'),
          ('ccmail-aurora', 'ccmail', '{"folder": "/srv/ccmail/aurora"}');
        update connector set desired_state = 'stopped' where name = 'ccmail-aurora';
        insert into connector_status (connector_id, state, detail, alive_at, failed_at, failure)
        select id, case name when 'ccmail-sales' then 'failed' when 'ccmail-aurora' then 'stopped' else 'running' end,
               case name when 'ccmail-sales' then 'IMPORT could not open the post office: another program has held its files since 06:52.' else '' end,
               now() - case name when 'ccmail-sales' then interval '2 hours 49 minutes' when 'ccmail-aurora' then interval '5 hours 38 minutes' else interval '3 seconds' end,
               case when name = 'ccmail-sales' then now() - interval '40 seconds' end,
               case when name = 'ccmail-sales' then 'Post office is in use. Unable to open CCPODATA' else '' end
          from connector;
        insert into post_office (system, name, connector_id) select 'CCMAIL', upper(split_part(name, '-', 2)), id from connector where kind = 'ccmail';
        insert into address_space (connector_id, type, pattern) select id, 'SMTP', case name when 'smtp-backbone' then '*' else 'partner.example' end from connector where kind = 'smtp';
        insert into listener (name, port) values ('default', 2525);
        insert into event (at, code, severity, connector, text, next_step, details) values
          (now() - interval '1 day 2 hours', 3010, 'warning', '', 'A client at 203.0.113.77 sent 40 wrong recipients in one session and was cut off.', '', '{"client": "203.0.113.77", "recipients": 40}'),
          (now() - interval '5 hours 38 minutes', 2075, 'warning', 'ccmail-aurora', 'The connector ccmail-aurora was stopped by m.keller.', 'Start it when the ship is in port again.', null),
          (now() - interval '5 hours', 2071, 'information', 'smtp-backbone', 'The connector smtp-backbone started.', '', null),
          (now() - interval '2 hours 49 minutes', 4021, 'error', 'ccmail-sales', 'The post office SALES is locked by another program; 9 runs of IMPORT ended with result code 4.', 'End the program that holds SALES, then press Retry now.', '{"program": "IMPORT.EXE", "exitCode": 4, "runs": 9}');
        """;

    // Ages, attempts and ends by the number of the message; nothing is random, so that pictures can be compared.
    private const string FateSql =
        """
        create temp table fate as
        select m.id, m.accepted_at as was, row_number() over (order by m.header_id) as n,
               d.id as delivery_id, c.name as connector
          from message m join delivery d on d.message_id = m.id join connector c on c.id = d.connector_id;
        alter table fate add shift interval, add state text default 'queued';
        update fate set state = case when connector like 'smtp%' and n % 4 <> 0 then 'delivered' when connector = 'smtp-backbone' and n % 48 = 0 then 'bounced'
                                     when connector = 'smtp-partners' and n % 40 = 0 then 'removed' when n % 41 = 0 then 'quarantined' when connector = 'ccmail-aurora' and n % 3 = 0 then 'held' else 'queued' end;
        update fate set shift = (case state when 'delivered' then n * 7 % 58 when 'bounced' then n * 11 % 600 when 'removed' then 900 when 'quarantined' then 400 + n * 13 % 4000
                                      else case connector when 'ccmail-sales' then n * 17 % 170 when 'ccmail-aurora' then 180 + n * 23 % 1400 when 'smtp-partners' then n * 29 % 400 else n * 5 % 70 end end) * interval '1 minute'
                                + (n % 60) * interval '1 second';
        update message m set accepted_at = m.accepted_at - shift from fate f where f.id = m.id;
        update message_content c set accepted_at = c.accepted_at - shift from fate f where f.id = c.message_id;
        update delivery d set accepted_at = d.accepted_at - shift, expires_at = d.expires_at - shift, size = 900 + n * 7919 % 3000000 from fate f where f.delivery_id = d.id;

        update delivery d set attempts = least(9, 1 + (extract(epoch from shift) / 1200)::int), first_attempt_at = d.accepted_at + interval '2 seconds', last_attempt_at = now() - interval '6 minutes',
               due_at = now() + interval '2 minutes', status = '4.3.2', reply = 'Post office is in use. Unable to open CCPODATA', remote = 'IMPORT.EXE',
               reason = 'The post office SALES is locked by another program: IMPORT ended with result code 4.'
          from fate f where f.delivery_id = d.id and f.connector = 'ccmail-sales' and f.state = 'queued' and f.shift > interval '10 minutes';
        update delivery d set attempts = 1 + (n % 5), first_attempt_at = d.accepted_at + interval '1 second', last_attempt_at = now() - interval '4 minutes', due_at = now() + (n % 14) * interval '1 minute',
               status = '4.7.1', reply = '451 4.7.1 greylisted, try again in ' || n % 300 || ' seconds', remote = 'mx.partner.example [198.51.100.25]', reason = 'mx.partner.example asks to try later.'
          from fate f where f.delivery_id = d.id and f.connector = 'smtp-partners' and f.state = 'queued';
        update delivery d set state = 'held', reason = 'Held by m.keller: dock closed until Tuesday' from fate f where f.delivery_id = d.id and f.state = 'held';
        update delivery d set state = 'quarantined', crashes = 3, attempts = 3, first_attempt_at = d.accepted_at + interval '1 second', last_attempt_at = d.accepted_at + interval '9 minutes', status = '5.3.0',
               reason = 'IMPORT hung on this message ' || (2 + n % 2) || ' times, alone each time.', remote = 'IMPORT.EXE' from fate f where f.delivery_id = d.id and f.state = 'quarantined';
        update delivery d set state = 'leased', leased_by = 1, leased_until = now() + interval '5 minutes' from fate f
         where f.delivery_id = d.id and f.connector = 'smtp-backbone' and f.state = 'queued' and n % 16 = 0;
        update delivery set is_report = true, sender = '' where id in (select delivery_id from fate where state = 'queued' and n % 37 = 0);
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote)
             select id, accepted_at, accepted_at + a * interval '15 minutes', 'deferred', a + 1, status, reply, reason, remote
               from delivery, generate_series(0, 8) a where attempts > a and state = 'queued';
        insert into delivery_event (delivery_id, accepted_at, at, kind, actor, reason)
             select id, accepted_at, accepted_at + interval '1 minute', 'held', 'm.keller', 'dock closed until Tuesday' from delivery where state = 'held';
        with gone as (delete from delivery d using fate f where f.delivery_id = d.id and f.state in ('delivered', 'bounced', 'removed') returning d.*, f.state as fate, f.n)
        insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, subject, size, state, attempts, route_version,
                                      first_attempt_at, last_attempt_at, finished_at, status, reply, reason, remote, report)
        select id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, subject, size, fate::delivery_state, 1, route_version,
               accepted_at + interval '80 milliseconds', accepted_at + interval '80 milliseconds', accepted_at + n % 7 * interval '300 milliseconds', case fate when 'delivered' then '2.0.0' when 'bounced' then '5.1.1' else '5.7.0' end,
               case fate when 'delivered' then '250 2.0.0 Ok: queued as 4Xh2L' || n when 'bounced' then '550 5.1.1 no such user' else '' end,
               case fate when 'delivered' then 'Taken.' when 'bounced' then 'relay-a.example knows no such mailbox.' else 'Removed by m.keller: test mail of 20 Nov' end,
               case fate when 'removed' then '' else 'relay-a.example [192.0.2.25]' end, case fate when 'bounced' then 'sent' when 'removed' then 'operator' else '' end
          from gone;
        drop table fate;
        """;

    // The ledger as it would stand had everything happened when the rows say; a batch is named by its time.
    private const string LedgerSql =
        """
        delete from ledger;
        insert into ledger (day, at, batch, source, deliveries, messages, first_id, last_id)
             select (accepted_at at time zone 'UTC')::date, accepted_at, (lpad(to_hex((extract(epoch from accepted_at) * 1000)::bigint), 12, '0') || '70008000' || substr(md5(id::text), 1, 12))::uuid, source, last_id - id, 1, id, last_id from message;
        insert into ledger (day, at, batch, connector_id, outcome, deliveries, ids)
             select (accepted_at at time zone 'UTC')::date, finished_at, (lpad(to_hex((extract(epoch from finished_at) * 1000)::bigint), 12, '0') || '70008000' || substr(md5(id::text), 1, 12))::uuid, connector_id, state, 1, array[id] from delivery_history;
        """;

    private const string Crane =
        "From: Anna Lindqvist <a.lindqvist@site2.example>\r\nTo: \"Brandt, Uwe\" <uwe.brandt@site1.example>, archive@site2.example\r\n"
        + "Subject: Crane 4 inspection, revised drawings\r\nMessage-ID: <7f31c2@site2.example>\r\nDate: Mon, 23 Nov 2026 06:52:11 +0000\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n"
        + "--b2\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nUwe, Dieter,\r\n\r\nthe revised drawings of crane 4 are attached. Größe ≥ 4 m — see §2 of the report. "
        + "The inspector wants the boom bolts on sheet R3 confirmed before Tuesday, otherwise the berth stays closed to the Aurora.\r\n\r\nCould you also send me the last three torque sheets?\r\n\r\nAnna Lindqvist\r\nCrane maintenance, SITE2\r\n"
        + "--b2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Uwe, Dieter,</p><p>the <b>revised drawings</b> of crane 4 are attached.</p>\r\n--b2--\r\n"
        + "--b1\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"Crane 4 inspection report (revision C).pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJcOkw7zDtsOfCg==\r\n"
        + "--b1\r\nContent-Type: application/acad\r\nContent-Disposition: attachment; filename=C4-boom-R3.dwg\r\nContent-Transfer-Encoding: base64\r\n\r\nQUMxMDE1AAAAAAAA\r\n--b1--\r\n";

    private const string Poison =
        "From: Orders <orders@ropeworks.example>\r\nTo: lowe@site1.example\r\nSubject: Inventory shed 9, recount\r\nDate: Mon, 23 Nov 2026 08:41:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=shed\r\n\r\n"
        + "--shed\r\nContent-Type: text/plain\r\n\r\nPatrick, the count is below. We\r\ncounted twice; both lists agree,\r\nbut for the shackles. Gr\u0094\u00e1e 4 m.\r\n\r\n"
        + "--shed\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=SHED9.WK1\r\nContent-Transfer-Encoding: base64\r\n\r\nAAACAAYEBgAI§§§AAgA\r\nAAAA\u0001\u0002AAAAAAAAAAAA\r\n--shed--\r\n";

    private const string Hostile =
        "From: \"<script>alert(4)</script>\" <evil@evil.example>\r\nTo: you@site1.example\r\nSubject: x\r\nX-Odd: <img src=http://tracker.example/h.png>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><meta http-equiv=refresh content='0;url=http://tracker.example/go'><base href='http://tracker.example/'></head><body onload=\"parent.document.title='owned'\">"
        + "<script>parent.document.title='owned';fetch('http://tracker.example/s')</script><img src=http://tracker.example/pixel.png><link rel=stylesheet href=http://tracker.example/s.css>"
        + "<style>@import url(http://tracker.example/i.css);body{background:url(http://tracker.example/bg.png)}</style><iframe src=http://tracker.example/f></iframe><form action=http://tracker.example/p><input autofocus></form>"
        + "<a id=out target=_top href=http://tracker.example/click>Click here</a><p>The visible part of the letter.</p></body></html>\r\n"
        + "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../../etc/\u202Efdp.<script>.html\"\r\n\r\n<script>alert(5)</script>\r\n--b--\r\n";

    private static string CraneSql(long id) =>
        $$"""
        update message set accepted_at = accepted_at - interval '2 hours 48 minutes', notes = null where id = {{id}};
        update message_content set accepted_at = (select accepted_at from message where id = {{id}}) where message_id = {{id}};
        update delivery set accepted_at = accepted_at - interval '2 hours 48 minutes', expires_at = expires_at - interval '2 hours 48 minutes' where message_id = {{id}};
        update delivery set attempts = 9, first_attempt_at = accepted_at + interval '2 seconds', last_attempt_at = now() - interval '13 minutes', due_at = now() + interval '2 minutes', status = '4.3.2',
               reply = 'Post office is in use. Unable to open CCPODATA', remote = 'IMPORT.EXE', reason = 'The post office SALES is locked by another program: IMPORT ended with result code 4.' where id = {{id}} + 1;
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote)
             select id, accepted_at, accepted_at + a * interval '20 minutes', 'deferred', a + 1, status, reply, reason, remote from delivery, generate_series(0, 8) a where id = {{id}} + 1;
        insert into delivery_event (delivery_id, accepted_at, at, kind, details)
             select id, accepted_at, accepted_at + interval '1 second', 'converted', '[{"what": "The file name was shortened for SALES", "before": "Crane 4 inspection report (revision C).pdf", "after": "CRANE4IN.PDF"}, {"what": "3 characters are not in code page 850", "before": "Größe ≥ 4 m — see §2", "after": "Größe >= 4 m - see §2"}]'
               from delivery where id = {{id}} + 1;
        with gone as (delete from delivery where id in ({{id}} + 2, {{id}} + 3) returning *)
        insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, subject, size, state, attempts, route_version,
                                      first_attempt_at, last_attempt_at, finished_at, status, reply, reason, remote, report)
        select id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, subject, size,
               case id when {{id}} + 2 then 'delivered' else 'bounced' end::delivery_state, 1, route_version, accepted_at, accepted_at, accepted_at + interval '2 seconds',
               case id when {{id}} + 2 then '2.0.0' else '5.1.1' end, case id when {{id}} + 2 then '250 2.0.0 Ok: queued as 4Xh2Lq' else '550 5.1.1 no such user' end,
               case id when {{id}} + 2 then 'Taken.' else 'relay-a.example knows no such mailbox.' end, 'relay-a.example [192.0.2.25]', case id when {{id}} + 2 then '' else 'sent' end
          from gone;
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote)
             select id, accepted_at, finished_at, 'bounced', 1, status, reply, reason, remote from delivery_history where id = {{id}} + 3;
        """;
}
