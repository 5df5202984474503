using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Infrastructure.Database;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Disks that are really full: the cause is named, nothing is lost, and what waited arrives when there is room again.</summary>
public sealed partial class FullDiskTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private RunningPostern server = null!;

    private string Spool => folder["data/spool"];

    private string WorkFolder => folder["data/ccmail"];

    private string Tables => folder["tables"];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(SmallDisks.Obstacle.Length > 0, SmallDisks.Obstacle);
        server = await PosternProgram.ServeOnAsync(
            [(Spool, "12m"), (WorkFolder, "12m"), (Tables, "12m")], folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact]
    [Trait("source", "Q227142")]
    public async Task A_full_disk_is_named_and_what_waited_for_it_arrives_when_there_is_room()
    {
        var file = MailFiles.Make(folder["MAP.BIN"], 3_000_000);
        await PutContentsOnDiskAsync();

        // Room enough to begin with, and not for this mail.
        using (SmallDisks.Fill(server, Spool, rest: 1 << 20))
        {
            (await SendAsync()).ShouldStartWith("452 4.3.1 ");
            Directory.GetFiles(SmallDisks.Seen(server, Spool)).Select(path => Path.GetFileName(path)).ShouldBe(["ballast"]);
        }

        using (SmallDisks.Fill(server, Tables))
        {
            (await SendAsync()).ShouldStartWith("452 4.3.1 ");
        }

        (await WaitingAsync()).ShouldBeEmpty();
        using (SmallDisks.Fill(server, WorkFolder))
        {
            (await SendAsync()).ShouldStartWith("250 ");
            await Eventually.HoldsAsync("it was tried", async () => (await WaitingAsync()).Any(delivery => delivery.GetProperty("attempts").GetInt32() > 0));
            var delivery = (await WaitingAsync()).ShouldHaveSingleItem();
            delivery.GetProperty("state").GetString().ShouldBe("queued");
            NamesTheDisk(delivery.GetProperty("reason").GetString()!);
            NamesTheDisk(await EventAsync());
        }

        (await PosternProgram.RunAsync("queue", "retry", (await WaitingAsync()).ShouldHaveSingleItem().GetProperty("id").ToString(), "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("it is in the mailbox", () => Mailbox().Length == 1);

        Lab.Files(Mailbox().ShouldHaveSingleItem()).ShouldBe([file]);
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q178758")]
    public async Task A_disk_that_is_nearly_full_stops_what_comes_in_and_nothing_else_and_everything_goes_on_by_itself()
    {
        var small = MailFiles.Make(folder["MAP.BIN"], 1000);
        var before = 0; // what was taken in the second that a look at the disk is good for

        using (SmallDisks.Fill(server, Spool, rest: 200_000))
        {
            await Eventually.HoldsAsync("mail is put off, though it would fit", async () =>
            {
                var answer = await SendAsync();
                before += answer.StartsWith("250 ", StringComparison.Ordinal) ? 1 : 0;
                return answer.StartsWith("452 4.3.1 ", StringComparison.Ordinal);
            });
            await Eventually.HoldsAsync(
                "nothing is fetched, and the page of the connector says so",
                async () => Rests().IsMatch(await QueryAsync("select detail from connector_status where state = 'waiting'")));
            await Eventually.HoldsAsync(
                "somebody is told",
                async () => (await QueryAsync("select severity || text from alert where kind = 'disk low' and closed_at is null and subject like '%spool'")).Contains("No new mail is taken in until it has 737 KB.", StringComparison.Ordinal));
            Directory.GetFiles(SmallDisks.Seen(server, Spool)).Select(path => Path.GetFileName(path)).ShouldBe(["ballast"]);
        }

        (await SendAsync()).ShouldStartWith("250 ");
        await Eventually.HoldsAsync("it is fetched again", async () => (await QueryAsync("select string_agg(distinct state, ',') from connector_status")) == "running");
        await Eventually.HoldsAsync("it is in the mailbox", () => Mailbox().Length == before + 1);
        Mailbox().Select(mail => Lab.Files(mail).ShouldHaveSingleItem()).ShouldAllBe(content => content == small);
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    [GeneratedRegex("^The disk of the spool has [0-9]+ KB left of 12 MB; nothing is taken in until it has 737 KB[.]$")]
    private static partial Regex Rests();

    private static void NamesTheDisk(string text)
    {
        text.ShouldMatch("(No space left on device|disk was full)");
        text.ShouldNotContain("communication");
    }

    private Task<string> SendAsync() => MailFiles.TryAsync(server.SmtpPort, "boss@partner.example", "petra.novak@site1.example", folder["MAP.BIN"]);

    private string[] Mailbox() => Directory.GetFiles(folder["data/lab/SALES/mail/Novak, Petra"], "*.ccm");

    private async Task<List<JsonElement>> WaitingAsync() =>
        [.. (await PosternProgram.RunAsync("queue", "list", "--recipient", "Novak", "--json", "--data", folder["data"])).Json.GetProperty("deliveries").EnumerateArray()];

    private Task<string> EventAsync() => QueryAsync("select string_agg(text || ' -> ' || next_step, E'\n' order by id) from event where connector = 'ccmail-sales'");

    // The tables that hold the contents of large messages lie on a disk of their own.
    private async Task PutContentsOnDiskAsync()
    {
        var place = Path.Combine(Tables, "contents");
        Directory.CreateDirectory(SmallDisks.Seen(server, place));
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["postgres", SmallDisks.Seen(server, place)]);
            await chown.WaitForExitAsync();
        }

        await QueryAsync($"create tablespace small location '{place}'");
        var moves = await QueryAsync("select string_agg(format('alter table %s set tablespace small;', inhrelid::regclass), ' ') from pg_inherits where inhparent = 'message_content'::regclass");
        await QueryAsync(moves);
    }

    private async Task<string> QueryAsync(string sql)
    {
        await using var postgres = (await EmbeddedPostgres.AttachAsync(folder["data"], CancellationToken.None)).ShouldNotBeNull();
        await using var database = PosternDataSource.Create(postgres.ConnectionString);
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string ?? "";
    }
}
