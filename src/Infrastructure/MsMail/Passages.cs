using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;

namespace Postern.Infrastructure.MsMail;

/// <summary>What is known of earlier passages of a message on its way to one recipient.</summary>
/// <param name="SentAt">When Postern handed it to a post office; null when it never did.</param>
/// <param name="SentTo">The post office it was handed to.</param>
/// <param name="Passes">How often it came in.</param>
internal sealed record Passage(DateTimeOffset? SentAt, string SentTo, int Passes);

/// <summary>
/// The trace of what goes through MS Mail. Message files have no place for one, and the hop count inside the post offices is the sender's own
/// (Q147471): so each passage is remembered here, by what a message keeps on its way.
/// </summary>
/// <remarks>The key is sender, recipient, time, subject and content together: copies to several people are no loop (Q166654).</remarks>
internal sealed class Passages(NpgsqlDataSource database)
{
    /// <summary>Mail that went round for longer has been returned by its age long ago.</summary>
    private const int DaysKept = 14;

    private const int TextHashed = 1024 * 1024;

    /// <summary>The same for every passage of a message to a recipient, and another for every other message or recipient.</summary>
    public static byte[] Key(MsMailMessage message, MsMailProfile profile, MailAddress recipient) => Key(message, profile, [recipient.Key]);

    /// <summary>The same for every copy of a message to these recipients.</summary>
    public static byte[] Key(MsMailMessage message, MsMailProfile profile, IEnumerable<string> recipients)
    {
        var sender = message.From is { } from ? (from.TryAddress(out var address, out _) ? address.Key : NameKey.Fold(from.Raw)) : "";
        var text = profile.Decode(message.Body.Slice(0, Math.Min(message.Body.Length, TextHashed))).ReplaceLineEndings("\n").Trim();
        var files = string.Join('|', message.Attachments.Select(attachment => $"{attachment.Name.ToUpperInvariant()} {attachment.Data.Length}"));
        return SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\0', sender, string.Join('\n', recipients), message.DateText.Trim(), message.TimeText.Trim(), message.Subject.Trim(), text, files)));
    }

    /// <summary>These are about to be handed to a post office.</summary>
    public Task NoteSentAsync(IReadOnlyList<byte[]> keys, string postOffice, CancellationToken cancellationToken) => WriteAsync(
        """
        -- messages that go to a post office; should they come back, they are known
        insert into msmail_passage (key, sent_at, sent_to) select distinct key, now(), $2 from unnest($1) as k (key)
        on conflict (key) do update set sent_at = now(), sent_to = excluded.sent_to
        """,
        keys, cancellationToken, postOffice);

    /// <summary>These came in and were accepted.</summary>
    public Task NoteCameAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellationToken) => WriteAsync(
        """
        -- messages that came from a post office
        insert into msmail_passage (key, passes) select distinct key, 1 from unnest($1) as k (key)
        on conflict (key) do update set passes = msmail_passage.passes + 1, noted_at = now()
        """,
        keys, cancellationToken);

    /// <summary>What is known of each, in the same order; null for what passes for the first time.</summary>
    public async Task<IReadOnlyList<Passage?>> FindAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- earlier passages
            select key, sent_at, sent_to, passes from msmail_passage where key = any ($1)
            """);
        command.Parameters.Add(KeysOf(keys));
        var found = new Dictionary<string, Passage>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found[Convert.ToHexString(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken))] = new Passage(
                await reader.IsDBNullAsync(1, cancellationToken) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken), reader.GetString(2), reader.GetInt32(3));
        }

        return [.. keys.Select(key => found.GetValueOrDefault(Convert.ToHexString(key)))];
    }

    /// <summary>Forgets passages that are too old to come again.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            -- passages too old to come again
            delete from msmail_passage where noted_at < now() - interval '{DaysKept} days' and coalesce(sent_at, noted_at) < now() - interval '{DaysKept} days'
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter KeysOf(IReadOnlyList<byte[]> keys) => new() { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    private async Task WriteAsync(string sql, IReadOnlyList<byte[]> keys, CancellationToken cancellationToken, params string[] more)
    {
        if (keys.Count == 0)
        {
            return;
        }

        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(KeysOf(keys));
        foreach (var value in more)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
