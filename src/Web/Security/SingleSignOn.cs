using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Database;
using Postern.Web.Hosting;

namespace Postern.Web.Security;

/// <summary>Another system that says who people are: an OAuth 2 authority, asked by code flow with PKCE. A start-up option; without it nobody sees anything of it.</summary>
public sealed record SingleSignOn
{
    /// <summary>The name on the button.</summary>
    public string Label { get; init; } = "single sign-on";

    /// <summary>Where the browser is sent.</summary>
    public required Uri AuthorizationEndpoint { get; init; }

    /// <summary>Where the code is exchanged.</summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>Where the claims are read.</summary>
    public required Uri UserInformationEndpoint { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Name of a stored secret that holds the client's password.</summary>
    public string Secret { get; init; } = "";

    /// <summary>A file that holds it instead.</summary>
    public string SecretFile { get; init; } = "";

    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile"];

    /// <summary>The claim that never changes for a person.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>The claim that is the name of the account here. Nobody may be able to choose it for themselves.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The claim that says what a person may do; empty leaves the roles to the administrators here.</summary>
    public string RolesClaim { get; init; } = "";

    /// <summary>What the values of that claim mean here.</summary>
    public IReadOnlyDictionary<string, string> Roles { get; init; } = new Dictionary<string, string>();

    /// <summary>Who has no account gets one: as viewer, or with the roles of the claim. Otherwise only known accounts come in.</summary>
    public bool CreatesAccounts { get; init; }

    /// <summary>The client's password, read at the start.</summary>
    [JsonIgnore]
    public string ClientSecret { get; init; } = "";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The roles that these values of the claim stand for.</summary>
    public IReadOnlyList<Role> RolesOf(IEnumerable<string> values) =>
        CurrentOperator.RolesOf(values.Select(value => Roles.GetValueOrDefault(value, "")));

    /// <summary>Reads the file of the start-up option, and the secret it names.</summary>
    /// <exception cref="StartException">It cannot be used; the message says why.</exception>
    public static async Task<SingleSignOn> ReadAsync(string path, NpgsqlDataSource database, KeyFile keyFile, CancellationToken cancellationToken)
    {
        try
        {
            var read = JsonSerializer.Deserialize<SingleSignOn>(await File.ReadAllTextAsync(path, cancellationToken), Format)
                ?? throw new JsonException("it is empty");
            if (read.Fault() is { } fault)
            {
                throw new JsonException(fault);
            }

            var secret = read.SecretFile.Length > 0
                ? (await File.ReadAllTextAsync(read.SecretFile, cancellationToken)).Trim()
                : await new SecretStore(database, keyFile).GetAsync(read.Secret, cancellationToken);
            return read with { ClientSecret = secret is { Length: > 0 } ? secret : throw new JsonException($"there is no secret {read.Secret}; store it with postern secret set {read.Secret}") };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"Single sign-on cannot be set up from {path}: {e.Message.TrimEnd('.')}.", StartException.Configuration);
        }
    }

    private string? Fault()
    {
        if (new[] { AuthorizationEndpoint, TokenEndpoint, UserInformationEndpoint }.FirstOrDefault(end => !IsSafe(end)) is { } unsafeEnd)
        {
            return $"{unsafeEnd} is not https; passwords and tokens would be readable on the way";
        }

        if (Roles.Values.FirstOrDefault(word => !RoleRights.TryParse(word, out _)) is { } unknown)
        {
            return $"there is no role {unknown}";
        }

        return ClientId.Length == 0 ? "clientId is empty"
            : (Secret.Length > 0) == (SecretFile.Length > 0) ? "it needs either secret or secretFile"
            : (RolesClaim.Length > 0) != (Roles.Count > 0) ? "rolesClaim and roles belong together"
            : null;
    }

    private static bool IsSafe(Uri end) => end.IsAbsoluteUri && (end.Scheme == Uri.UriSchemeHttps || (end.Scheme == Uri.UriSchemeHttp && end.IsLoopback));
}
