using System.CommandLine;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>config</c>: the whole configuration as one text, out and in.</summary>
internal static class ConfigVerb
{
    private const int LargestFile = 64 * 1024 * 1024;
    private const int LongestLine = 4_000;

    public static Command Create(VerbRunner verbs)
    {
        var (reason, accepts) = (RouteVerb.Reason(), RouteVerb.AcceptsLoss());
        var apply = Change(
            verbs, "apply", "Make the configuration what a file says; refused with each counter-example that it would add to the routing in force",
            (verb, file, text, token) => ApplyAsync(verb, file, text, verb.Parsed.GetValue(accepts), verb.Parsed.GetValue(reason)?.Trim() ?? "", token));
        apply.Options.Add(reason);
        apply.Options.Add(accepts);
        var target = new Argument<string>("FILE") { Description = "The file to write; - or nothing prints it", Arity = ArgumentArity.ZeroOrOne };
        var export = new Command("export", "Write the configuration as YAML") { target };
        verbs.Set(export, (verb, token) => ExportAsync(verb, verb.Parsed.GetValue(target) ?? "-", token));
        return new Command("config", "The configuration as one text")
        {
            export,
            Change(verbs, "plan", "Say what applying a file would change; ends with 1 when it would change something", PlanAsync),
            apply,
        };
    }

    private static Command Change(
        VerbRunner verbs, string name, string description, Func<Verb, ConfigurationFile, string, CancellationToken, Task<int>> change)
    {
        var source = new Argument<string>("FILE") { Description = "The file to read; - reads what is piped in" };
        var command = new Command(name, description) { source };
        verbs.Set(command, async (verb, token) =>
        {
            var (text, fault) = await ReadAsync(verb.Parsed.GetValue(source)!, token);
            return text is null ? await verb.RefuseAsync(ExitCode.NotFound, fault) : await change(verb, File(verb), text, token);
        });
        return command;
    }

    private static async Task<int> ExportAsync(Verb verb, string target, CancellationToken cancellationToken)
    {
        var text = await File(verb).ExportAsync(cancellationToken);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { configuration = text });
        }
        else if (target == "-")
        {
            await verb.Answer.TextAsync(text);
        }

        if (target == "-")
        {
            return ExitCode.Done;
        }

        try
        {
            await System.IO.File.WriteAllTextAsync(target, text, cancellationToken);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await verb.RefuseAsync(ExitCode.Unavailable, $"{target} cannot be written: {e.Message}");
        }
    }

    private static async Task<int> PlanAsync(Verb verb, ConfigurationFile file, string text, CancellationToken cancellationToken)
    {
        var result = await file.PlanAsync(text, cancellationToken);
        await SayAsync(verb, result, "Nothing would change.");
        return !result.IsValid ? ExitCode.Configuration : result.Differences.Count > 0 ? ExitCode.No : ExitCode.Done;
    }

    private static async Task<int> ApplyAsync(Verb verb, ConfigurationFile file, string text, bool acceptsLoss, string reason, CancellationToken cancellationToken)
    {
        var who = Operator.Local(reason);
        var result = await (acceptsLoss ? file.ApplyWithLossAsync(text, who, cancellationToken) : file.ApplyAsync(text, who, cancellationToken));
        await SayAsync(verb, result, "Nothing changed.");
        return !result.IsValid ? ExitCode.Configuration : result.Refusal.Length > 0 ? ExitCode.Refused : ExitCode.Done;
    }

    private static async Task SayAsync(Verb verb, ConfigurationResult result, string nothing)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new
            {
                valid = result.IsValid,
                result.Version,
                changes = result.Differences,
                result.Notes,
                faults = result.Faults.Select(fault => new { fault.Line, fault.Text }),
                result.Refusal,
                counterExamples = result.Losses.All.Select(example => example.Sentence),
            });
        }

        foreach (var fault in result.Faults)
        {
            await verb.Error.WriteLineAsync(VisibleText.Of(fault.ToString(), LongestLine));
        }

        if (result.Refusal.Length > 0)
        {
            await verb.Error.WriteLineAsync(VisibleText.Of(result.Refusal, LongestLine));
        }

        if (verb.Answer.IsJson || !result.IsValid)
        {
            return;
        }

        foreach (var line in result.Differences.Concat(result.Notes).Concat(result.Losses.All.Select(example => $"! {example.Sentence}")))
        {
            await verb.Answer.LineAsync(VisibleText.Of(line, LongestLine));
        }

        if (result.Differences.Count == 0 && result.Refusal.Length == 0)
        {
            await verb.Answer.LineAsync(nothing);
        }
    }

    private static ConfigurationFile File(Verb verb) => new(verb.Database.Source, SettingsCatalog.Known);

    private static async Task<(string? Text, string Fault)> ReadAsync(string source, CancellationToken cancellationToken)
    {
        try
        {
            if (source == "-")
            {
                return (await Console.In.ReadToEndAsync(cancellationToken), "");
            }

            return new FileInfo(source) is { Exists: true, Length: > LargestFile }
                ? (null, $"{source} is larger than {LargestFile / 1024 / 1024} MB.")
                : (await System.IO.File.ReadAllTextAsync(source, cancellationToken), "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{source} cannot be read: {e.Message}");
        }
    }
}
