using System.CommandLine;
using Microsoft.AspNetCore.Identity;
using Postern.Infrastructure.Queue;
using Postern.Web.Security;

namespace Postern.Web.Cli;

/// <summary><c>user add</c>: another person who may sign in to the console.</summary>
internal static class UserVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var name = new Argument<string>("NAME") { Description = "The name to sign in with" };
        var add = new Command("add", "Add a person; a password is drawn, to be replaced at the first sign-in") { name };
        verbs.Set(add, (verb, token) => AddAsync(verb, verb.Parsed.GetValue(name)!, token));
        return new Command("user", "People who may sign in to the console") { add };
    }

    private static async Task<int> AddAsync(Verb verb, string name, CancellationToken cancellationToken)
    {
        await using var services = VerbServices.ForAccounts(verb.Database);
        await using var scope = services.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<UserManager<PosternUser>>().FindByNameAsync(name) is { } known)
        {
            return await verb.RefuseAsync(ExitCode.Refused, $"There is a user {known.UserName} already.");
        }

        var (password, faults) = await scope.ServiceProvider.GetRequiredService<OperatorAccounts>().AddAsync(name, new Operator(Verb.Actor, ""), cancellationToken);
        if (faults.Count > 0)
        {
            return await verb.RefuseAsync(ExitCode.Usage, string.Join(Environment.NewLine, faults));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new { user = name, password });
            return ExitCode.Done;
        }

        await verb.Answer.LineAsync($"User: {name}");
        await verb.Answer.LineAsync($"Password: {password}");
        return ExitCode.Done;
    }
}
