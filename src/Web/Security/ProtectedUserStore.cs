using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Postern.Infrastructure.Database;

namespace Postern.Web.Security;

/// <summary>Accounts as Identity keeps them, with the secrets of second steps encrypted by the key file: a copy of the database makes no code.</summary>
public sealed class ProtectedUserStore(IdentityDatabase context, KeyFile keyFile, IdentityErrorDescriber describer)
    : UserOnlyStore<PosternUser, IdentityDatabase, long>(context, describer)
{
    /// <inheritdoc/>
    public override Task SetTokenAsync(PosternUser user, string loginProvider, string name, string? value, CancellationToken cancellationToken) => base.SetTokenAsync(
        user, loginProvider, name, value is null ? null : Convert.ToBase64String(keyFile.Protect(Encoding.UTF8.GetBytes(value))), cancellationToken);

    /// <inheritdoc/>
    public override async Task<string?> GetTokenAsync(PosternUser user, string loginProvider, string name, CancellationToken cancellationToken) =>
        await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { } stored
            ? Encoding.UTF8.GetString(keyFile.Unprotect(Convert.FromBase64String(stored)))
            : null;
}
