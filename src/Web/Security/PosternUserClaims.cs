using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Postern.Web.Security;

/// <summary>What a session knows about its person: the name, and whether the password must be replaced before anything else.</summary>
public sealed class PosternUserClaims(UserManager<PosternUser> users, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<PosternUser>(users, options)
{
    /// <inheritdoc/>
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(PosternUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        if (user.MustChangePassword)
        {
            identity.AddClaim(new Claim(Rights.MustChangePassword, "true"));
        }

        return identity;
    }
}
