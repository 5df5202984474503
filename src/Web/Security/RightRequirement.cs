using Microsoft.AspNetCore.Authorization;
using Postern.Domain.Access;

namespace Postern.Web.Security;

/// <summary>What a request must be allowed to do before its endpoint runs: files and the API, which no page stands in front of.</summary>
public sealed record RightRequirement(Right Right) : IAuthorizationRequirement;

/// <summary>Reads the roles of the request's person at that moment.</summary>
public sealed class RightCheck(CurrentOperator current) : AuthorizationHandler<RightRequirement>
{
    /// <inheritdoc/>
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, RightRequirement requirement)
    {
        if ((await current.WhoAsync(context.User)).May(requirement.Right))
        {
            context.Succeed(requirement);
        }
    }
}
