using System.Buffers;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>Directory synchronisation mail, which goes from program to program: what comes for the mailbox <c>$SYSTEM</c> of one of our sites is kept for the next cycle.</summary>
/// <remarks>Nothing is answered to it, whoever it is from: two programs would write to each other for ever (Q175447).</remarks>
internal sealed class SystemMail(MsMailLink link)
{
    private const int PieceSize = 256 * 1024;

    private const string InsertSql =
        """
        -- what nobody reads for a month is of a requestor that is gone; a file that is read again brings nothing twice
        with old as (delete from dirsync_mail where arrived_at < now() - interval '31 days')
        insert into dirsync_mail (file_id, ordinal, connector, sender, sender_home, recipient_home, subject, has_attachment)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (file_id, ordinal) do nothing
        returning id
        """;

    private const string PartSql = "insert into dirsync_mail_part (mail_id, is_attachment, piece, content) values ($1, $2, $3, $4)";

    private const string RequestorsSql = "select coalesce(settings ->> 'server', ''), coalesce(settings ->> 'requestor', ''), coalesce(settings ->> 'connector', '') from partner where kind = 'dirsync'";

    /// <summary>The mailbox of ours that a message is for; null when it is for people.</summary>
    public MsMailAddress? MailboxOf(MsMailMessage message)
    {
        foreach (var recipient in message.Recipients.Where(recipient => recipient.Address.IsMailbox(MsMailAddressText.SystemMailbox)))
        {
            if (recipient.Address.TryAddress(out var address, out _) && link.House.Routes().OwnSite(address) is not null)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>Keeps a message for the next cycle of its requestor.</summary>
    /// <returns>Whether a partner waits for mail of this sender.</returns>
    public async Task<bool> KeepAsync(MsMailMessage message, MsMailAddress mailbox, PickupIdentity identity, CancellationToken cancellationToken)
    {
        var sender = message.From is { } from && from.TryAddress(out var address, out _) ? address : null;
        var attachment = AttachmentOf(message);
        await using var connection = await link.Database.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await using var insert = connection.Command(
                InsertSql, identity.FileId, identity.Ordinal, link.Name, Storable.Text(message.From?.Text ?? "", 200), sender?.HomeKey ?? "", mailbox.HomeKey,
                Storable.Text(message.Subject, 200), attachment is not null);
            if (await insert.ExecuteScalarAsync(cancellationToken) is long id)
            {
                await PutAsync(connection, id, isAttachment: false, message.Body, cancellationToken);
                await PutAsync(connection, id, isAttachment: true, attachment?.Data ?? ReadOnlySequence<byte>.Empty, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        return await IsAwaitedAsync(connection, message, sender, mailbox, cancellationToken);
    }

    // Records travel under different names, and a status report beside them has its own (Q118298, Q133428).
    private static MsMailAttachment? AttachmentOf(MsMailMessage message) =>
        message.Attachments.FirstOrDefault(file => !file.IsExternal && file.Name.Equals(DirsyncWriter.AttachmentName, StringComparison.OrdinalIgnoreCase))
        ?? message.Attachments.FirstOrDefault(file => !file.IsExternal && !file.Name.EndsWith(".LOG", StringComparison.OrdinalIgnoreCase) && !file.Name.EndsWith(".DAT", StringComparison.OrdinalIgnoreCase));

    private static async Task PutAsync(NpgsqlConnection connection, long id, bool isAttachment, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var piece = 0;
        for (var rest = content; rest.Length > 0; piece++)
        {
            var size = Math.Min(rest.Length, PieceSize);
            await using var command = connection.Command(PartSql, id, isAttachment, piece, rest.Slice(0, size).ToArray());
            await command.ExecuteNonQueryAsync(cancellationToken);
            rest = rest.Slice(size);
        }
    }

    // Whole names are compared, by one rule: PIER1 is not PIER10, and letters of another case are the same (Q125917, Q147084). A report about our own mail comes from the
    // post office that gave up.
    private async Task<bool> IsAwaitedAsync(NpgsqlConnection connection, MsMailMessage message, MsMailAddress? sender, MsMailAddress mailbox, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(RequestorsSql);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var requestor = rows.GetString(1).Length > 0 ? rows.GetString(1) : rows.GetString(2) == link.Name ? link.Settings.SiteName : "";
            if (HomeKeyOf(requestor) == mailbox.HomeKey
                && (message.From?.IsMailbox(MsMailAddressText.PostmasterMailbox) == true || HomeKeyOf(rows.GetString(0)) == sender?.HomeKey))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The key of NETWORK/POSTOFFICE; empty for what is none.</summary>
    internal static string HomeKeyOf(string postOffice) => MsMailAddress.TryParse($"{postOffice}/X", out var any, out _) ? any.HomeKey : "";
}
