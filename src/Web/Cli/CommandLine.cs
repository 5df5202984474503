using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>What a person or a script types: the verbs, their options, and the code each ends with.</summary>
public static class CommandLine
{
    /// <summary>Parses and runs one command.</summary>
    /// <param name="database">In place of <c>POSTERN_DATABASE</c>, which all of a process share; null for that.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, string? database = null)
    {
        var result = Build(output, error, database).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            foreach (var fault in result.Errors.Select(fault => fault.Message).Distinct(StringComparer.Ordinal))
            {
                await error.WriteLineAsync(VisibleText.Of(fault, 1_000));
            }

            await error.WriteLineAsync($"See: {NameOf(result.CommandResult)} --help");
            return ExitCode.Usage;
        }

        // Signals are taken by the verbs themselves: a database that was started has to be stopped again.
        return await result.InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static Command Build(TextWriter output, TextWriter error, string? database)
    {
        var verbs = new VerbRunner(output, error, database);
        var root = new Command("postern", "Postern moves mail and directory entries between LAN post offices and an internet-mail backbone.")
        {
            ServeVerb.Create(verbs),
            MigrateVerb.Create(verbs),
            BooksVerb.Create(verbs),
            QueueVerb.Create(verbs),
            OperationVerb.Create(verbs),
            RouteVerb.Create(verbs),
            ConnectorVerb.Create(verbs),
            CanariesVerb.Create(verbs),
            DirsyncVerb.Create(verbs),
            ConfigVerb.Create(verbs),
            SecretVerb.Create(verbs),
            UserVerb.Create(verbs),
            KeyVerb.Create(verbs),
            AuditVerb.Create(verbs),
        };
        // A root command would be called after the file it lies in.
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        root.Options.Add(verbs.Data);
        root.Options.Add(verbs.Json);
        return root;
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "postern";
}
