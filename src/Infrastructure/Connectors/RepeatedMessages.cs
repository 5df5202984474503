using System.Buffers;
using System.Security.Cryptography;
using Npgsql;

namespace Postern.Infrastructure.Connectors;

/// <summary>
/// The messages that came with a run of EXPORT or GTWGET that did not end with 0: the post office may still have them and bring them again
/// (Q212759). They are known by their content until the next clean run.
/// </summary>
internal sealed class RepeatedMessages(NpgsqlDataSource database, string source)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> copies = new(StringComparer.Ordinal);

    /// <summary>Reads what is remembered; once per file.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- what came with runs that did not end well
            select fingerprint
              from pickup_fingerprint
             where source = $1
            """);
        command.Parameters.Add(new() { Value = source });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(Convert.ToHexString(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken)));
        }
    }

    /// <summary>The fingerprint of the next message of the file; two equal messages in one file are two messages.</summary>
    public byte[] Fingerprint(ReadOnlySequence<byte> raw)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in raw)
        {
            hash.AppendData(segment.Span);
        }

        var content = hash.GetHashAndReset();
        var key = Convert.ToHexString(content);
        var copy = copies[key] = copies.GetValueOrDefault(key) + 1;
        return copy == 1 ? content : SHA256.HashData([.. content, .. BitConverter.GetBytes(copy)]);
    }

    public bool IsKnown(byte[] fingerprint) => known.Contains(Convert.ToHexString(fingerprint));

    public async Task RememberAsync(byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- this message came, and may come again
            insert into pickup_fingerprint (source, fingerprint)
                 values ($1, $2)
            on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = fingerprint });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A clean run: the post office has let go of everything.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (known.Count == 0)
        {
            return;
        }

        await using var command = database.CreateCommand(
            """
            -- a clean run: nothing comes again
            delete from pickup_fingerprint
                  where source = $1
            """);
        command.Parameters.Add(new() { Value = source });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
