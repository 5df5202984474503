using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Web.Cli;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>One server for a class of tests: its only connector is stopped, so that what is sent stays in the queue.</summary>
public sealed class ServingPostern : IAsyncLifetime
{
    private const string Configuration =
        """
        sites:
          - name: HOME
            smtpDomains: [site1.example]
        connectors:
          - name: smart
            kind: smtp
            state: stopped
            addressSpaces:
              - type: SMTP
                pattern: "*"
            settings:
              smartHosts: ["127.0.0.1:9"]
        entries:
          - displayName: Jane Doe
            native: jane@customer.example
            proxies: [jane@site1.example]

        """;

    private readonly TestFolder folder = new();

    internal RunningPostern Server { get; private set; } = null!;

    internal string DataFolder => folder["data"];

    public async ValueTask InitializeAsync()
    {
        Server = await PosternProgram.ServeAsync(DataFolder, "--smtp", "0");
        (await VerbAsync("config", "apply", Write("first.yaml", Configuration))).ExitCode.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Runs a command in this process: all of it but the half second that a process takes to begin.</summary>
    internal async Task<ProgramRun> VerbAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync([.. arguments, "--data", DataFolder], output, error);
        return new ProgramRun(code, output.ToString(), error.ToString());
    }

    internal string Write(string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    /// <summary>Sends a mail to somebody nobody else in the class writes to; the id of its delivery.</summary>
    internal async Task<string> DeliveryAsync(string recipient)
    {
        await SmtpMail.SendAsync(Server.SmtpPort, "joe@sender.example", recipient);
        return (await QueryAsync($"select id::text from delivery where recipient = '{recipient}'"))!.ToString()!;
    }

    internal Task<object?> QueryAsync(string sql) => WithDatabaseAsync(async database =>
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    });

    /// <summary>The value of a secret, read past the program.</summary>
    internal Task<string?> SecretAsync(string name) => WithDatabaseAsync(
        database => new SecretStore(database, KeyFile.Open(Path.Combine(DataFolder, KeyFile.FileName))).GetAsync(name, CancellationToken.None));

    private async Task<T> WithDatabaseAsync<T>(Func<NpgsqlDataSource, Task<T>> work)
    {
        await using var postgres = (await EmbeddedPostgres.AttachAsync(DataFolder, CancellationToken.None)).ShouldNotBeNull();
        await using var database = PosternDataSource.Create(postgres.ConnectionString);
        return await work(database);
    }
}
