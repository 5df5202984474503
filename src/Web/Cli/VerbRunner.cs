using System.CommandLine;
using System.Runtime.InteropServices;
using Npgsql;
using Postern.Web.Hosting;

namespace Postern.Web.Cli;

/// <summary>Runs a verb on the database it belongs to, and turns failures into a sentence and an exit code.</summary>
/// <param name="database">In place of <c>POSTERN_DATABASE</c>, which all of a process share; null for that.</param>
public sealed class VerbRunner(TextWriter output, TextWriter error, string? database = null)
{
    /// <summary>The data folder; every verb has it. <c>POSTERN_DATA</c> is what it is when it is left out.</summary>
    public Option<string> Data { get; } = new("--data")
    {
        Description = "The data folder",
        HelpName = "DIR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POSTERN_DATA") is { Length: > 0 } folder ? folder : "data",
        Recursive = true,
    };

    /// <summary>For scripts.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON", Recursive = true };

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Connection string of a PostgreSQL of one's own; empty means the private cluster of the data folder.</summary>
    /// <exception cref="StartException">It is no connection string.</exception>
    public static string GivenDatabase(string? given = null)
    {
        var text = given ?? Environment.GetEnvironmentVariable("POSTERN_DATABASE") ?? "";
        try
        {
            return text.Length == 0 || new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 }
                ? text
                : throw new StartException("POSTERN_DATABASE names no host.", StartException.Configuration);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"POSTERN_DATABASE is not a connection string: {e.Message}", StartException.Configuration);
        }
    }

    /// <summary>Makes a verb out of what it does with the database.</summary>
    /// <param name="makesDatabase">The verb works on a database as it finds it, and makes one where there is none.</param>
    public void Set(Command command, Func<Verb, CancellationToken, Task<int>> work, bool makesDatabase = false) =>
        command.SetAction((parsed, _) => RunAsync(parsed, work, makesDatabase ? VerbDatabase.FindAsync : VerbDatabase.OpenAsync));

    private async Task<int> RunAsync(
        ParseResult parsed, Func<Verb, CancellationToken, Task<int>> work, Func<string, string, CancellationToken, Task<VerbDatabase>> open)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, stop));
        try
        {
            await using var opened = await open(GivenDatabase(database), parsed.GetValue(Data)!, stop.Token);
            return await work(new Verb(parsed, opened, new Answer(output, parsed.GetValue(Json)), error), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted.");
            return ExitCode.Unavailable;
        }
        catch (Exception e) when (ExitCode.Of(e) is { } code)
        {
            await error.WriteLineAsync(e.Message);
            return code;
        }
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}

/// <summary>One command that runs: what was typed, the database, and where the answer goes.</summary>
public sealed record Verb(ParseResult Parsed, VerbDatabase Database, Answer Answer, TextWriter Error)
{
    /// <summary>Who acts from the command line, as the audit names them.</summary>
    public static string Actor => $"local:{Environment.UserName}";

    /// <summary>Says why the command was not carried out.</summary>
    /// <returns>The code.</returns>
    public async Task<int> RefuseAsync(int code, string sentence)
    {
        await Error.WriteLineAsync(sentence);
        return code;
    }
}
