using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.AspNetCore.Identity;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Cli;

/// <summary><c>user add</c>: another person who may sign in to the console.</summary>
internal static class UserVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var name = new Argument<string>("NAME") { Description = "The name to sign in with" };
        var role = new Option<Role[]>("--role")
        {
            Description = $"What the person may do; more than one may be given: {string.Join(", ", Enum.GetValues<Role>().Select(known => known.ToWord().Replace(' ', '-')))}",
            HelpName = "ROLE",
            CustomParser = Roles,
            DefaultValueFactory = _ => [Role.Operator],
        };
        var add = new Command("add", "Add a person; a password is drawn, to be replaced at the first sign-in") { name, role };
        verbs.Set(add, (verb, token) => AddAsync(verb, verb.Parsed.GetValue(name)!, verb.Parsed.GetValue(role)!, token));
        return new Command("user", "People who may sign in to the console") { add };
    }

    private static async Task<int> AddAsync(Verb verb, string name, Role[] roles, CancellationToken cancellationToken)
    {
        await using var services = VerbServices.ForAccounts(verb.Database);
        await using var scope = services.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UserManager<PosternUser>>().FindByNameAsync(name) is { } known)
        {
            return await verb.RefuseAsync(ExitCode.Refused, $"There is a user {known.UserName} already.");
        }

        var (password, faults) = await scope.ServiceProvider.GetRequiredService<OperatorAccounts>().AddAsync(name, roles, Operator.Local(), cancellationToken);
        if (faults.Count > 0)
        {
            return await verb.RefuseAsync(ExitCode.Usage, string.Join(Environment.NewLine, faults));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { user = name, password, roles = roles.Select(role => role.ToWord()) });
            return ExitCode.Done;
        }

        await verb.Answer.LineAsync($"User: {name}");
        await verb.Answer.LineAsync($"Password: {password}");
        return ExitCode.Done;
    }

    private static Role[] Roles(ArgumentResult result)
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
