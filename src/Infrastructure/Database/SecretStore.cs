using System.Text;
using Npgsql;

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

    /// <summary>Stores or replaces a secret.</summary>
    public async Task SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- one value per name
            insert into secret (name, ciphertext) values ($1, $2)
                on conflict (name) do update set ciphertext = excluded.ciphertext
            """);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = keyFile.Protect(Encoding.UTF8.GetBytes(value)) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets a secret; false when there was none.</summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from secret where name = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>All names, sorted.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name from secret order by name");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
