using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Web.Components.Shared;
using Postern.Web.Hosting;

namespace Postern.Web.Cli;

/// <summary><c>secret</c>: passwords by name. A value goes in and never comes out.</summary>
internal static class SecretVerb
{
    private const int LongestName = 100;

    public static Command Create(VerbRunner verbs) => new("secret", "Passwords that settings name")
    {
        Set(verbs),
        List(verbs),
        Remove(verbs),
    };

    private static Command Set(VerbRunner verbs)
    {
        var name = Name();
        var command = new Command("set", "Store or replace a secret; its value is typed unseen, or piped in") { name };
        verbs.Set(command, (verb, token) => SetAsync(verb, verb.Parsed.GetValue(name)!, token));
        return command;
    }

    private static Command List(VerbRunner verbs)
    {
        var command = new Command("list", "Names, when they were set and by whom, and what uses them; never a value");
        verbs.Set(command, ListAsync);
        return command;
    }

    private static Command Remove(VerbRunner verbs)
    {
        var name = Name();
        var force = new Option<bool>("--force") { Description = "Also when a connector or listener names it" };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
        var command = new Command("remove", "Forget a secret") { name, force, reason };
        verbs.Set(command, (verb, token) => RemoveAsync(
            verb, verb.Parsed.GetValue(name)!, verb.Parsed.GetValue(force), verb.Parsed.GetValue(reason)?.Trim() ?? "", token));
        return command;
    }

    private static Argument<string> Name()
    {
        var name = new Argument<string>("NAME") { Description = "The name that settings use: password: { secret: NAME }" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (text.Length is 0 or > LongestName || text.Trim().Length != text.Length || text.Any(char.IsControl)))
            {
                result.AddError($"A name has at most {LongestName} visible characters, and no space at its ends.");
            }
        });
        return name;
    }

    private static async Task<int> SetAsync(Verb verb, string name, CancellationToken cancellationToken)
    {
        var (value, fault) = await SecretInput.ReadAsync(name, verb.Error, cancellationToken);
        if (value is null)
        {
            return await verb.RefuseAsync(ExitCode.Usage, fault);
        }

        var key = KeyFile.Open(DataFolder.KeyFileOf(verb.Database.DataFolder));
        await new SecretStore(verb.Database.Source, key).SetAsync(name, value, Operator.Local(), cancellationToken);
        var stored = (await new SecretNames(verb.Database.Source).ListAsync(cancellationToken)).First(secret => secret.Name == name);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(stored);
            return ExitCode.Done;
        }

        await verb.Answer.LineAsync(stored.UsedBy.Count == 0
            ? $"{VisibleText.Of(name)} is stored. No setting names it yet."
            : $"{VisibleText.Of(name)} is stored; it is used by {Uses(stored)}.");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Verb verb, CancellationToken cancellationToken)
    {
        var secrets = await new SecretNames(verb.Database.Source).ListAsync(cancellationToken);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { secrets });
        }
        else if (secrets.Count == 0)
        {
            await verb.Answer.LineAsync("There are no secrets.");
        }
        else
        {
            await verb.Answer.TableAsync(
                ["name", "set at", "by", "used by"],
                secrets.Select(secret => (IReadOnlyList<string>)[secret.Name, Time(secret.SetAt), secret.SetBy, Uses(secret)]));
        }

        return ExitCode.Done;
    }

    private static async Task<int> RemoveAsync(Verb verb, string name, bool isForced, string reason, CancellationToken cancellationToken)
    {
        var removal = await new SecretNames(verb.Database.Source).RemoveAsync(name, isForced, Operator.Local(reason), cancellationToken);
        if (removal.Found is null)
        {
            return await verb.RefuseAsync(ExitCode.NotFound, $"There is no secret called {VisibleText.Of(name)}.");
        }

        if (!removal.IsRemoved)
        {
            return await verb.RefuseAsync(ExitCode.Refused, $"{VisibleText.Of(name)} is used by {Uses(removal.Found)}. Change the settings first, or add --force.");
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { removed = name, removal.Found.UsedBy });
        }

        return ExitCode.Done;
    }

    private static string Uses(SecretUse secret) => VisibleText.Of(string.Join("; ", secret.UsedBy));

    private static string Time(DateTimeOffset? at) => at is { } time
        ? time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : "not stored";
}
