using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Web.Tests.Cli;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Api;

/// <summary>The examples of docs/API.md, as they stand there.</summary>
public sealed partial class ApiExampleTests(ServingPostern postern) : IClassFixture<ServingPostern>
{
    [Fact]
    public async Task Each_example_does_what_the_page_says()
    {
        var id = await postern.DeliveryAsync("a@partner.example");
        var key = (await postern.VerbAsync("key", "add", "nightly report", "--user", "admin", "--scope", "read", "--scope", "queue", "--json")).Json.GetProperty("key").GetString()!;
        var locked = await AskAsync(key, Examples()[0]);
        await postern.QueryAsync("update console_user set must_change_password = false");

        var answers = new List<JsonElement>();
        foreach (var example in Examples())
        {
            var (code, text) = await AskAsync(key, example);
            code.ShouldBe(0, text);
            answers.Add(JsonDocument.Parse(text).RootElement);
        }

        var again = JsonDocument.Parse((await AskAsync(key, Examples()[2])).Text).RootElement;
        locked.Text.ShouldContain("admin has to choose a password first");
        locked.Code.ShouldNotBe(0);
        answers.Count.ShouldBe(3);
        answers[0].GetProperty("deliveries").GetArrayLength().ShouldBe(0);
        answers[1].GetProperty("waiting").GetInt32().ShouldBe(1);
        answers[2].GetProperty("done").GetInt32().ShouldBe(1);
        again.GetProperty("id").GetInt64().ShouldBe(answers[2].GetProperty("id").GetInt64());
        (await postern.VerbAsync("queue", "show", id)).Output.ShouldContain("Held by admin: Their server moves tonight");
        (await postern.VerbAsync("key", "list")).Output.ShouldNotContain(key[14..]);
        var keyId = (await postern.VerbAsync("key", "list", "--json")).Json.GetProperty("keys")[0].GetProperty("id").ToString();
        (await postern.VerbAsync("key", "revoke", keyId)).ExitCode.ShouldBe(0);
        (await postern.VerbAsync("key", "revoke", keyId)).ExitCode.ShouldBe(3);
        (await postern.VerbAsync("key", "add", "x", "--user", "nobody")).ExitCode.ShouldBe(4);
        (await AskAsync(key, Examples()[0])).Text.ShouldContain("This key was revoked.");
    }

    private static List<string> Examples() =>
        [.. Fenced().Matches(File.ReadAllText(Path.Combine(PosternProgram.Repository, "docs", "API.md"))).Select(match => match.Groups[1].Value)];

    private async Task<(int Code, string Text)> AskAsync(string key, string example)
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", example]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["POSTERN"] = $"http://127.0.0.1:{postern.Server.HttpPort}";
        info.Environment["KEY"] = key;
        using var shell = Process.Start(info)!;
        var text = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, text);
    }

    [GeneratedRegex("```sh\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
