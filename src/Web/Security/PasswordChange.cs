using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>Replaces the password of the person who is signed in, ends that person's other sessions and renews this one.</summary>
public sealed class PasswordChange(UserManager<PosternUser> users, IdentityDatabase database, SessionStart session)
{
    /// <summary>Sentences that say why the password was not replaced; none when it was.</summary>
    public async Task<IReadOnlyList<string>> ChangeAsync(ClaimsPrincipal person, string present, string wanted, string again)
    {
        if (present.Length > PosternUser.LongestPassword || wanted.Length > PosternUser.LongestPassword)
        {
            return [$"A password has at most {PosternUser.LongestPassword} characters."];
        }

        if (wanted != again)
        {
            return ["The two new passwords differ."];
        }

        if (wanted == present)
        {
            return ["The new password is the present one."];
        }

        if (await users.GetUserAsync(person) is not { } user)
        {
            return ["This account no longer exists."];
        }

        if (await users.IsLockedOutAsync(user))
        {
            return ["After five wrong passwords this name stays locked for 15 minutes."];
        }

        // Set before, saved with the new hash in one update.
        var mustChange = user.MustChangePassword;
        user.MustChangePassword = false;
        await using (var transaction = await database.Database.BeginTransactionAsync())
        {
            var result = await users.ChangePasswordAsync(user, present, wanted);
            if (!result.Succeeded)
            {
                await transaction.RollbackAsync();
                user.MustChangePassword = mustChange;
                return await RefuseAsync(user, result);
            }

            var who = new Operator(user.UserName!, CurrentOperator.RolesOf(user.Roles), "");
            await AuditLog.WriteAsync((NpgsqlConnection)database.Database.GetDbConnection(), who, "change password", $"user {user.UserName}", null, CancellationToken.None);
            await transaction.CommitAsync();
        }

        await session.RenewAsync(user);
        return [];
    }

    private async Task<IReadOnlyList<string>> RefuseAsync(PosternUser user, IdentityResult result)
    {
        if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.PasswordMismatch)))
        {
            await users.AccessFailedAsync(user);
            return ["The present password is not right."];
        }

        return [.. result.Errors.Select(e => e.Code switch
        {
            nameof(IdentityErrorDescriber.PasswordTooShort) => $"A password has at least {PosternUser.ShortestPassword} characters.",
            nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) => "The new password repeats too few characters.",
            _ => e.Description,
        })];
    }
}
