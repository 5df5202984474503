using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>The options that say which deliveries are meant; the same for looking and for acting, and of the same names as in the console's address.</summary>
internal sealed class QueueFilterOptions
{
    // Named so before there was one list of names.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal) { ["id"] = "--message-id" };

    private readonly Dictionary<string, Option<string>> options = QueueFilterText.Words.ToDictionary(word => word.Name, Option);

    private readonly Option<string> state = new("--state")
    {
        Description = QueueFilterText.Words[0].Meaning,
        HelpName = QueueFilterText.Words[0].Form,
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => string.Join(',', result.Tokens.Select(token => token.Value)),
    };

    private readonly Option<string> olderThan = new("--older-than")
    {
        Description = "Only what was accepted at least so long ago: 30m, 12h, 2d; the same as --age 30m-",
        HelpName = "AGE",
    };

    public QueueFilterOptions()
    {
        options["state"] = state;
        state.Validators.Add(result => Check(result, "state", string.Join(',', result.Tokens.Select(token => token.Value))));
        olderThan.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (text.Contains('-', StringComparison.Ordinal) || !AgeRange.TryParse(text, out _, out _)))
            {
                result.AddError($"--older-than takes minutes, hours or days such as 30m, 12h, 2d, not “{VisibleText.Of(text)}”.");
            }
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in options.Values)
        {
            command.Options.Add(option);
        }

        command.Options.Add(olderThan);
    }

    public QueueFilter Read(ParseResult parsed)
    {
        var values = options.Select(option => (option.Key, Value: parsed.GetValue(option.Value) ?? "")).Where(value => value.Value.Length > 0)
            .ToDictionary(value => value.Key, value => value.Value);
        if (parsed.GetValue(olderThan) is { Length: > 0 } age)
        {
            values.TryAdd("age", $"{age}-");
        }

        return QueueFilterText.Read(values);
    }

    private static Option<string> Option(QueueFilterWord word)
    {
        var option = new Option<string>($"--{word.Name}") { Description = word.Meaning, HelpName = word.Form };
        if (Aliases.TryGetValue(word.Name, out var alias))
        {
            option.Aliases.Add(alias);
        }

        option.Validators.Add(result => Check(result, word.Name, result.Tokens is [{ Value: var text }] ? text : ""));
        return option;
    }

    private static void Check(OptionResult result, string name, string text)
    {
        var faults = new List<QueueFilterFault>();
        QueueFilterText.Read(new Dictionary<string, string> { [name] = text }, faults);
        foreach (var fault in faults)
        {
            result.AddError(VisibleText.Of(fault.Sentence, 500));
        }
    }
}
