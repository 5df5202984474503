using Microsoft.AspNetCore.Identity;

namespace Postern.Web.Security;

/// <summary>Checks a name and password so that the answer, and the time it takes, is the same for a wrong password, an unknown name and a locked one.</summary>
public sealed class SignInCheck(UserManager<PosternUser> users, SignInManager<PosternUser> session, IPasswordHasher<PosternUser> hasher)
{
    // A hash of nothing anybody knows, of the strength that real ones have.
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<PosternUser>().HashPassword(new PosternUser(), Guid.NewGuid().ToString()));

    /// <summary>Starts a session when the password is right; counts the failure when it is not (5 lock the name for 15 minutes).</summary>
    /// <returns>The person, or null when no session was started.</returns>
    public async Task<PosternUser?> SignInAsync(string name, string password)
    {
        if (name.Length > PosternUser.LongestName || password.Length > PosternUser.LongestPassword)
        {
            return null;
        }

        var user = await users.FindByNameAsync(name);
        if (user is null || await users.IsLockedOutAsync(user))
        {
            hasher.VerifyHashedPassword(user ?? new PosternUser(), NobodysHash.Value, password);
            return null;
        }

        var result = await session.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            return null;
        }

        await session.SignInAsync(user, isPersistent: false);
        return user;
    }
}
