using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Cli;

/// <summary><c>user</c>: people who may sign in to the console, and what each may do.</summary>
internal static class UserVerb
{
    public static Command Create(VerbRunner verbs) => new("user", "People who may sign in to the console")
    {
        Add(verbs),
        List(verbs),
        Roles(verbs),
        Act(verbs, "lock", "Lock somebody out; their sessions end", (people, id, who, token) => people.LockAsync(id, who, token)),
        Act(verbs, "unlock", "Let somebody in again, also after wrong passwords", (people, id, who, token) => people.UnlockAsync(id, who, token)),
        Act(verbs, "end-sessions", "End all sessions of somebody", (people, id, who, token) => people.EndSessionsAsync(id, who, token)),
        Act(verbs, "reset-second-step", "Forget the second step of somebody who has lost it", (people, id, who, token) => people.ResetSecondStepAsync(id, who, token)),
        Act(verbs, "remove", "Remove an account; the audit keeps the name", (people, id, who, token) => people.RemoveAsync(id, who, token)),
        ResetPassword(verbs),
    };

    private static Command Add(VerbRunner verbs)
    {
        var name = Name();
        var role = RoleOption([Role.Operator]);
        var reason = Reason();
        var command = new Command("add", "Add a person; a password is drawn, to be replaced at the first sign-in") { name, role, reason };
        verbs.Set(command, (verb, token) => AddAsync(verb, verb.Parsed.GetValue(name)!, verb.Parsed.GetValue(role)!, verb.Parsed.GetValue(reason) ?? "", token));
        return command;
    }

    private static Command List(VerbRunner verbs)
    {
        var command = new Command("list", "Everybody, with roles and sessions");
        verbs.Set(command, ListAsync);
        return command;
    }

    private static Command Roles(VerbRunner verbs)
    {
        var name = Name();
        var role = RoleOption(null);
        var reason = Reason();
        var command = new Command("roles", "Give somebody exactly these roles; without --role it shows them") { name, role, reason };
        verbs.Set(command, (verb, token) => WithAsync(verb, verb.Parsed.GetValue(name)!, async (people, person) =>
        {
            if (verb.Parsed.GetValue(role) is not { Length: > 0 } roles)
            {
                await verb.Answer.LineAsync(string.Join(", ", person.Roles.Select(known => known.ToWord())));
                return ExitCode.Done;
            }

            return await EndAsync(verb, await people.SetRolesAsync(person.Id, roles, Operator.Local(verb.Parsed.GetValue(reason) ?? ""), token));
        }, token));
        return command;
    }

    private static Command Act(
        VerbRunner verbs, string word, string description, Func<PeopleActions, long, Operator, CancellationToken, Task<string>> act)
    {
        var name = Name();
        var reason = Reason();
        var command = new Command(word, description) { name, reason };
        verbs.Set(command, (verb, token) => WithAsync(verb, verb.Parsed.GetValue(name)!, async (people, person) =>
            await EndAsync(verb, await act(people, person.Id, Operator.Local(verb.Parsed.GetValue(reason) ?? ""), token)), token));
        return command;
    }

    private static Command ResetPassword(VerbRunner verbs)
    {
        var name = Name();
        var reason = Reason();
        var command = new Command("reset-password", "Draw another password, to be replaced at the next sign-in") { name, reason };
        verbs.Set(command, (verb, token) => WithAsync(verb, verb.Parsed.GetValue(name)!, async (people, person) =>
        {
            var (password, refusal) = await people.ResetPasswordAsync(person.Id, Operator.Local(verb.Parsed.GetValue(reason) ?? ""), token);
            return password is null ? await verb.RefuseAsync(ExitCode.Refused, refusal) : await PrintAsync(verb, person.Name, password, person.Roles);
        }, token));
        return command;
    }

