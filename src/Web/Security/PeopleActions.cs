using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>What administrators do to the accounts of people. Every act is one transaction with its audit row; it counts at once, in every open window.</summary>
/// <remarks>There is always an administrator who can sign in: acts that would leave none are refused, and nobody locks themselves out.</remarks>
public sealed partial class PeopleActions(NpgsqlDataSource database, IServiceScopeFactory scopes, Sessions sessions)
{
    /// <summary>Raised after an act was committed in this process.</summary>
    public event Action? Changed;

    /// <summary>Adds somebody with a drawn password, which is shown once and must be replaced at the first sign-in.</summary>
    /// <returns>The password, or sentences that say why there is none.</returns>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<(string? Password, string Refusal)> AddAsync(string name, IReadOnlyList<Role> roles, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        if (roles.Count == 0)
        {
            return (null, NoRole);
        }

        // A scope of its own: a window is older than what it may have read.
        await using var scope = scopes.CreateAsyncScope();
        var (password, faults) = await scope.ServiceProvider.GetRequiredService<OperatorAccounts>().AddAsync(name, roles, who, cancellationToken);
        Changed?.Invoke();
        return (password, string.Join(' ', faults));
    }

    /// <summary>Gives exactly these roles. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> SetRolesAsync(long id, IReadOnlyList<Role> roles, Operator who, CancellationToken cancellationToken)
    {
        string[] words = [.. roles.Distinct().Order().Select(role => role.ToWord())];
        return ActAsync(id, "set roles", who, async (act, person) =>
        {
            if (roles.Count == 0)
            {
                return NoRole;
            }

            if (person.IsSelf(who) && person.IsAdministrator && !roles.Contains(Role.Administrator))
            {
                return "You cannot take the role administrator from yourself; another administrator can.";
            }

            act.Details = JsonSerializer.Serialize(new { before = person.Roles, after = words });
            return await act.ExecuteAsync("update console_user set roles = $2 where id = $1 and roles <> $2", (object)words) > 0 ? "" : $"{person.Name} has these roles already.";
        }, cancellationToken);
    }

    /// <summary>Locks somebody out until it is taken back; their sessions end. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> LockAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, "lock user", who, async (act, person) =>
        {
            if (person.IsSelf(who))
            {
                return "You cannot lock yourself out; another administrator can.";
            }

            await act.EndSessionsAsync();
            return await act.ExecuteAsync("update console_user set locked_at = now() where id = $1 and locked_at is null") > 0 ? "" : $"{person.Name} is locked already.";
        }, cancellationToken);

    /// <summary>Lets them in again, also after too many wrong passwords. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> UnlockAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, "unlock user", who, async (act, person) =>
            await act.ExecuteAsync(UnlockSql) > 0 ? "" : $"{person.Name} is not locked.", cancellationToken);

    /// <summary>Draws another password, to be replaced at the next sign-in; their sessions end.</summary>
    /// <returns>The password, or a sentence that says why there is none.</returns>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<(string? Password, string Refusal)> ResetPasswordAsync(long id, Operator who, CancellationToken cancellationToken)
    {
        var drawn = OperatorAccounts.Draw();
        var refusal = await ActAsync(id, "reset password", who, async (act, person) =>
        {
            if (person.IsSelf(who))
            {
                return "You change your own password on your account page.";
            }

            await act.EndSessionsAsync();
            var hash = new PasswordHasher<PosternUser>().HashPassword(new PosternUser(), drawn);
            await act.ExecuteAsync(ResetPasswordSql, hash, Stamp());
            return "";
        }, cancellationToken);
        return (refusal.Length == 0 ? drawn : null, refusal);
    }

    /// <summary>Ends all their sessions. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> EndSessionsAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, "end sessions", who, async (act, person) =>
        {
            await act.EndSessionsAsync();
            return act.Ended.Count > 0 ? "" : $"{person.Name} is not signed in.";
        }, cancellationToken);

    /// <summary>Asks for a second step at their next sign-in, or no longer does. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> RequireSecondStepAsync(long id, bool isRequired, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, isRequired ? "require second step" : "no longer require second step", who, async (act, person) =>
            await act.ExecuteAsync("update console_user set requires_second_step = $2 where id = $1 and requires_second_step <> $2", isRequired) > 0 ? ""
            : isRequired ? $"{person.Name} is asked for a second step already." : $"{person.Name} is not asked for a second step of their own.", cancellationToken);

    /// <summary>Forgets the second step of somebody who has lost it; their sessions end. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> ResetSecondStepAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, "reset second step", who, async (act, person) =>
        {
            if (await act.ExecuteAsync(ResetSecondStepSql, Stamp()) == 0)
            {
                return $"{person.Name} has no second step.";
            }

            await act.EndSessionsAsync();
            return "";
        }, cancellationToken);

    /// <summary>The roles that need a second step; all of them: everybody.</summary>
    public async Task<IReadOnlyList<Role>> SecondStepRolesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select second_step_roles from sign_in_rule");
        return CurrentOperator.RolesOf((string[])(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <summary>Must this person have a second step, by the rule or because an administrator asked?</summary>
    public async Task<bool> NeedsSecondStepAsync(PosternUser user, CancellationToken cancellationToken) =>
        user.RequiresSecondStep || CurrentOperator.RolesOf(user.Roles).Any((await SecondStepRolesAsync(cancellationToken)).Contains);

    /// <summary>Asks everybody with one of these roles for a second step, from their next sign-in on. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<string> SetSecondStepRolesAsync(IReadOnlyList<Role> roles, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        string[] words = [.. roles.Distinct().Order().Select(role => role.ToWord())];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("update sign_in_rule set second_step_roles = $1 where second_step_roles <> $1", connection) { Parameters = { new() { Value = words } } };
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return "The rule is so already.";
        }

        await AuditLog.WriteAsync(connection, who, "set sign-in rule", "second step", JsonSerializer.Serialize(new { roles = words }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Changed?.Invoke();
        return "";
    }

    /// <summary>Removes the account; the audit keeps the name. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public Task<string> RemoveAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(id, "remove user", who, async (act, person) =>
        {
            if (person.IsSelf(who))
            {
                return "You cannot remove yourself; another administrator can.";
            }

            await act.EndSessionsAsync();
            act.Details = JsonSerializer.Serialize(new { roles = person.Roles });
            await act.ExecuteAsync("delete from console_user where id = $1");
            return "";
        }, cancellationToken);

    internal const string NoRole = "A person has at least one role; viewer is the least.";

    internal static string Stamp() => Convert.ToHexString(RandomNumberGenerator.GetBytes(20));

    private async Task<string> ActAsync(
        long id, string verb, Operator who, Func<Act, Person, Task<string>> change, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var act = new Act(connection, id, cancellationToken);
        if (await FindAsync(connection, id, cancellationToken) is not { } person)
        {
            return "This account no longer exists.";
        }

        if (await change(act, person) is { Length: > 0 } refusal)
        {
            return refusal;
        }

        if (!await HasAdministratorAsync(connection, cancellationToken))
        {
            return $"{person.Name} is the last administrator who can sign in. Give somebody else the role first.";
        }

        await AuditLog.WriteAsync(connection, who, verb, $"user {person.Name}", act.Details, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        sessions.Tell(act.Ended);
        Changed?.Invoke();
        return "";
    }
}
