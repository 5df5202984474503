using Microsoft.AspNetCore.Http;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Web.Tests;

public sealed class QueueExportTests
{
    [Fact]
    public async Task A_file_has_a_hundred_thousand_rows_at_most_and_says_so_in_its_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var fill = database.DataSource.CreateCommand(
            """
            with c as (insert into connector (name, kind) values ('smtp-test', 'smtp') returning id)
            insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, subject, size,
                                  state, due_at, expires_at, route_version)
                 select n, n, n, n, now() - n * interval '1 second', c.id, 'peer', 'r' || n || '@x.example', '', 's', 1,
                        'queued', now(), now() + interval '1 day', 1
                   from c, generate_series(1, 100005) as n;
            analyze delivery
            """))
        {
            await fill.ExecuteNonQueryAsync();
        }

        var (name, lines) = await FileAsync(database, "");
        var (few, rest) = await FileAsync(database, "?recipient=r10000");

        name.ShouldBe("attachment; filename=deliveries-first-100000.csv");
        lines.Length.ShouldBe(100_001);
        lines.Skip(1).Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]).Distinct().Count().ShouldBe(100_000, "no row comes twice");
        lines[1].ShouldStartWith("100005,", customMessage: "the oldest stands first, as on the page");
        few.ShouldBe("attachment; filename=deliveries.csv");
        rest.Length.ShouldBe(8); // 10000, and 100000 to 100005
    }

    private static async Task<(string Name, string[] Lines)> FileAsync(TestDatabase database, string query)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Request = { QueryString = new QueryString(query) }, Response = { Body = body } };

        await QueueExport.SendAsync(context, new QueueView(database.DataSource));

        var text = System.Text.Encoding.UTF8.GetString(body.ToArray());
        return (context.Response.Headers.ContentDisposition.ToString(), text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }
}
