using System.Text.Json;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>A part of a stored message that is gone: the sender is told exactly that, and nobody speaks of communications.</summary>
public sealed class DamagedContentTests
{
    [Fact]
    [Trait("source", "Q227142")]
    public async Task A_destroyed_part_is_tried_again_and_then_named_in_the_report_to_the_sender()
    {
        using var folder = new TestFolder();
        await using var server = await PosternProgram.ServeAsync(folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);
        MailFiles.Make(folder["MAP.BIN"], 1_000_000);
        (await PosternProgram.RunAsync("connector", "stop", "ccmail-sales", "--data", folder["data"])).ExitCode.ShouldBe(0);
        await Eventually.HoldsAsync("it has stopped", async () => (await ServerDatabase.QueryAsync(
            folder["data"], "select 1 from connector_status s join connector c on c.id = s.connector_id where c.name = 'ccmail-sales' and s.state = 'stopped'")).Count == 1);

        await MailFiles.SendAsync(server.SmtpPort, "boss@partner.example", "petra.novak@site1.example", folder["MAP.BIN"]);
        var message = (await WaitingAsync(folder)).GetProperty("messageId").ToString();
        await ServerDatabase.QueryAsync(folder["data"], $"delete from message_content where message_id = {message} and chunk = 1");
        (await PosternProgram.RunAsync("connector", "start", "ccmail-sales", "--data", folder["data"])).ExitCode.ShouldBe(0);
        for (var attempts = 1; attempts <= 2; attempts++)
        {
            await Eventually.HoldsAsync("it was tried", async () => (await ServerDatabase.QueryAsync(
                folder["data"], $"select 1 from delivery where message_id = {message} and attempts = {attempts} and state = 'queued'")).Count == 1);
            var waiting = await WaitingAsync(folder);
            waiting.GetProperty("reason").GetString().ShouldBe($"The message cannot be read: part 2 of the stored content of message {message} is missing.");
            (await PosternProgram.RunAsync("queue", "retry", waiting.GetProperty("id").ToString(), "--data", folder["data"])).ExitCode.ShouldBe(0);
        }

        await Eventually.HoldsAsync("the report is at the peer", () => Report(folder) is not null);
        var report = Report(folder)!;
        report.ShouldContain($"part 2 of the stored content of message {message} is missing");
        report.ShouldContain("Send it again.");
        report.ShouldNotContain("communication", Case.Insensitive);
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private static async Task<JsonElement> WaitingAsync(TestFolder folder) =>
        (await PosternProgram.RunAsync("queue", "list", "--recipient", "Novak", "--json", "--data", folder["data"])).Json.GetProperty("deliveries").EnumerateArray().Single();

    // Quoted-printable or folded, a sentence is a sentence.
    private static string? Report(TestFolder folder) => Directory.GetFiles(folder["data/lab/peer"], "*.eml").Select(File.ReadAllText)
        .Where(text => text.Contains("X-Envelope-To: <boss@partner.example>", StringComparison.Ordinal))
        .Select(text => text.Replace("=\r\n", "", StringComparison.Ordinal).Replace("\r\n ", " ", StringComparison.Ordinal))
        .FirstOrDefault();
}