    private static async Task<int> AddAsync(Verb verb, string name, Role[] roles, string reason, CancellationToken cancellationToken)
    {
        await using var services = VerbServices.ForAccounts(verb.Database);
        if (await FindAsync(services, name, cancellationToken) is { } known)
        {
            return await verb.RefuseAsync(ExitCode.Refused, $"There is a user {known.Name} already.");
        }

        var (password, refusal) = await services.GetRequiredService<PeopleActions>().AddAsync(name, roles, Operator.Local(reason), cancellationToken);
        return password is null ? await verb.RefuseAsync(ExitCode.Usage, refusal) : await PrintAsync(verb, name, password, roles);
    }

    private static async Task<int> ListAsync(Verb verb, CancellationToken cancellationToken)
    {
        var people = await new PeopleView(verb.Database.Source).ListAsync(Operator.Local(), cancellationToken);
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new
            {
                people = people.Select(row => new
                {
                    row.Id,
                    row.Name,
                    roles = row.Roles.Select(role => role.ToWord()),
                    row.LockedAt,
                    row.LockedUntil,
                    row.MustChangePassword,
                    row.HasSecondStep,
                    row.NeedsSecondStep,
                    row.Sessions,
                    row.SignedInAt,
                    row.SeenAt,
                }),
            });
            return ExitCode.Done;
        }

        await verb.Answer.TableAsync(
            ["name", "roles", "state", "second step", "sessions", "signed in"],
            people.Select(row => (IReadOnlyList<string>)
            [
                row.Name, string.Join(", ", row.Roles.Select(role => role.ToWord())), Components.People.PersonWords.State(row).Word, row.HasSecondStep ? "on" : "off",
                row.Sessions.ToString(CultureInfo.InvariantCulture), row.SignedInAt?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "never",
            ]));
        return ExitCode.Done;
    }

    private static async Task<int> WithAsync(Verb verb, string name, Func<PeopleActions, PersonRow, Task<int>> work, CancellationToken cancellationToken)
    {
        await using var services = VerbServices.ForAccounts(verb.Database);
        return await FindAsync(services, name, cancellationToken) is { } person
            ? await work(services.GetRequiredService<PeopleActions>(), person)
            : await verb.RefuseAsync(ExitCode.NotFound, $"There is no user called {VisibleText.Of(name)}.");
    }

    private static async Task<PersonRow?> FindAsync(ServiceProvider services, string name, CancellationToken cancellationToken) =>
        (await services.GetRequiredService<PeopleView>().ListAsync(Operator.Local(), cancellationToken))
            .FirstOrDefault(person => string.Equals(person.Name, name, StringComparison.OrdinalIgnoreCase));

    private static async Task<int> EndAsync(Verb verb, string refusal) =>
        refusal.Length == 0 ? ExitCode.Done : await verb.RefuseAsync(ExitCode.Refused, refusal);

    private static async Task<int> PrintAsync(Verb verb, string name, string password, IReadOnlyList<Role> roles)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { user = name, password, roles = roles.Select(role => role.ToWord()) });
            return ExitCode.Done;
        }

        await verb.Answer.LineAsync($"User: {name}");
        await verb.Answer.LineAsync($"Password: {password}");
        return ExitCode.Done;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The name to sign in with" };

    private static Option<string> Reason() => new("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };

    private static Option<Role[]> RoleOption(Role[]? standard)
    {
        var option = new Option<Role[]>("--role")
        {
            Description = $"What the person may do; more than one may be given: {string.Join(", ", Enum.GetValues<Role>().Select(known => known.ToWord().Replace(' ', '-')))}",
            HelpName = "ROLE",
            CustomParser = Parse,
        };
        if (standard is not null)
        {
            option.DefaultValueFactory = _ => standard;
        }

        return option;
    }

    private static Role[] Parse(ArgumentResult result)
    {
        var roles = new List<Role>();
        foreach (var word in result.Tokens.Select(token => token.Value))
        {
            if (RoleRights.TryParse(word, out var role))
            {
                roles.Add(role);
            }
            else
            {
                result.AddError($"There is no role {VisibleText.Of(word)}.");
            }
        }

        return [.. roles.Distinct()];
    }
}
