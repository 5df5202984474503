using System.Buffers;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>One file of GTWGET.</summary>
internal sealed class FetchedFile(MsMailLink link, AcceptMessage accept, string path, long runId, bool isClean)
    : MailFile<MsMailMessage>(new RepeatedMessages(link.Database, link.Name), link.Settings.PostOfficeName, path, runId, isClean)
{
    private readonly InboundMessages inbound = new(link);
    private readonly SystemMail system = new(link);
    private readonly Dictionary<string, int> copies = new(StringComparer.Ordinal);

    protected override IEnumerable<MsMailMessage> Messages(ReadOnlySequence<byte> content) => MmffReader.ReadAll(content, link.Profile);

    protected override ReadOnlySequence<byte> RawOf(MsMailMessage message) => message.Raw;

    protected override Task TellRepeatedAsync(MsMailMessage message, int ordinal) => link.TellAsync(
        EventCodes.MsMailMessageRepeated,
        EventSeverity.Information,
        $"GTWGET brought message {ordinal + 1} of {FileName} again ({Title(message)}); it was not taken a second time.");

    protected override Task TakeAsync(MsMailMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (message.IsReadable)
        {
            return AcceptAsync(message, ordinal, fingerprint, receivedAt, cancellationToken);
        }

        var faults = string.Join(' ', message.Notes.Select(note => note.Text).Distinct().Take(3));
        return SetAsideAsync(message, ordinal, EventCodes.MsMailMessageUnreadable, $"cannot be read: {faults}");
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
            incoming = await inbound.MakeAsync(message, IdentityOf(ordinal), fingerprint, receivedAt, cancellationToken);
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
        if (!await system.KeepAsync(message, mailbox, IdentityOf(ordinal), cancellationToken))
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
            await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: true, messageId, CopyName(ordinal, MsMailFolders.GetExtension)), message.Raw);
            await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: false, messageId, $"message-{messageId}.eml"), content.AsSequence());
        }
    }

    private async Task SetAsideAsync(MsMailMessage message, int ordinal, int code, string what)
    {
        var (name, isNew) = SetAside(message, ordinal, link.Folders.Bad, MsMailFolders.GetExtension, MsMailFolders.TemporaryExtension);
        if (isNew)
        {
            await link.TellAsync(
                code, EventSeverity.Error, $"A message from {link.Settings.PostOfficeName} ({Title(message)}) {what} It lies in Bad/{name}.", "Look at the file, and tell the sender.");
        }
    }

    protected override async Task LearnAsync(CancellationToken cancellationToken)
    {
        var gap = LearnedGap.From(Seen);
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
