using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Api;

/// <summary>Whose program asks, by which key, and what they may do with it in this request.</summary>
public sealed record ApiCaller(ApiKeyRow Key, IReadOnlyList<Role> Roles)
{
    /// <summary>Who asks. Only behind the policy of the API.</summary>
    public static ApiCaller Of(HttpContext context) =>
        context.Features.Get<ApiCaller>() ?? throw new InvalidOperationException("The request came in without a key.");

    /// <summary>The person that the key acts as, narrowed to its scopes, with a reason.</summary>
    public Operator Who(string reason = "") =>
        new(Key.Person, Roles, reason) { Narrowed = [.. Key.Scopes.Select(scope => scope.ToRight())] };
}
