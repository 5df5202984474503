using System.CommandLine;
using Postern.Infrastructure.Database;

namespace Postern.Web.Cli;

/// <summary><c>migrate</c>: brings the database to the schema of this program.</summary>
internal static class MigrateVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var command = new Command("migrate", "Bring the database to the schema of this program");
        verbs.Set(command, RunAsync, makesDatabase: true);
        return command;
    }

    private static async Task<int> RunAsync(Verb verb, CancellationToken cancellationToken)
    {
        var applied = await new DatabaseMigrator(verb.Database.ConnectionString).MigrateAsync(cancellationToken);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { applied });
            return ExitCode.Done;
        }

        foreach (var migration in applied)
        {
            await verb.Answer.LineAsync($"Applied {migration}");
        }

        await verb.Answer.LineAsync("The schema is current.");
        return ExitCode.Done;
    }
}
