using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>
/// Reads one file of the post office, message by message, and removes it when each is accepted, or set aside with an event. Read again
/// after a crash it brings nothing twice: a message is known by the file and its place in it.
/// </summary>
internal sealed class FetchedFile(MsMailLink link, AcceptMessage accept, string path, long runId, bool isClean)
{
    /// <summary>How many messages are looked at to learn the layout.</summary>
    private const int LearnFrom = 32;

    private readonly RepeatedMessages repeated = new(link.Database, link.Name);
    private readonly InboundMessages inbound = new(link);
    private readonly SystemMail system = new(link);
    private readonly List<MsMailMessage> seen = [];
    private readonly Dictionary<string, int> copies = new(StringComparer.Ordinal);

    /// <summary>The number of messages in the file.</summary>
    /// <exception cref="IntakeUnavailableException">The intake takes nothing now; the file stays and is read again.</exception>
    /// <exception cref="WorkFileUnreadableException">The system does not let it be read; the file stays.</exception>
    public async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        await repeated.LoadAsync(cancellationToken);
        var ordinal = 0;
        using (var content = Open())
        {
            var receivedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
            foreach (var message in MmffReader.ReadAll(content.AsSequence(), link.Profile))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TakeAsync(message, ordinal++, receivedAt, cancellationToken);
                if (seen.Count < LearnFrom)
                {
                    seen.Add(message);
                }
            }

