using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>Why somebody for whom another system spoke is not let in.</summary>
public enum SingleSignOnRefusal
{
    None,

    /// <summary>The other system did not say who it is, or its answer did not fit to what was asked.</summary>
    Failed,

    /// <summary>There is no account, and none is made.</summary>
    Unknown,

    /// <summary>The account is locked, or belongs to another person of the other system.</summary>
    Locked,

    /// <summary>The other system gives no role that means anything here.</summary>
    NoRole,
}

/// <summary>Finds the account of somebody for whom another system spoke, ties the two together at the first time, and follows the roles it gives.</summary>
public sealed class SingleSignOnAccounts(UserManager<PosternUser> users, IdentityDatabase database, PeopleActions people, SingleSignOn? settings = null)
{
    private static readonly Operator Authority = new(SingleSignOnHandler.Scheme, [Role.Administrator], "as the other system says");

    /// <summary>The account; null with why there is none to come in by.</summary>
    /// <param name="subject">What the other system never changes for this person.</param>
    /// <param name="name">The name of the account here.</param>
    /// <param name="roleValues">Values of the claim that says what they may do.</param>
    public async Task<(PosternUser? User, SingleSignOnRefusal Refusal)> FindAsync(
        string subject, string name, IReadOnlyList<string> roleValues, CancellationToken cancellationToken)
    {
        if (settings is null || subject.Length is 0 or > 128 || name.Length is 0 or > PosternUser.LongestName)
        {
            return (null, SingleSignOnRefusal.Failed);
        }

        var hasRoles = settings.RolesClaim.Length > 0;
        IReadOnlyList<Role> roles = hasRoles ? settings.RolesOf(roleValues) : [Role.Viewer];
        if (roles.Count == 0)
        {
            return (null, SingleSignOnRefusal.NoRole);
        }

        var known = await users.FindByLoginAsync(SingleSignOnHandler.Scheme, subject);
        var user = known ?? await users.FindByNameAsync(name);
        if (user is null)
        {
            return settings.CreatesAccounts ? await CreateAsync(subject, name, roles, cancellationToken) : (null, SingleSignOnRefusal.Unknown);
        }

        if (user.LockedAt is not null || (known is null && (await users.GetLoginsAsync(user)).Count > 0))
        {
            return (null, SingleSignOnRefusal.Locked);
        }

        if (known is null)
        {
            await TieAsync(user, subject, cancellationToken);
        }

        if (hasRoles)
        {
            // Refused only where it changes nothing, or would leave no administrator.
            await people.SetRolesAsync(user.Id, roles, Authority, cancellationToken);
            await database.Entry(user).ReloadAsync(cancellationToken);
        }

        return (user, SingleSignOnRefusal.None);
    }

    private async Task<(PosternUser? User, SingleSignOnRefusal Refusal)> CreateAsync(
        string subject, string name, IReadOnlyList<Role> roles, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var user = new PosternUser { UserName = name, Roles = [.. roles.Order().Select(role => role.ToWord())] };
        if (!(await users.CreateAsync(user)).Succeeded || !(await users.AddLoginAsync(user, Login(subject))).Succeeded)
        {
            return (null, SingleSignOnRefusal.Failed);
        }

        await NoteAsync("add user", user, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (user, SingleSignOnRefusal.None);
    }

    // A password that was only given by somebody else has no use any more, and would stand in the way.
    private async Task TieAsync(PosternUser user, string subject, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (user.MustChangePassword)
        {
            user.MustChangePassword = false;
            user.PasswordHash = null;
        }

        await users.AddLoginAsync(user, Login(subject));
        await NoteAsync("tie to single sign-on", user, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Task NoteAsync(string verb, PosternUser user, CancellationToken cancellationToken) => AuditLog.WriteAsync(
        (NpgsqlConnection)Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(database.Database), Authority, verb, $"user {user.UserName}",
        JsonSerializer.Serialize(new { roles = user.Roles }), cancellationToken);

    private static UserLoginInfo Login(string subject) => new(SingleSignOnHandler.Scheme, subject, SingleSignOnHandler.Scheme);
}
