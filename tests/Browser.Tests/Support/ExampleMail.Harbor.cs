using Postern.Infrastructure.Tests.Support;

namespace Postern.Browser.Tests.Support;

public static partial class ExampleMail
{
    // What went to and fro in a week, so that the lines of the map have something to say.
    private const string Week =
        """
        create temp table mail as
          select 900000 + row_number() over () * 2 as id, now() - random() * interval '6 days' as at, v.sender, v.recipient, (select id from connector c where c.name = v.by) as by
            from (values ('p2@site2.example', 'MS:HARBOR/PIER1/P24', 'msmail-harbor', 214), ('p1@site2.example', 'MS:HARBOR/PIER2/P25', 'msmail-harbor', 61), ('p3@site1.example', 'MS:HARBOR/PIER3/P26', 'msmail-harbor', 3),
                         ('MS:HARBOR/PIER2/P28', 'p4@site2.example', 'smtp-backbone', 40), ('p9@partner.example', 'CCMAIL:Marsh, Jo 46 at SALES', 'ccmail-sales', 411), ('CCMAIL:Lindqvist, Anna 48 at WAREHSE', 'x@partner.example', 'smtp-backbone', 22),
                         ('p3@site2.example', 'CCMAIL:Haddad, Rami 47 at AURORA', 'ccmail-aurora', 9)) v (sender, recipient, by, n), generate_series(1, v.n);
        insert into message (id, accepted_at, last_id, source, sender, size) select id, at, id + 1, 'smtp-backbone', sender, 900 from mail;
        insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, attempts, route_version, finished_at)
             select id + 1, id, id + 1, id + 1, at, by, '', recipient, sender, 900, 'delivered', 1, 1, at from mail;
        drop table mail;
        """;

    /// <summary>A week of mail to and from the post offices of <see cref="ExampleHarbor"/>, with its ledger.</summary>
    public static async Task HarborAsync(TestQueue queue)
    {
        await queue.ExecuteAsync(Week);
        await queue.ExecuteAsync(LedgerSql);
    }
}
