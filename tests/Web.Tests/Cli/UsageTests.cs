using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>What is not understood ends with 2 and says why, before anything is touched.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("Required command", "queue")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("--bogus", "books", "--bogus")]
    [InlineData("“sleeping”", "queue", "list", "--state", "queued,sleeping")]
    [InlineData("“0”", "queue", "list", "--limit", "0")]
    [InlineData("five", "queue", "show", "five")]
    [InlineData("--reason", "queue", "return", "5")]
    [InlineData("--reason", "queue", "remove", "5", "--reason", " ")]
    [InlineData("Name ids, a filter, or --all", "queue", "hold")]
    [InlineData("not both", "queue", "hold", "5", "--all")]
    [InlineData("30m, 12h, 2d", "queue", "hold", "--older-than", "soon")]
    [InlineData("without quotes", "route", "explain", "@@")]
    [InlineData("“70000”", "serve", "--http", "70000")]
    [InlineData("“x”", "serve", "--smtp", "x")]
    public async Task Says_what_was_not_understood(string word, params string[] arguments)
    {
        var run = await PosternProgram.RunAsync(arguments);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(word);
        run.Error.ShouldContain("See: postern");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_is_no_failure()
    {
        var run = await PosternProgram.RunAsync("queue", "--help");

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("postern queue [command]");
    }

    [Fact]
    public async Task Without_a_database_a_verb_says_how_to_get_one_and_makes_nothing()
    {
        using var folder = new TestFolder();

        var run = await PosternProgram.RunAsync("books", "--data", folder["none"]);

        run.ExitCode.ShouldBe(69);
        run.Error.ShouldContain("./run");
        Directory.Exists(folder["none"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(78, "this is not one")]
    [InlineData(78, "Database=postern")]
    [InlineData(69, "Host=127.0.0.1;Port=9;Username=x;Database=x;Timeout=2")]
    public async Task A_database_of_ones_own_that_cannot_be_used_is_named(int code, string connectionString)
    {
        var run = await PosternProgram.RunAsync(new Dictionary<string, string> { ["POSTERN_DATABASE"] = connectionString }, "books");

        run.ExitCode.ShouldBe(code);
        run.Error.Trim().ShouldNotContain('\n');
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_compose_file_is_valid()
    {
        using var compose = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/docker-compose", ["config", "-q"])
        {
            WorkingDirectory = PosternProgram.Repository,
            RedirectStandardError = true,
        })!;

        var said = await compose.StandardError.ReadToEndAsync();
        await compose.WaitForExitAsync();

        said.ShouldBeEmpty();
        compose.ExitCode.ShouldBe(0);
    }
}
