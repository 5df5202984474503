using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;

namespace Postern.Infrastructure.MsMail;

/// <summary>
/// The mailboxes of our own post offices that stand for internet senders without an entry. One is in the database before it is used: a reply may
/// come years later, and to another process.
/// </summary>
internal sealed class SenderAliases(NpgsqlDataSource database)
{
    /// <summary>The sender as the post office shall see it, with an alias that is remembered, or none where none is needed.</summary>
    public async Task<OriginatorText> OfStrangerAsync(SmtpAddress address, MsMailProfile profile, CancellationToken cancellationToken)
    {
        var holders = new Dictionary<string, SmtpAddress>(StringComparer.Ordinal);
        while (true)
        {
            var wanted = "";
            var text = MsMailOriginator.OfStranger(address, profile, alias =>
            {
                if (holders.TryGetValue(alias, out var holder))
                {
                    return holder;
                }

                wanted = alias;
                return null;
            });
            if (wanted.Length == 0)
            {
                return text;
            }

            // Taken by somebody else meanwhile: the next one is tried.
            holders[wanted] = await HoldAsync(wanted, address, cancellationToken);
        }
    }

    /// <summary>Whom these mailboxes stand for; those that stand for nobody are left out.</summary>
    public async Task<IReadOnlyDictionary<string, SmtpAddress>> FindAsync(IEnumerable<string> mailboxes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- whom mailboxes of ours stand for
            select alias, address from msmail_alias where alias = any ($1)
            """);
        command.Parameters.Add(new() { Value = mailboxes.Select(mailbox => mailbox.ToUpperInvariant()).Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, SmtpAddress>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (SmtpAddress.TryParse(reader.GetString(1), out var address, out _))
            {
                found[reader.GetString(0)] = address;
            }
        }

        return found;
    }

    private async Task<SmtpAddress> HoldAsync(string alias, SmtpAddress address, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- an alias for a sender; whoever has it already keeps it
            with mine as (
              insert into msmail_alias (alias, address) values ($1, $2) on conflict (alias) do nothing returning address)
            select address from mine union all select address from msmail_alias where alias = $1 limit 1
            """);
        command.Parameters.Add(new() { Value = alias });
        command.Parameters.Add(new() { Value = address.Text });
        var holder = await command.ExecuteScalarAsync(cancellationToken) as string;
        // Null when another process has just inserted it and its row is not visible to this statement yet.
        return holder is null ? await HoldAsync(alias, address, cancellationToken)
            : SmtpAddress.TryParse(holder, out var known, out _) ? known : address;
    }
}
