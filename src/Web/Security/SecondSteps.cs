using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>The second step of a sign-in: a code from a telephone (RFC 6238), or one of ten recovery codes. Set up and given up by each person alone.</summary>
public sealed class SecondSteps(UserManager<PosternUser> users, IdentityDatabase database, PeopleActions people, SessionStart session)
{
    /// <summary>How many recovery codes are made at once.</summary>
    public const int RecoveryCodes = 10;

    // Where Identity's own provider looks for the secret. Its method to set one would end the session that is setting it up.
    private const string KeyProvider = "[AspNetUserStore]";
    private const string KeyName = "AuthenticatorKey";
    private const string WrongCode = "The code is not right, or was used already. Each one counts once; wait for the next.";

    /// <summary>Must this person have one, by a rule or because an administrator asked?</summary>
    public async Task<bool> IsRequiredAsync(PosternUser user) =>
        await people.NeedsSecondStepAsync(user, CancellationToken.None);

    /// <summary>The secret to be put into the telephone; the same until it is confirmed.</summary>
    public async Task<string> SecretAsync(PosternUser user)
    {
        if (await users.GetAuthenticatorKeyAsync(user) is { Length: > 0 } known)
        {
            return known;
        }

        var drawn = users.GenerateNewAuthenticatorKey();
        await users.SetAuthenticationTokenAsync(user, KeyProvider, KeyName, drawn);
        return drawn;
    }

    /// <summary>Turns it on when the code is right: from now on it is asked for. The person's other sessions end.</summary>
    /// <returns>The recovery codes, to be shown once; or a sentence that says why it stays off.</returns>
    public async Task<(IReadOnlyList<string> Codes, string Fault)> ConfirmAsync(PosternUser user, string code)
    {
        if (user.TwoFactorEnabled)
        {
            return ([], "It is on already.");
        }

        if (!await TakesAsync(user, code))
        {
            return ([], WrongCode);
        }

        IReadOnlyList<string> codes = [];
        await ActAsync(user, "set up second step", async () =>
        {
            await users.SetTwoFactorEnabledAsync(user, true);
            codes = [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes) ?? []];
        });
        await session.RenewAsync(user);
        return (codes, "");
    }

    /// <summary>Makes ten other recovery codes; those from before open nothing any more.</summary>
    /// <returns>The codes, to be shown once; or a sentence that says why there are none.</returns>
    public async Task<(IReadOnlyList<string> Codes, string Fault)> RenewCodesAsync(PosternUser user, string code)
    {
        if (await RefuseAsync(user, code) is { } fault)
        {
            return ([], fault);
        }

        IReadOnlyList<string> codes = [];
        await ActAsync(user, "renew recovery codes", async () => codes = [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes) ?? []]);
        return (codes, "");
    }

    /// <summary>Gives it up. Empty when it is off; else a sentence that says why it stays.</summary>
    public async Task<string> TurnOffAsync(PosternUser user, string code)
    {
        if (await IsRequiredAsync(user))
        {
            return "An administrator asks for it, and can reset it.";
        }

        if (await RefuseAsync(user, code) is { } fault)
        {
            return fault;
        }

        await ActAsync(user, "give up second step", async () =>
        {
            await users.RemoveAuthenticationTokenAsync(user, KeyProvider, KeyName);
            await users.SetTwoFactorEnabledAsync(user, false);
        });
        await session.RenewAsync(user);
        return "";
    }

    /// <summary>Is this the code of the moment that was not used yet, or a recovery code that is left? Either is used up by asking.</summary>
    public async Task<bool> TakesAsync(PosternUser user, string entered)
    {
        var code = string.Concat(entered.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant();
        var digits = code.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length == 6 && digits.All(char.IsAsciiDigit))
        {
            return await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, digits) && await IsFreshAsync(user, digits);
        }

        return user.TwoFactorEnabled && code.Length is > 6 and < 32 && (await users.RedeemTwoFactorRecoveryCodeAsync(user, code)).Succeeded;
    }

    // A code is right for some minutes; whoever sees it typed must not be able to use it too.
    private async Task<bool> IsFreshAsync(PosternUser user, string code)
    {
        await database.Database.ExecuteSqlAsync($"delete from console_user_code where used_at < now() - interval '10 minutes'");
        return await database.Database.ExecuteSqlAsync($"insert into console_user_code (user_id, code) values ({user.Id}, {code}) on conflict do nothing") == 1;
    }

    private async Task<string?> RefuseAsync(PosternUser user, string code)
    {
        if (!user.TwoFactorEnabled)
        {
            return "It is off already.";
        }

        if (await users.IsLockedOutAsync(user))
        {
            return "After five wrong codes this name stays locked for 15 minutes.";
        }

        if (await TakesAsync(user, code))
        {
            return null;
        }

        await users.AccessFailedAsync(user);
        return WrongCode;
    }

    private async Task ActAsync(PosternUser user, string verb, Func<Task> act)
    {
        await using var transaction = await database.Database.BeginTransactionAsync();
        await act();
        var who = new Operator(user.UserName!, CurrentOperator.RolesOf(user.Roles), "");
        await AuditLog.WriteAsync((NpgsqlConnection)database.Database.GetDbConnection(), who, verb, $"user {user.UserName}", null, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
