using System.Buffers;
using System.Globalization;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>
/// Mails the server: all records that it has not confirmed, and the question for its own. They go through the queue as mail of <c>$SYSTEM</c> at our post office, and
/// nobody is told when they fail: the next cycle sends them again (Q125511).
/// </summary>
internal sealed class RequestorPost(MsMailLink link, RequestorSettings settings, RequestorStore store, OwnLists own, AcceptMessage accept, string password, string requestor)
{
    private const string HeldSql =
        """
        -- what the server should hold of ours: what was written, which is believed
        select name, address, row_values from held_row where partner_id = $1 and is_ours order by key
        """;

    private readonly MsMailEntries entries = settings.Entries;

    /// <summary>Queues the mails of a cycle.</summary>
    /// <param name="mayExportAll">A wish to send everybody is met. Not behind a plan: what it has just written is held only when it has ended.</param>
    /// <returns>Sentences for the cycle's page.</returns>
    /// <exception cref="PartnerException">The server cannot be reached by any route.</exception>
    public async Task<IReadOnlyList<string>> SendAsync(bool mayExportAll, CancellationToken cancellationToken)
    {
        var (mail, state) = await BeginAsync(mayExportAll, cancellationToken);
        var route = Route();
        var sent = new List<long>();
        var notes = new List<string>();
        if (state.Pending > 0)
        {
            using var records = await RecordsAsync(cancellationToken);
            await QueueAsync(route, output => DirsyncWriter.WriteExport(requestor, settings.Dialect, link.Profile, password, output), records, sent, notes, cancellationToken);
        }

        await QueueAsync(
            route,
            output => DirsyncWriter.WriteImportRequest(
                requestor, settings.Types, settings.TakesFields, mail.AskFrom, state.Confirmed, state.ImportSequence, settings.Dialect, link.Profile, password, output),
            null, sent, notes, cancellationToken);
        await store.SentAsync(sent, cancellationToken);
        return notes;
    }

    // What is sent is written down before a mail carries it; where the mail is lost, the same goes again.
    private async Task<(RequestorMail Mail, RequestorState State)> BeginAsync(bool mayExportAll, CancellationToken cancellationToken)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var row = await store.LockAsync(connection, cancellationToken);
        var (state, mail) = ForeignRequestor.Send(row.State, link.House.Clock.GetUtcNow());
        if (mail.ExportsAll && mayExportAll)
        {
            await store.DropRecordsAsync(connection, cancellationToken);
            var everybody = await EverybodyAsync(connection, cancellationToken);
            await store.AppendAsync(connection, state.LastNumber, everybody, cancellationToken);
            state = ForeignRequestor.Exported(state, everybody.Count);
        }

        await store.SaveAsync(connection, state, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (mail, state);
    }

    // An R for each list of ours, and everybody in it. Never one for another's list: it would be emptied everywhere (Q156996, Q152924).
    private async Task<List<(string AddressKey, string Record)>> EverybodyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = new List<DirectoryRow>();
        await using (var command = connection.Command(HeldSql, store.PartnerId))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rule = new MsMailNames(link.Profile.CodePage);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (MailAddress.TryParse(reader.GetString(1), out var address, out _)
                    && DirectoryRow.TryCreate(rule, "", reader.GetString(0), address, RowKind.Person, RowValues.OfText(reader.GetString(2)), out var row, out _))
                {
                    rows.Add(row);
                }
            }
        }

        var all = new List<(string, string)>();
        foreach (var list in own.Names)
        {
            foreach (var record in entries.WriteList(list.Name, rows.Where(row => row.Home == list.HomeKey)))
            {
                all.Add((record.Action == ImportAction.Replace ? $"R {list.HomeKey}" : KeyOf(record), TextOf(record, link.Profile)));
            }
        }

        return all;
    }

    /// <summary>A record as the lines of a mail without its number; empty where it cannot be written.</summary>
    internal static string TextOf(ImportRecord record, MsMailProfile profile)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ImportTextWriter.Write([record], profile, withNumbers: false, buffer);
        return profile.TextEncoding.GetString(buffer.WrittenSpan);
    }

    internal static string KeyOf(ImportRecord record) => (record.NewAddress ?? record.Address).TryAddress(out var address, out _) ? address.Key : NameKey.Fold(record.Address.Raw);

    private async Task<MessageContent> RecordsAsync(CancellationToken cancellationToken)
    {
        using var content = new ContentWriter(link.House.SpoolFolder);
        DirsyncWriter.BeginAttachment(link.Profile, content);
        await foreach (var (number, record) in store.PendingAsync(cancellationToken))
        {
            content.Write(link.Profile.TextEncoding.GetBytes($"{number.ToString("D10", CultureInfo.InvariantCulture)} {record}"));
        }

        return content.Complete();
    }

    private RouteDecision.Routed Route()
    {
        var server = MailAddress.Parse($"MS:{settings.Server}/{MsMailAddressText.SystemMailbox}");
        return link.House.Routes().Resolve(server) is RouteDecision.Routed routed
            ? routed
            : throw new PartnerException($"No route leads to {server}. Add the post office {settings.Server} under Routing.");
    }

    private async Task QueueAsync(
        RouteDecision.Routed route, Action<IBufferWriter<byte>> body, MessageContent? records, List<long> sent, List<string> notes, CancellationToken cancellationToken)
    {
        var text = new ArrayBufferWriter<byte>();
        body(text);
        var id = $"{Guid.NewGuid():N}@{link.OwnDomain()}";
        using var content = new ContentWriter(link.House.SpoolFolder);
        MessageWriter.Write(
            new MessageDraft
            {
                From = new Mailbox("", $"postmaster@{link.OwnDomain()}"),
                Subject = DirsyncWriter.Subject,
                Date = link.House.Clock.GetUtcNow(),
                MessageId = $"<{id}>",
                Parts =
                [
                    new DraftPart.Text(link.Profile.TextEncoding.GetString(text.WrittenSpan)),
                    .. records is null ? [] : (DraftPart[])[new DraftPart.File(DirsyncWriter.AttachmentName, "application/octet-stream", records.AsSequence())],
                ],
            },
            content);
        using var complete = content.Complete();
        var answer = await accept(
            new IncomingMessage
            {
                Source = "postern",
                Sender = MailAddress.Parse($"MS:{requestor}/{MsMailAddressText.SystemMailbox}"),
                Recipients = [new IncomingRecipient(route, route.Target.ToString(), Notify.Never, RecipientClass.To)],
                Content = complete,
                HeaderId = id,
                Subject = DirsyncWriter.Subject,
                Attachments = records is null ? [] : [DirsyncWriter.AttachmentName],
            },
            cancellationToken);
        switch (answer)
        {
            case IntakeResult.Accepted accepted:
                sent.Add(accepted.MessageId);
                break;
            case IntakeResult.TryLater later:
                notes.Add($"The mail to {settings.Server} could not be queued and goes with the next cycle: {later.Reason}");
                break;
            case IntakeResult.Unacceptable never:
                notes.Add($"The mail to {settings.Server} could not be queued: {never.Reason}");
                break;
        }
    }
}
