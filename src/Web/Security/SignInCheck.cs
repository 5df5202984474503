using Microsoft.AspNetCore.Identity;

namespace Postern.Web.Security;

/// <summary>Where a sign-in stands.</summary>
public enum SignInStep
{
    /// <summary>Not let in.</summary>
    Refused,

    /// <summary>The password is right; the code of the second step is asked for.</summary>
    Code,

    /// <summary>A session has begun.</summary>
    Done,
}

/// <summary>Checks a name and password so that the answer, and the time it takes, is the same for a wrong password, an unknown name and a locked one; then the code, where one is asked for.</summary>
public sealed class SignInCheck(
    UserManager<PosternUser> users, SignInManager<PosternUser> signIn, SessionStart session, SecondSteps steps, IPasswordHasher<PosternUser> hasher)
{
    // A hash of nothing anybody knows, of the strength that real ones have.
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<PosternUser>().HashPassword(new PosternUser(), Guid.NewGuid().ToString()));

    /// <summary>Starts a session when the password is right and no code is asked for; counts the failure when it is not (5 lock the name for 15 minutes).</summary>
    public async Task<(SignInStep Step, PosternUser? User)> SignInAsync(string name, string password)
    {
        if (name.Length > PosternUser.LongestName || password.Length > PosternUser.LongestPassword)
        {
            return (SignInStep.Refused, null);
        }

        var user = await users.FindByNameAsync(name);
        if (user is null || user.LockedAt is not null || user.PasswordHash is null || await users.IsLockedOutAsync(user))
        {
            hasher.VerifyHashedPassword(user ?? new PosternUser(), NobodysHash.Value, password);
            return (SignInStep.Refused, null);
        }

        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        return result.Succeeded ? (await ContinueAsync(user, SessionStart.ByPassword), user) : (SignInStep.Refused, null);
    }

    /// <summary>Goes on with somebody who has proved who they are: to the code, or into the session.</summary>
    public async Task<SignInStep> ContinueAsync(PosternUser user, string means)
    {
        if (user.TwoFactorEnabled)
        {
            await session.AskCodeAsync(user, means);
            return SignInStep.Code;
        }

        await session.StartAsync(user, means);
        return SignInStep.Done;
    }

    /// <summary>Takes the code for whoever gave the right password in this browser; a wrong one counts like a wrong password.</summary>
    public async Task<(SignInStep Step, PosternUser? User)> EnterCodeAsync(string code)
    {
        if (await session.AskedAsync() is not var (id, stamp, means)
            || await users.FindByIdAsync(id) is not { LockedAt: null } user || user.SecurityStamp != stamp || await users.IsLockedOutAsync(user))
        {
            return (SignInStep.Refused, null);
        }

        if (!await steps.TakesAsync(user, code))
        {
            await users.AccessFailedAsync(user);
            return (SignInStep.Code, user);
        }

        await users.ResetAccessFailedCountAsync(user);
        await session.StartAsync(user, $"{means} and code");
        return (SignInStep.Done, user);
    }
}
