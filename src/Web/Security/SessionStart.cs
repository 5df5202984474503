using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Postern.Web.Security;

/// <summary>Gives the browser of this request a cookie that carries a session, renews it, and takes it away.</summary>
public sealed class SessionStart(SignInManager<PosternUser> signIn, Sessions sessions, PeopleActions people, IHttpContextAccessor accessor)
{
    /// <summary>How somebody who typed a password proved who they are.</summary>
    public const string ByPassword = "password";

    /// <summary>How somebody for whom another system spoke did.</summary>
    public const string BySingleSignOn = "single sign-on";

    private static readonly ClaimsIdentityOptions Claims = new();

    private HttpContext Context => accessor.HttpContext ?? throw new InvalidOperationException("A session starts and ends in a request; a window cannot set a cookie.");

    /// <summary>Starts a session for somebody who has proved who they are.</summary>
    /// <param name="means">How they did.</param>
    public async Task StartAsync(PosternUser user, string means)
    {
        var address = Context.Connection.RemoteIpAddress?.ToString() ?? "";
        var id = await sessions.StartAsync(user, means, address, Context.Request.Headers.UserAgent.ToString(), Context.RequestAborted);
        await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await SignInAsync(user, id, means);
    }

    /// <summary>Goes on with the session of this request after the person's stamp has changed; all other sessions of theirs end.</summary>
    public async Task RenewAsync(PosternUser user)
    {
        if (Sessions.IdOf(Context.User) is { } id)
        {
            await sessions.EndOwnAsync(user.Id, only: null, except: id, Context.RequestAborted);
            await SignInAsync(user, id, Context.User.FindFirstValue(Rights.Means) ?? ByPassword);
        }
    }

    /// <summary>Signs out: the session ends, and with it its windows.</summary>
    public async Task EndAsync()
    {
        if (Sessions.IdOf(Context.User) is { } id && long.TryParse(Context.User.FindFirstValue(Claims.UserIdClaimType), out var user))
        {
            await sessions.EndOwnAsync(user, id, except: null, Context.RequestAborted);
        }

        await Context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Remembers for five minutes, in a cookie that opens nothing, whose code is asked for.</summary>
    public Task AskCodeAsync(PosternUser user, string means) => Context.SignInAsync(
        IdentityConstants.TwoFactorUserIdScheme,
        new ClaimsPrincipal(new ClaimsIdentity(
            [new(Claims.UserIdClaimType, $"{user.Id}"), new(Claims.SecurityStampClaimType, user.SecurityStamp ?? ""), new(Rights.Means, means)],
            IdentityConstants.TwoFactorUserIdScheme)));

    /// <summary>Whose code is asked for in this browser; null when nobody's is, or no longer.</summary>
    public async Task<(string UserId, string Stamp, string Means)?> AskedAsync() =>
        (await Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal is { } asked
            ? (asked.FindFirstValue(Claims.UserIdClaimType) ?? "", asked.FindFirstValue(Claims.SecurityStampClaimType) ?? "", asked.FindFirstValue(Rights.Means) ?? "")
            : null;

    /// <summary>Asked for every request that brings a cookie.</summary>
    internal static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        // Files are the same for everybody, and must come also while the database is away.
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is not null)
        {
            return;
        }

        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal is not { } person || !await sessions.IsOpenAsync(person, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
        }
    }

    private async Task SignInAsync(PosternUser user, Guid session, string means)
    {
        List<Claim> claims = [new(Rights.Session, session.ToString()), new(Rights.Means, means)];
        if (!user.TwoFactorEnabled && means == ByPassword && await people.NeedsSecondStepAsync(user, Context.RequestAborted))
        {
            claims.Add(new(Rights.MustSetUpSecondStep, "true"));
        }

        await signIn.SignInWithClaimsAsync(user, isPersistent: false, claims);
    }
}
