using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Support;
using Postern.Web.Tests.Support;

namespace Postern.Browser.Tests.Support;

/// <summary>Partners and plans as a house has them, written past the cycles that would make them.</summary>
internal static class ExampleDirsync
{
    private static readonly CcMailNames Names = new(new CcMailProfile());

    private static readonly string[] Surnames = ["Aldous", "Bremer", "Castellan", "Dahl", "Eriksen", "Fontaine", "Grevell", "Haddad", "Ibarra", "Jansson", "Keane", "Lindqvist", "Moreau", "Nakata", "Okafor", "Pettersen", "Quist", "Rahman", "Sandoval", "Tidemand"];
    private static readonly string[] Given = ["Peter", "Katja", "Luz", "Erik", "Ngozi", "Rami", "Orla", "Ken", "Anna", "Theo", "Maren", "Yusuf"];

    /// <summary>Five partners, each in another state.</summary>
    public static Task PartnersAsync(TestQueue queue) => queue.ExecuteAsync(
        """
        insert into site (name, smtp_domains) values ('SITE1', '{site1.example}') on conflict do nothing;
        insert into partner (name, kind, settings, rules, cycle, cycle_began_at, cycle_ended_at, cycle_fault, last_complete_at, is_enabled) values
          ('sales', 'csv', '{"readFile":"/srv/post/sales.csv","writeFile":"/srv/post/from-site1.csv","columns":["department = Division"]}',
           '{"schedule":{"grid":"Mon-Fri 02:00, 12:00-13:30; Sun 04:15","zone":"Europe/Berlin"},"ownedHomes":["CCMAIL:SALES"],"tellApprovers":["directory@site1.example"],"canary":{"address":"CCMAIL:Postern canary at SITE1"},"exportConsent":{"delete":"TwoApprovers","add":"Automatic","thresholds":[{"class":"Delete","number":25,"percent":2},{"class":"Add","number":100}]}}',
           412, now() - interval '31 minutes', now() - interval '30 minutes', '', now() - interval '30 minutes', true),
          ('headquarters', 'csv', '{"readFile":"/srv/hq.csv"}', '{"schedule":{"grid":"hourly","zone":"UTC"}}', 98, now() - interval '50 minutes', now() - interval '49 minutes', '', now() - interval '49 minutes', true),
          ('pier-hub', 'csv', '{"readFile":"/mnt/pier/list.csv"}', '{}', 12, now() - interval '2 hours', now() - interval '2 hours', '/mnt/pier/list.csv is not there.', now() - interval '2 days', true),
          ('old-plant', 'csv', '{"readFile":"/srv/plant.csv"}', '{}', 3, now() - interval '30 days', now() - interval '30 days', '', now() - interval '30 days', false),
          ('yard', 'csv', '{"readFile":"/srv/yard.csv"}', '{}', 0, null, null, '', null, true);
        insert into cycle_note (partner_id, cycle, kind, source, text) values
          (1, 412, 'fault', 'line 40,118', '“j.doe at” is no address: nothing stands behind the at.'), (1, 412, 'withheld', '', '23 names of SITE2 are withheld: the way there and back is not confirmed.'),
          (1, 411, 'missed', '', '2 cycles were missed, the first one of 02:00.'), (1, 410, 'said', '', 'A dry run counted 3 deletes, 1 add; nothing was stored.');
        insert into partner_canary (partner_id, direction, address_key, name, written_day, written_at, seen_day, seen_at, looked_at) values
          (1, 'out', 'a', 'Postern canary', (now() at time zone 'UTC')::date, now() - interval '3 hours', (now() at time zone 'UTC')::date, now() - interval '30 minutes', now() - interval '30 minutes');
        insert into partner_canary (partner_id, direction, address_key, name, seen_day, seen_at, looked_at) values
          (1, 'in', 'b', 'Postern canary', (now() at time zone 'UTC')::date - 1, now() - interval '30 minutes', now() - interval '30 minutes');
        insert into row_decision (partner_id, direction, identity, name, actor) values (1, 'out', 'CCMAIL:ROSS, KIM AT SITE2', 'Ross, Kim (SITE2)', 'm.keller');
        insert into refused_change (partner_id, direction, hash, identity, name, class, actor, reason) values (1, 'out', sha256('x'), 'y', 'Yard Office', 0, 't.braun', 'the list is empty over the weekend only');
        """);

