using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Secrets on the command line, beside a running server.</summary>
public sealed class SecretVerbTests(ServingPostern postern) : IClassFixture<ServingPostern>
{
    [Fact]
    public async Task A_secret_goes_in_by_a_pipe_and_never_comes_out()
    {
        var set = await PosternProgram.PipeAsync("open sesame\n", "secret", "set", "piped", "--data", postern.DataFolder);
        var text = await postern.VerbAsync("secret", "list");
        var json = await postern.VerbAsync("secret", "list", "--json");

        (set.ExitCode, text.ExitCode, json.ExitCode).ShouldBe((0, 0, 0));
        set.Output.ShouldBe("piped is stored. No setting names it yet.\n");
        text.Output.ShouldMatch(@"piped +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +local:");
        var row = json.Json.GetProperty("secrets").EnumerateArray().First(secret => secret.GetProperty("name").GetString() == "piped");
        row.EnumerateObject().Select(property => property.Name).ShouldBe(["name", "setAt", "setBy", "usedBy"]);
        string.Concat(set.Output, set.Error, text.Output, json.Output).ShouldNotContain("sesame");
        (await postern.QueryAsync("select count(*) from audit where verb = 'set secret' and target = 'piped' and actor like 'local:%'")).ShouldBe(1L);
    }

    [Fact]
    public async Task What_is_typed_is_not_shown()
    {
        var typed = await PosternProgram.TypeAsync("Value of typed: ", "open sexx\u007f\u007fsame\r", "secret", "set", "typed", "--data", postern.DataFolder);
        var stopped = await PosternProgram.TypeAsync("Value of stopped: ", "\u0003", "secret", "set", "stopped", "--data", postern.DataFolder);

        (typed.ExitCode, stopped.ExitCode).ShouldBe((0, 69));
        typed.Output.ShouldContain("Value of typed: ");
        typed.Output.ShouldContain("typed is stored");
        typed.Output.ShouldNotContain("open");
        (await postern.QueryAsync("select string_agg(name, ' ') from secret where name in ('typed', 'stopped')")).ShouldBe("typed");
        (await postern.SecretAsync("typed")).ShouldBe("open sesame");
    }

    [Theory]
    [InlineData("", "cannot be empty")]
    [InlineData("\n", "cannot be empty")]
    [InlineData("one\ntwo\n", "one line")]
    public async Task What_can_be_no_password_is_refused(string input, string word)
    {
        var run = await PosternProgram.PipeAsync(input, "secret", "set", "bad", "--data", postern.DataFolder);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(word);
    }

    [Fact]
    public async Task A_secret_in_use_is_removed_only_by_force()
    {
        await PosternProgram.PipeAsync("x", "secret", "set", "used", "--data", postern.DataFolder);
        await NameInSettingsAsync("used");

        var refused = await postern.VerbAsync("secret", "remove", "used");
        var forced = await postern.VerbAsync("secret", "remove", "used", "--force", "--json");
        var unknown = await postern.VerbAsync("secret", "remove", "used", "--force");
        var list = await postern.VerbAsync("secret", "list");

        (refused.ExitCode, forced.ExitCode, unknown.ExitCode).ShouldBe((4, 0, 3));
        refused.Error.ShouldContain("used is used by connector smart, password.");
        forced.Json.GetProperty("usedBy")[0].GetString().ShouldBe("connector smart, password");
        list.Output.ShouldMatch("used +not stored +connector smart, password");
    }

    private async Task NameInSettingsAsync(string secret)
    {
        var text = (await postern.VerbAsync("config", "export")).Output;
        var changed = text.Replace("      smartHosts:", $"      userName: u\n      password: {{secret: {secret}}}\n      smartHosts:", StringComparison.Ordinal);
        (await postern.VerbAsync("config", "apply", postern.Write("used.yaml", changed))).ExitCode.ShouldBe(0);
    }
}
