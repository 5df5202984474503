using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>The person of this window or request, with the roles they have now: a role that is taken away is gone at the next act, however old the window is.</summary>
public sealed class CurrentOperator(AuthenticationStateProvider session, NpgsqlDataSource database)
{
    private const string RolesSql =
        """
        -- the roles of an account that could sign in at this moment with the stamp that the session carries
        select user_name, roles
          from console_user
         where id = $1 and security_stamp is not distinct from $2 and not must_change_password and locked_at is null
           and exists (select from console_session s where s.id = $3 and s.user_id = console_user.id)
        """;

    /// <summary>Who acts, with this reason. Without any role when the account is gone or its session has ended.</summary>
    public async Task<Operator> WhoAsync(string reason = "") => await WhoAsync((await session.GetAuthenticationStateAsync()).User, reason);

    /// <summary>The person of a request outside the pages.</summary>
    public async Task<Operator> WhoAsync(System.Security.Claims.ClaimsPrincipal user, string reason = "")
    {
        var options = new ClaimsIdentityOptions();
        if (user.HasClaim(claim => claim.Type == Rights.MustSetUpSecondStep) || !long.TryParse(user.FindFirst(options.UserIdClaimType)?.Value, out var id))
        {
            return new Operator(user.Identity?.Name ?? "unknown", [], reason);
        }

        await using var command = database.CreateCommand(RolesSql);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = (object?)user.FindFirst(options.SecurityStampClaimType)?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)Sessions.IdOf(user) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync();
        return await row.ReadAsync()
            ? new Operator(row.GetString(0), RolesOf(row.GetFieldValue<string[]>(1)), reason)
            : new Operator(user.Identity?.Name ?? "unknown", [], reason);
    }

    /// <summary>Roles as they are stored; a word that is no role grants nothing.</summary>
    public static IReadOnlyList<Role> RolesOf(IEnumerable<string> words) =>
        [.. words.Select(word => RoleRights.TryParse(word, out var role) ? role : (Role?)null).OfType<Role>()];
}
