using System.Text;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Database;

/// <summary>Passwords and other secrets by name, encrypted with the key file. Settings hold the name; nothing ever shows the value.</summary>
public sealed class SecretStore(NpgsqlDataSource database, KeyFile keyFile)
{
    /// <summary>The secret; null when there is none of this name.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was encrypted with another key file.</exception>
    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select ciphertext from secret where name = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] ciphertext ? Encoding.UTF8.GetString(keyFile.Unprotect(ciphertext)) : null;
    }

    /// <summary>Stores or replaces a secret. Connectors that use it start anew with it, in every process.</summary>
    public Task SetAsync(string name, string value, Operator who, CancellationToken cancellationToken) => new ConfigurationStore(database).ChangeAsync(
        who, Right.Configure, "set secret", name,
        async connection =>
        {
            await WriteAsync(connection, keyFile, name, value, who, cancellationToken);
            return true;
        },
        cancellationToken);

    // Within a transaction of the caller, who raises the version.
    internal static async Task WriteAsync(NpgsqlConnection connection, KeyFile keyFile, string name, string value, Operator who, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            -- one value per name
            insert into secret (name, ciphertext, set_at, set_by) values ($1, $2, clock_timestamp(), $3)
                on conflict (name) do update set ciphertext = excluded.ciphertext, set_at = excluded.set_at, set_by = excluded.set_by
            """,
            connection);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = keyFile.Protect(Encoding.UTF8.GetBytes(value)) });
        command.Parameters.Add(new() { Value = who.Name });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
