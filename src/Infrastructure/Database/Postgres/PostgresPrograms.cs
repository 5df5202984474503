using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Postern.Infrastructure.Database.Postgres;

/// <summary>The programs of one installed PostgreSQL, and the account they run as.</summary>
/// <param name="Version">Major version, the name of the folder they lie in.</param>
/// <param name="Folder">Where <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c> are.</param>
internal sealed record PostgresPrograms(int Version, string Folder)
{
    /// <summary>Debian's place; every major version has a folder of its own.</summary>
    public const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>PostgreSQL refuses to run as root; Debian's package makes this account.</summary>
    public const string Account = "postgres";

    /// <summary>What is installed below <paramref name="root"/>, newest first.</summary>
    public static IReadOnlyList<PostgresPrograms> Installed(string root) =>
        !Directory.Exists(root)
            ? []
            : [.. from folder in Directory.GetDirectories(root)
                  let bin = Path.Combine(folder, "bin")
                  where int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                      && File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres"))
                  let version = int.Parse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture)
                  orderby version descending
                  select new PostgresPrograms(version, bin)];

    /// <summary>Full path of one of the programs.</summary>
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>Prepares a call. <paramref name="account"/> null: as ourselves.</summary>
    public static ProcessStartInfo Call(string? account, string program, params IEnumerable<string> arguments)
    {
        // A bare name would be looked for in the current folder first, and a folder of somebody's may hold a file of that name.
        var path = program.Contains('/', StringComparison.Ordinal) ? program : $"/usr/bin/{program}";
        // The working folder is one that every account may enter.
        var call = new ProcessStartInfo(path, arguments) { WorkingDirectory = "/", UseShellExecute = false };
        foreach (var name in call.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            call.Environment.Remove(name); // PGDATA and its like would lead elsewhere
        }

        call.Environment["LC_ALL"] = "C.UTF-8";
        if (account is not null)
        {
            call.UserName = account;
        }

        return call;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code, and everything it printed.</returns>
    /// <exception cref="DatabaseUnavailableException">The program cannot be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo call, CancellationToken cancellationToken)
    {
        call.RedirectStandardOutput = call.RedirectStandardError = call.RedirectStandardInput = true;
        using var process = Start(call);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, $"{await output}{await errors}".Trim());
    }

    /// <summary>Starts a program.</summary>
    /// <exception cref="DatabaseUnavailableException">It cannot be started.</exception>
    public static Process Start(ProcessStartInfo call)
    {
        try
        {
            return Process.Start(call)!;
        }
        catch (Win32Exception e)
        {
            var account = call.UserName.Length > 0 ? $" as {call.UserName}" : "";
            throw new DatabaseUnavailableException($"{call.FileName} cannot be started{account}: {e.Message}", e);
        }
    }
}
