using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>key</c>: keys with which people's programs use the API.</summary>
internal static class KeyVerb
{
    private static string Scopes => string.Join(", ", Enum.GetValues<KeyScope>().Select(scope => scope.ToWord()));

    public static Command Create(VerbRunner verbs) => new("key", "Keys with which people's programs use the API")
    {
        Add(verbs),
        List(verbs),
        Revoke(verbs),
    };

    private static Command Add(VerbRunner verbs)
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for, in a word or two" };
        var user = new Option<string>("--user") { Description = "The person it acts as", HelpName = "NAME", Required = true };
        var scope = new Option<KeyScope[]>("--scope")
        {
            Description = $"What it may be used for; more than one may be given: {Scopes}",
            HelpName = "SCOPE",
            CustomParser = Parse,
            DefaultValueFactory = _ => [KeyScope.Read],
        };
        var days = new Option<int>("--days")
        {
            Description = $"It ends after so many days, at most {ApiKeys.MostDays}",
            HelpName = "N",
            DefaultValueFactory = _ => ApiKeys.StandardDays,
        };
        var command = new Command("add", "Make a key; it is shown this once") { name, user, scope, days };
        verbs.Set(command, async (verb, token) =>
        {
            var added = await new ApiKeys(verb.Database.Source).AddAsync(
                verb.Parsed.GetValue(user)!, verb.Parsed.GetValue(name)!, verb.Parsed.GetValue(scope)!, verb.Parsed.GetValue(days), Operator.Local(), token);
            if (added.Key is not { } key)
            {
                return await verb.RefuseAsync(ExitCode.Refused, VisibleText.Of(added.Fault, 500));
            }

            if (verb.Answer.IsJson)
            {
                await verb.Answer.JsonAsync(new { key = added.Text, key.Id, key.Person, key.Name, key.Scopes, key.ExpiresAt });
                return ExitCode.Done;
            }

            await verb.Answer.LineAsync(added.Text);
            await verb.Error.WriteLineAsync($"Key {key.Id} of {VisibleText.Of(key.Person)}, until {Instant(key.ExpiresAt)}. It is not shown again.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(VerbRunner verbs)
    {
        var user = new Option<string>("--user") { Description = "Only those of this person", HelpName = "NAME" };
        var command = new Command("list", "Keys, whose they are, what they are for, when they were used; never a key itself") { user };
        verbs.Set(command, async (verb, token) =>
        {
            var keys = await new ApiKeys(verb.Database.Source).ListAsync(verb.Parsed.GetValue(user) ?? "", Operator.Local(), token);
            if (verb.Answer.IsJson)
            {
                await verb.Answer.JsonAsync(new { keys });
            }
            else if (keys.Count == 0)
            {
                await verb.Answer.LineAsync("There are no keys.");
            }
            else
            {
                await verb.Answer.TableAsync(["ID", "PERSON", "NAME", "SCOPES", "BEGINS", "CREATED", "LAST USED", "ENDS", "REVOKED"], keys.Select(Row));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(VerbRunner verbs)
    {
        var id = new Argument<long>("ID") { Description = "Id of the key" };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
        var command = new Command("revoke", "End a key at once") { id, reason };
        verbs.Set(command, async (verb, token) =>
        {
            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var refusal = await new ApiKeys(verb.Database.Source).RevokeAsync(verb.Parsed.GetValue(id), who, token);
            return refusal.Length == 0 ? ExitCode.Done : await verb.RefuseAsync(ExitCode.NotFound, refusal);
        });
        return command;
    }

    private static IReadOnlyList<string> Row(ApiKeyRow key) =>
    [
        key.Id.ToString(CultureInfo.InvariantCulture), key.Person, key.Name, string.Join(" ", key.Scopes.Select(scope => scope.ToWord())), key.Prefix,
        Instant(key.CreatedAt), Instant(key.LastUsedAt), Instant(key.ExpiresAt), key.RevokedAt is null ? "" : $"{Instant(key.RevokedAt)} by {key.RevokedBy}",
    ];

    private static KeyScope[] Parse(ArgumentResult result)
    {
        var scopes = new List<KeyScope>();
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (KeyScopes.TryParse(word, out var scope))
            {
                scopes.Add(scope);
            }
            else
            {
                result.AddError($"There is no scope {VisibleText.Of(word)}; the scopes are {Scopes}.");
            }
        }

        return [.. scopes.Distinct()];
    }

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
