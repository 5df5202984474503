using Postern.Domain.Access;

namespace Postern.Infrastructure.Access;

/// <summary>A key as lists show it; what it is made of is shown once, when it is made.</summary>
/// <param name="Prefix">The beginning of the key.</param>
/// <param name="LastUsedAt">To the minute; null when it never was.</param>
/// <param name="RevokedBy">Empty as long as it is not revoked.</param>
public sealed record ApiKeyRow(
    long Id, string Person, string Name, IReadOnlyList<KeyScope> Scopes, string Prefix, DateTimeOffset CreatedAt, string CreatedBy,
    DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string RevokedBy)
{
    /// <summary>Neither revoked nor over.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;
}

/// <summary>Whose key a text is.</summary>
/// <param name="Key">Null when it is nobody's.</param>
/// <param name="Roles">Of the person, at this moment.</param>
/// <param name="Fault">Empty when it may be used; else a sentence that says why not.</param>
public sealed record ApiKeyCheck(ApiKeyRow? Key, IReadOnlyList<Role> Roles, string Fault);

/// <summary>A key that was made.</summary>
/// <param name="Text">The key itself: to be shown once and kept nowhere. Empty when none was made.</param>
/// <param name="Fault">Empty when it was made; else a sentence that says why not.</param>
public sealed record NewApiKey(string Text, ApiKeyRow? Key, string Fault)
{
    internal static NewApiKey Refused(string fault) => new("", null, fault);
}
