using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Access;

/// <summary>Keys with which people's programs use the API: made by their person, shown once, stored as a hash, revoked at any time.</summary>
/// <remarks>A key acts as its person, so nobody makes one for somebody else but who is on the machine. An administrator revokes any.</remarks>
public sealed partial class ApiKeys(NpgsqlDataSource database)
{
    /// <summary>What every key begins with, so that a scan for secrets knows one.</summary>
    public const string Beginning = "postern_";

    /// <summary>Longest name of a key.</summary>
    public const int LongestName = 60;

    /// <summary>Keys a person can have at a time.</summary>
    public const int MostOfOne = 50;

    /// <summary>Days after which a key ends unless it is said otherwise.</summary>
    public const int StandardDays = 90;

    /// <summary>A key that lives longer is forgotten somewhere.</summary>
    public const int MostDays = 730;

    /// <summary>Keys that a list shows.</summary>
    public const int MostListed = 1_000;

    private const int RandomBytes = 32;
    private const int ShownLetters = 6;

    // "postern_" and 32 bytes in base64url; nothing longer is hashed.
    private const int LongestKey = 64;

    /// <summary>Keys of one person, or of all with an empty name; the newest first.</summary>
    /// <exception cref="RightMissingException">They are somebody else's.</exception>
    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(string person, Operator who, CancellationToken cancellationToken)
    {
        Demand(person, who);
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = MostListed });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ApiKeyRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            keys.Add(Key(row));
        }

        return keys;
    }

    /// <summary>Makes a key for a person.</summary>
    /// <exception cref="RightMissingException">The person is somebody else.</exception>
    public async Task<NewApiKey> AddAsync(
        string person, string name, IReadOnlyList<KeyScope> scopes, int days, Operator who, CancellationToken cancellationToken)
    {
        Demand(who);
        if (person != who.Name && !who.IsLocal)
        {
            return NewApiKey.Refused($"A key acts as its person; only {person} makes one for {person}.");
        }

        if (Fault(name, scopes, days) is { Length: > 0 } fault)
        {
            return NewApiKey.Refused(fault);
        }

        var text = Beginning + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var values = new object[]
        {
            person, name, scopes.Distinct().Order().Select(scope => scope.ToWord()).ToArray(), Hash(text), text[..(Beginning.Length + ShownLetters)], who.Name,
            TimeSpan.FromDays(days), MostOfOne,
        };
        if (await OneAsync(connection, InsertSql, values, cancellationToken) is not { } key)
        {
            return NewApiKey.Refused($"There is no user {person}, or they have {MostOfOne} keys; revoke one first.");
        }

        var details = JsonSerializer.Serialize(new { scopes = key.Scopes.Select(scope => scope.ToWord()), key.ExpiresAt });
        await AuditLog.WriteAsync(connection, who, "add key", Target(key), details, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new NewApiKey(text, key, "");
    }

    /// <summary>Ends a key at once. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">It is somebody else's.</exception>
    public async Task<string> RevokeAsync(long id, Operator who, CancellationToken cancellationToken)
    {
        Demand(who);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await OneAsync(connection, RevokeSql, [id, who.Name], cancellationToken) is not { } key)
        {
            return $"There is no key {id} that is still in use.";
        }

        // Thrown before the commit: the key stays as it is.
        Demand(key.Person, who);
        await AuditLog.WriteAsync(connection, who, "revoke key", Target(key), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "";
    }

    /// <summary>Whose key this is, and what its person may at this moment.</summary>
    public async Task<ApiKeyCheck> CheckAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > LongestKey || !text.StartsWith(Beginning, StringComparison.Ordinal))
        {
            return Unknown;
        }

        await using var command = database.CreateCommand(CheckSql);
        command.Parameters.Add(new() { Value = Hash(text) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return Unknown;
        }

        var key = Key(row);
        // Whoever holds the key may know why it does not open any more.
        var fault = key.RevokedAt is not null ? "This key was revoked."
            : !row.GetBoolean(12) ? "This key has ended; its person can make a new one."
            : !row.GetBoolean(13) ? $"The account of {key.Person} is locked, and its keys with it."
            : !row.GetBoolean(14) ? $"{key.Person} has to choose a password first; until then no key of theirs works."
            : "";
        var roles = row.GetFieldValue<string[]>(11).Select(word => RoleRights.TryParse(word, out var role) ? role : (Role?)null).OfType<Role>();
        return new ApiKeyCheck(key, [.. roles], fault);
    }

    private static ApiKeyCheck Unknown { get; } = new(null, [], "This key is not known here.");

    private static string Fault(string name, IReadOnlyList<KeyScope> scopes, int days) =>
        name.Length is 0 or > LongestName || name.Trim().Length != name.Length || name.Any(char.IsControl)
            ? $"A key has a name of at most {LongestName} visible characters, with no space at its ends."
        : scopes.Count == 0 ? $"A key needs a scope: {string.Join(", ", Enum.GetValues<KeyScope>().Select(scope => scope.ToWord()))}."
        : days is < 1 or > MostDays ? $"A key lives 1 to {MostDays} days."
        : "";

    private static void Demand(Operator who) => who.Demand(Right.View);

    private static void Demand(string person, Operator who) => who.Demand(person == who.Name ? Right.View : Right.ManagePeople);

    private static string Target(ApiKeyRow key) => $"key {key.Id} “{key.Name}” of {key.Person}";

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static async Task<ApiKeyRow?> OneAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value is string text ? Storable.Text(text) : value });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Key(row) : null;
    }

    private static ApiKeyRow Key(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2),
        [.. row.GetFieldValue<string[]>(3).Select(word => KeyScopes.TryParse(word, out var scope) ? scope : (KeyScope?)null).OfType<KeyScope>()],
        row.GetString(4), row.GetFieldValue<DateTimeOffset>(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7), Instant(row, 8), Instant(row, 9),
        row.GetString(10));

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