            await LearnAsync(cancellationToken);
        }

        if (isClean)
        {
            await repeated.ForgetAsync(cancellationToken);
        }

        File.Delete(path);
        return ordinal;
    }

    private MessageContent Open()
    {
        try
        {
            var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
            content.AsSequence();
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFileUnreadableException($"Mail of {link.Settings.PostOfficeName} in Work/{Path.GetFileName(path)} cannot be read: {e.Message}");
        }
    }

    private async Task TakeAsync(MsMailMessage message, int ordinal, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var fingerprint = repeated.Fingerprint(message.Raw);
        if (repeated.IsKnown(fingerprint))
        {
            await link.TellAsync(
                EventCodes.MsMailMessageRepeated,
                EventSeverity.Information,
                $"GTWGET brought message {ordinal + 1} of {Path.GetFileName(path)} again ({Title(message)}); it was not taken a second time.");
            return;
        }

        if (message.IsReadable)
        {
            await AcceptAsync(message, ordinal, fingerprint, receivedAt, cancellationToken);
        }
        else
        {
            var faults = string.Join(' ', message.Notes.Select(note => note.Text).Distinct().Take(3));
            await SetAsideAsync(message, ordinal, EventCodes.MsMailMessageUnreadable, $"cannot be read: {faults}");
        }

        // Last, so that a crash in between brings the message again rather than losing it.
        if (!isClean)
        {
            await repeated.RememberAsync(fingerprint, cancellationToken);
        }
    }

    // The isolation boundary of a message on its way in: what is wrong with it concerns it alone.
    private async Task AcceptAsync(MsMailMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (system.MailboxOf(message) is { } mailbox)
        {
            await KeepForDirsyncAsync(message, mailbox, ordinal, cancellationToken);
            if (message.Recipients.All(recipient => recipient.Address.IsMailbox(MsMailAddressText.SystemMailbox)))
            {
                return;
            }
        }

        InboundMessage? incoming;
        try
        {
            incoming = await inbound.MakeAsync(message, new PickupIdentity(FileId.From(runId), ordinal), fingerprint, receivedAt, cancellationToken);
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or OperationCanceledException or NpgsqlException))
        {
            await SetAsideAsync(message, ordinal, EventCodes.MsMailMessageUnreadable, $"could not be converted: {e.Message}");
            return;
        }

        if (incoming is null)
        {
            await SetAsideAsync(message, ordinal, EventCodes.MsMailMessageForNobody, $"is for nobody at our sites ({Recipients(message)}).");
            return;
        }

        using var content = incoming.Message.Content;
        if (IsFurtherCopy(message, incoming.Places))
        {
            return;
        }

        switch (await accept(incoming.Message, cancellationToken))
        {
            case IntakeResult.Accepted accepted:
                await link.Passages.NoteCameAsync(incoming.Passages, cancellationToken);
                await TellOfCirclesAsync(message, incoming.Circles);
                await CaptureAsync(message, ordinal, accepted.MessageId, content);
                break;
            case IntakeResult.TryLater later:
                throw new IntakeUnavailableException($"Mail from {link.Settings.PostOfficeName} waits in Work: {later.Reason}");
            case IntakeResult.Unacceptable never:
                await SetAsideAsync(message, ordinal, EventCodes.MsMailMessageUnacceptable, $"cannot be stored: {never.Reason}");
                break;
        }
    }

    private async Task KeepForDirsyncAsync(MsMailMessage message, MsMailAddress mailbox, int ordinal, CancellationToken cancellationToken)
    {
        if (!await system.KeepAsync(message, mailbox, new PickupIdentity(FileId.From(runId), ordinal), cancellationToken))
        {
            await link.TellAsync(
                EventCodes.MsMailDirsyncUnknown, EventSeverity.Warning, $"Synchronisation mail for {mailbox.Text} came {Title(message)}, and no partner of directory synchronisation waits for it.",
                "Add the partner with that server and our post office, or remove our requestor there.");
        }
    }

    // A post office hands over a copy for each of the post offices that it reaches through us, and each names everybody: the first of them is the mail
    // (Q216476). Who sends the same twice sends as many copies twice.
    private bool IsFurtherCopy(MsMailMessage message, int places)
    {
        if (places < 2)
        {
            return false;
        }

        var key = Convert.ToHexString(Passages.Key(message, link.Profile, message.Recipients.Select(recipient => recipient.Address.Raw)));
        var number = copies[key] = copies.GetValueOrDefault(key) + 1;
        return (number - 1) % places > 0;
    }

    private async Task TellOfCirclesAsync(MsMailMessage message, IReadOnlyList<string> circles)
    {
        foreach (var circle in circles)
        {
            await link.TellAsync(
                EventCodes.MsMailCircularRoute, EventSeverity.Error, $"A message from {link.Settings.PostOfficeName} ({Title(message)}) was returned: {circle}",
                "Explain the route of that address, and mend the table that leads back.");
        }
    }

    private async Task CaptureAsync(MsMailMessage message, int ordinal, long messageId, MessageContent content)
    {
        if (link.House.Copies is { } copies && copies.IsOn(link.ConnectorId))
        {
            await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: true, messageId, $"{FileId.From(runId)}-{ordinal}{MsMailFolders.GetExtension}"), message.Raw);
            await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: false, messageId, $"message-{messageId}.eml"), content.AsSequence());
        }
    }

    private async Task SetAsideAsync(MsMailMessage message, int ordinal, int code, string what)
    {
        // One name per message, so that reading the file again after a crash writes the same file and not another.
        var name = FileId.From(runId, ordinal % FileId.MostParts) + (ordinal < FileId.MostParts ? "" : $"-{ordinal}") + MsMailFolders.GetExtension;
        var target = Path.Combine(link.Folders.Bad, name);
        var isNew = !File.Exists(target);
        var temporary = Path.ChangeExtension(target, ".TMP");
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var segment in message.Raw)
            {
                file.Write(segment.Span);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
        if (isNew)
        {
            await link.TellAsync(
                code, EventSeverity.Error, $"A message from {link.Settings.PostOfficeName} ({Title(message)}) {what} It lies in Bad/{name}.", "Look at the file, and tell the sender.");
        }
    }

    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        var gap = LearnedGap.From(seen);
        if (gap == BodyGap.Unknown || link.Settings.BodyGap != BodyGapChoice.Learn || gap == link.Profile.BodyGap)
        {
            return;
        }

        await link.LearnAsync(gap, cancellationToken);
        if (gap == BodyGap.LineEnd)
        {
            await link.TellAsync(
                EventCodes.MsMailLayoutLearned, EventSeverity.Information, $"Files of {link.Settings.PostOfficeName} have a line end before the text that no size counts; they are read so from now on.");
        }
    }

    private static string Title(MsMailMessage message) =>
        $"from {Storable.Text(message.From?.Raw ?? "nobody", 100)}, “{Storable.Text(message.Subject, 100)}”";

    private static string Recipients(MsMailMessage message) =>
        Storable.Text(string.Join("; ", message.Recipients.Select(recipient => recipient.Address.Raw)), 500);
}
