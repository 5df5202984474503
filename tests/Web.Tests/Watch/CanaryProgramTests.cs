using System.Globalization;
using Postern.Infrastructure.Tests.Support;
using Postern.Web.Tests.Support;
using TestFolder = Postern.Web.Tests.Support.TestFolder;

namespace Postern.Web.Tests.Watch;

/// <summary>Canaries of the whole program: to a real Postfix that reports back, and to the lab's IMPORT that refuses.</summary>
public sealed class CanaryProgramTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Postfix_takes_one_and_its_report_comes_back_by_the_listener()
    {
        Assert.SkipWhen(PostfixServer.Obstacle.Length > 0, PostfixServer.Obstacle);
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0");
        // It takes mail for any mailbox of peer.example, and finds out later that there is only one.
        await using var postfix = await PostfixServer.StartAsync(
            "smtpd_reject_unlisted_recipient = no", "virtual_mailbox_maps = inline:{ { someone@peer.example = inbox/ } }",
            string.Create(CultureInfo.InvariantCulture, $"transport_maps = inline:{{ {{ site1.example = smtp:[127.0.0.1]:{server.SmtpPort} }} }}"));
        await ServerDatabase.QueryAsync(folder["data"], $$$"""
            with site1 as (insert into site (name, smtp_domains) values ('SITE1', '{site1.example}')),
            backbone as (
              insert into connector (name, kind, settings)
                   values ('backbone', 'smtp', '{"smartHosts": ["{{{postfix.Address}}}"], "canary": {"recipient": "no.such.mailbox@peer.example"}}') returning id),
            reach as (insert into address_space (connector_id, type) select id, 'SMTP' from backbone)
            update configuration set version = version + 1 returning version
            """);

        await Eventually.HoldsAsync("the canary is back", async () => (await CanaryAsync("way")) is "returned");

        (await ServerDatabase.QueryAsync(folder["data"], "select source, sender from message where id = (select report_id from canary)")).ShouldHaveSingleItem()
            .ShouldBe(["smtp", ""]);
        var books = await PosternProgram.RunAsync("books", "--data", folder["data"]);
        books.ExitCode.ShouldBe(0, books.Output);
        books.Output.ShouldContain("of these, canaries 1 accepted, their reports 1 delivered to nobody");
    }

    [Fact]
    public async Task The_post_office_refuses_one_by_its_undeliverable_file()
    {
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        await ServerDatabase.QueryAsync(folder["data"], """
            with changed as (update connector set settings = settings || '{"canary": {"recipient": "CCMAIL:Nobody, Noah at SALES"}}' where kind = 'ccmail' returning 1)
            update configuration set version = version + 1 returning version
            """);

        await Eventually.HoldsAsync("the canary is back", async () => (await CanaryAsync("way")) is "refused");
        var first = long.Parse(await CanaryAsync("message_id::text"), CultureInfo.InvariantCulture);

        (await ServerDatabase.QueryAsync(folder["data"], "select state::text, reply from delivery_history where id = (select message_id + 1 from canary where recipient like 'CCMAIL:%')")).ShouldHaveSingleItem()
            .ShouldBe(["bounced", "Recipient unknown"]);
        (await PosternProgram.RunAsync("connector", "canary", "ccmail-sales", "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("the second is back", async () => (await PosternProgram.RunAsync("canaries", "--json", "--data", folder["data"])).Json
            .GetProperty("canaries")[0].GetProperty("messageId").GetInt64() > first);
        await Eventually.HoldsAsync("the lab's canary entry was written into SALES", async () => (await PosternProgram.RunAsync("canaries", "--data", folder["data"])).Output
            .Contains("Our canary of ", StringComparison.Ordinal));
        Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(File.ReadAllText).ShouldNotContain(text => text.Contains("canary-", StringComparison.Ordinal));
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private async Task<string> CanaryAsync(string column) =>
        (await ServerDatabase.QueryAsync(folder["data"], $"select coalesce(max({column}), '') from canary where recipient not like 'MS:%'"))[0][0];
}