    /// <summary>The plan of the mock-up: 307 changes of every class, deletes over their limit, half of it decided.</summary>
    public static async Task<long> PlanAsync(TestQueue queue)
    {
        var rows = new List<PlanRow>();
        for (var i = 0; i < 37; i++)
        {
            var list = i == 2;
            rows.Add(Of(new Change(ChangeClass.Delete, Row(list ? "Yard Office" : Name(i), "SALES", list ? RowKind.List : RowKind.Person), null) { Gone = i % 9 == 4 ? GoneReason.NoWay : GoneReason.Source },
                i == 0 ? "open" : i % 9 == 8 ? "rejected" : "open", i == 0 ? 3 : list ? 11 : 0, "", "", i is > 0 and < 32 ? ["t.braun"] : []));
        }

        for (var i = 0; i < 6; i++)
        {
            rows.Add(Of(new Change(ChangeClass.Rename, Row(Name(40 + i), "SALES"), Renamed(Row(Name(40 + i), "SALES"), i == 0 ? "Lindqvist, Annalena" : $"{Surname(40 + i)}-Bell, {Given[(40 + i) % Given.Length]}")), "approved", i == 0 ? 1 : 0, "name rule %s, %g", "cn=people, line 118", ["m.keller"]));
        }

        for (var i = 0; i < 9; i++)
        {
            rows.Add(Of(new Change(ChangeClass.Move, Row(Name(60 + i), "WAREHSE"), Row(Name(60 + i), "SALES")), "approved", i == 0 ? 2 : 0, "l changed", "cn=people, line 2,042", ["m.keller"]));
        }

        for (var i = 0; i < 212; i++)
        {
            rows.Add(i < 204
                ? Of(new Change(ChangeClass.Modify, Row(Name(80 + i), "SALES", values: ("phone", $"{4000 + i}")), Row(Name(80 + i), "SALES", values: ("phone", $"{5000 + i}"))), i < 8 ? "open" : "approved", 0, "telephoneNumber", "cn=people", i < 8 ? [] : ["m.keller"])
                : Of(new Change(ChangeClass.Modify, Row(Name(80 + i), "SALES", values: ("notes", "Room 12; second floor")), Row(Name(80 + i), "SALES", values: ("notes", "Room 14; second floor"))), "approved", 0, "%d; %o", "cn=people", ["m.keller"]));
        }

        for (var i = 0; i < 41; i++)
        {
            rows.Add(Of(new Change(ChangeClass.Add, null, Row(Name(300 + i), "SITE2")), "approved", 0, "new at SITE2", "line 40,121", []));
        }

        rows.AddRange(Smiths());
        return await PlanAsync(queue, "sales", "out", rows);
    }

    /// <summary>Three people who want one name at SALES (Q237588).</summary>
    public static IReadOnlyList<PlanRow> Smiths()
    {
        CollisionSide[] sides =
        [
            new("one", "Smith, Jimmy", "CCMAIL:Smith, Jimmy at SITE1", true, true), new("two", "SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at SITE2", false, true), new("three", "Smith, jimmy", "CCMAIL:Smith, jimmy at SITE3", false, true),
        ];
        return
        [
            Of(new Change(ChangeClass.Collision, null, Row("SMITH, Jimmy", "SITE2", identity: "two")) { Sides = sides }), Of(new Change(ChangeClass.Collision, null, Row("Smith, jimmy", "SITE3", identity: "three")) { Sides = sides }),
        ];
    }

    /// <summary>A plan, a partner's notes and the history of an entry that are full of what a peer may try.</summary>
    public static async Task<long> HostileAsync(TestQueue queue)
    {
        await queue.ExecuteAsync("insert into partner (name, kind, cycle_ended_at, cycle_fault) values ('evil', 'csv', now(), E'<script>alert(1)</script>\\u202E\\u001b[31m')");
        await queue.ExecuteAsync("insert into partner_canary (partner_id, direction, address_key, fault) select id, 'out', 'c', E'<img src=x onerror=alert(1)>\\u202E' from partner where name = 'evil'");
        var rows = new List<PlanRow>();
        foreach (var (name, value) in HostileText.All.Where(text => text.Value.Length is > 0 and < 500))
        {
            var text = Infrastructure.Queue.Storable.Text(value, 400);
            var (before, after) = (Bare($"x{rows.Count}@evil.example", "plain", ("notes", "plain")), Bare($"x{rows.Count}@evil.example", text, ("notes", text), (name.Replace(' ', '-'), text)));
            rows.Add(Of(new Change(rows.Count % 2 == 0 ? ChangeClass.Rename : ChangeClass.Modify, before, after), "open", 0, text, text, [text]));
            if (rows.Count == 3)
            {
                rows.Add(Of(new Change(ChangeClass.Collision, null, after) { Sides = [new("a", text, text, true, true), new("b", text, text, false, true)] }));
            }
        }

        var id = await PlanAsync(queue, "evil", "out", rows);
        await queue.ExecuteAsync(
            $"""
            update plan set fault = E'<img src=x onerror=alert(1)>\u202E', author = E'<b>\u202E' where id = {id};
            insert into cycle_note (partner_id, cycle, kind, source, text) select partner_id, 1, 'fault', E'<svg onload=alert(1)>\u202E', E'<script>alert(1)</script>\u202E\u001b[31m' from plan where id = {id}
            """);
        return id;
    }

