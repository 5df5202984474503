using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Postern.Web.Tests.Support;

/// <summary>How a command ended and what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The built program as a child process.</summary>
internal static class PosternProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Beside the tests in the folder of build results, and of the same configuration.</summary>
    private static readonly string Builds = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    private static readonly Dictionary<string, string> NoVariables = [];

    private static readonly string Configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public static string Lab { get; } = Path.Combine(Builds, "Lab", Configuration, "Postern.Lab");

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Builds, "..", ".."));

    private static string Executable => Path.Combine(Builds, "Web", Configuration, "Postern.Web");

    /// <summary>Runs a command to its end.</summary>
    public static Task<ProgramRun> RunAsync(params string[] arguments) => RunAsync(NoVariables, arguments);

    /// <summary>Runs a command to its end, with these variables in its environment.</summary>
    public static Task<ProgramRun> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        EndAsync(Start(environment, arguments), "");

    /// <summary>Runs a command to its end, with a text piped in.</summary>
    public static Task<ProgramRun> PipeAsync(string input, params string[] arguments) => EndAsync(Start(NoVariables, arguments), input);

    /// <summary>Runs a command on a terminal, where somebody types this after the prompt; what the terminal shows is the output.</summary>
    public static async Task<ProgramRun> TypeAsync(string prompt, string typed, params string[] arguments)
    {
        // script starts the command by a shell; one that stayed in between would take the interrupt too, and some then answer 130 for it.
        var command = string.Join(' ', arguments.Prepend(Executable).Select(word => $"'{word}'").Prepend("exec"));
        using var process = Process.Start(Redirected(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT,QUIT", "/usr/bin/script", "-qec", command, "/dev/null"])))!;
        using var limit = new CancellationTokenSource(Limit);
        await using var kill = limit.Token.Register(process.Kill);
        var shown = new StringBuilder();
        var one = new char[1];
        while (!shown.ToString().EndsWith(prompt, StringComparison.Ordinal) && await process.StandardOutput.ReadAsync(one, limit.Token) == 1)
        {
            shown.Append(one);
        }

        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync(limit.Token);
        shown.Append(await process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return new ProgramRun(process.ExitCode, shown.ToString(), "");
    }

    private static async Task<ProgramRun> EndAsync(Process started, string input)
    {
        using var process = started;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new ProgramRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static Task<RunningPostern> ServeAsync(string dataFolder, params string[] arguments) => ServeAsync(NoVariables, dataFolder, arguments);

    /// <summary>Starts a server with these variables in its environment and waits until it is ready.</summary>
    /// <remarks>A folder that is not there yet is one where <c>postern migrate</c> has run: making a cluster takes longer than most tests.</remarks>
    public static async Task<RunningPostern> ServeAsync(IReadOnlyDictionary<string, string> environment, string dataFolder, params string[] arguments)
    {
        if (!Directory.Exists(dataFolder))
        {
            await MigratedFolder.CopyToAsync(dataFolder);
        }

        return await ServeFirstAsync(environment, dataFolder, arguments);
    }

    /// <summary>Starts a server on a folder as it is, be it empty, and waits until it is ready.</summary>
    public static async Task<RunningPostern> ServeFirstAsync(IReadOnlyDictionary<string, string> environment, string dataFolder, params string[] arguments)
    {
        var running = new RunningPostern(Start(environment, ["serve", "--data", dataFolder, "--http", "0", .. arguments]), dataFolder);
        await running.WaitForLineAsync("Ready");
        return running;
    }

    /// <summary>Starts a server for which these folders are disks of these sizes, and waits until it is ready.</summary>
    public static async Task<RunningPostern> ServeOnAsync(IEnumerable<(string Folder, string Size)> disks, string dataFolder, params string[] arguments)
    {
        string[] command = SmallDisks.Command(disks, [Executable, "serve", "--data", dataFolder, "--http", "0", .. arguments]);
        var running = new RunningPostern(Start(NoVariables, command[0], command[1..]), dataFolder);
        await running.WaitForLineAsync("Ready");
        return running;
    }

    /// <summary>Starts a command and leaves it to itself.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, string[] arguments) => Start(environment, Executable, arguments);

    private static Process Start(IReadOnlyDictionary<string, string> environment, string program, string[] arguments)
    {
        // A shell lets what it starts in the background ignore SIGINT, and children inherit that; env becomes the program, its id stays.
        var info = Redirected(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT,QUIT", program, .. arguments]));
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    private static ProcessStartInfo Redirected(ProcessStartInfo info)
    {
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("POSTERN_", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        return info;
    }
}

/// <summary>A server that runs. Its lines are read as they come.</summary>
internal sealed class RunningPostern : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly Task<string> error;
    private readonly List<string> lines = [];

    public RunningPostern(Process process, string dataFolder)
    {
        this.process = process;
        DataFolder = dataFolder;
        error = process.StandardError.ReadToEndAsync();
    }

    public string DataFolder { get; }

    public int Id => process.Id;

    public IReadOnlyList<string> Lines => lines;

    public int HttpPort => new Uri(After("Console: ")).Port;

    public int SmtpPort => int.Parse(After("SMTP: 127.0.0.1:"), System.Globalization.CultureInfo.InvariantCulture);

    public async Task WaitForLineAsync(string expected)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
            if (line == expected)
            {
                return;
            }
        }

        await process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException($"The server ended with {process.ExitCode}: {await error}");
    }

    /// <summary>Ends it as an operator would; the exit code.</summary>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        using var kill = Process.Start("/usr/bin/kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await StopAsync();
        }

        process.Dispose();
    }

    private string After(string beginning) =>
        lines.First(line => line.StartsWith(beginning, StringComparison.Ordinal))[beginning.Length..];
}