    /// <summary>Stores a plan with these rows, in the order of plans.</summary>
    public static async Task<long> PlanAsync(TestQueue queue, string partner, string direction, IReadOnlyList<PlanRow> rows, string state = "waiting")
    {
        var ordered = rows.OrderBy(row => row.Change, PlanOrder.Instance).ToList();
        var counts = PlanCounts.Of(ordered.Select(row => row.Change));
        var deletes = new Threshold(ChangeClass.Delete, 25, 2).Judge(counts, 1_284);
        var adds = new Threshold(ChangeClass.Add, 100, null).Judge(counts, 1_284);
        await using var connection = await queue.Database.DataSource.OpenConnectionAsync();
        await using var plan = new NpgsqlCommand(
            """
            insert into plan (partner_id, direction, cycle, state, hash, made_at, read_rows, held_rows, counts, needed, thresholds)
            select id, $2, cycle, $3, $4, now() - interval '29 minutes', 1300, 1284, $5, '{TwoApprovers,Approve,Approve,Approve,Automatic}', $6 from partner where name = $1 returning id
            """,
            connection);
        plan.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = partner }, new() { Value = direction }, new() { Value = state }, new() { Value = PlanHash.Of(ordered.Select(row => row.Change)) },
            new() { Value = Enum.GetValues<ChangeClass>().Select(kind => counts[kind]).ToArray() },
            new() { Value = JsonSerializer.Serialize(new[] { deletes, adds }.Select(found => new PlanThreshold(found.Threshold.Class, found.Threshold.Number, found.Threshold.Percent, found.Count, 1_284, found.IsExceeded, found.Sentence)), JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb },
        ]);
        var id = (long)(await plan.ExecuteScalarAsync())!;
        foreach (var (index, row) in ordered.Index())
        {
            await InsertAsync(connection, id, index + 1, row);
        }

        return id;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, long plan, int ordinal, PlanRow row)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into plan_row (plan_id, ordinal, class, gone, identity, hash, before_key, before_name, before_address, before_address_key, before_kind, before_values,
                                  after_key, after_name, after_address, after_address_key, after_kind, after_values, sides, source, why, mail, verdict, approved_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
            """,
            connection);
        var change = row.Change;
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = plan }, new() { Value = ordinal }, new() { Value = (short)change.Class }, new() { Value = (short)change.Gone }, new() { Value = change.Identity }, new() { Value = ChangeHash.Of(change) },
            .. Side(change.Before), .. Side(change.After),
            new() { Value = change.Sides.Count == 0 ? DBNull.Value : JsonSerializer.Serialize(change.Sides, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = row.Source }, new() { Value = row.Why }, new() { Value = row.Mail }, new() { Value = row.Verdict }, new() { Value = row.ApprovedBy.ToArray() },
        ]);
        await command.ExecuteNonQueryAsync();
    }

    private static IEnumerable<NpgsqlParameter> Side(DirectoryRow? row) =>
    [
        new() { Value = (object?)row?.Key.Stored ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea }, Text(row?.Name), Text(row?.Address), Text(row?.AddressKey),
        new() { Value = row is null ? DBNull.Value : (short)row.Kind, NpgsqlDbType = NpgsqlDbType.Smallint }, Text(row?.Values.Text),
    ];

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static PlanRow Of(Change change, string verdict = "open", int mail = 0, string why = "", string source = "", IReadOnlyList<string>? agreed = null) =>
        new(0, change, source, why, mail, verdict, agreed ?? [], null, 0, "");

    private static DirectoryRow Row(string name, string home, RowKind kind = RowKind.Person, string identity = "", params (string, string)[] values) =>
        DirectoryRow.TryCreate(Names, identity, name, MailAddress.Parse($"CCMAIL:{name} at {home}"), kind, RowValues.Of(values), out var row, out var fault) ? row : throw new InvalidOperationException(fault);

    // Whatever a name rule would say to it.
    private static DirectoryRow Bare(string address, string name, params (string, string)[] values) =>
        Row("x", "SALES", identity: address) with { Name = name, Address = address, AddressKey = address, Values = RowValues.Of(values) };

    private static DirectoryRow Renamed(DirectoryRow row, string name) => Row(name, "SALES", identity: row.Identity) with { Address = row.Address, AddressKey = row.AddressKey };

    private static string Surname(int index) => $"{Surnames[index % Surnames.Length]}";

    private static string Name(int index) => index < 240 ? $"{Surname(index)}{(index >= Surnames.Length ? $"-{Surnames[index / Surnames.Length % Surnames.Length]}" : "")}, {Given[index % Given.Length]}" : $"{Surname(index)}-{Surnames[(index / Surnames.Length * 3 + 1) % Surnames.Length]}, {Given[(index + 5) % Given.Length]}";
}
