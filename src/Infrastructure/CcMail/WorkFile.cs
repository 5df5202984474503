using System.Buffers;
using Npgsql;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>One file of EXPORT.</summary>
internal sealed class WorkFile(CcMailLink link, AcceptMessage accept, AdministratorNotices notices, string path, long runId, bool isClean)
    : MailFile<CcMailMessage>(new RepeatedMessages(link.Database, link.Name), link.Settings.PostOfficeName, path, runId, isClean)
{
    private const string Extension = ".ccm";

    private readonly InboundMessages inbound = new(link);

    protected override IEnumerable<CcMailMessage> Messages(ReadOnlySequence<byte> content) => ExportReader.ReadAll(content, link.Profile);

    protected override ReadOnlySequence<byte> RawOf(CcMailMessage message) => message.Raw;

    protected override Task TellRepeatedAsync(CcMailMessage message, int ordinal) => link.TellAsync(
        EventCodes.CcMailMessageRepeated,
        EventSeverity.Information,
        $"EXPORT brought message {ordinal + 1} of {FileName} again ({Title(message)}); it was not taken a second time.");

    protected override Task TakeAsync(CcMailMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        if (message.IsReadable)
        {
            return AcceptAsync(message, ordinal, fingerprint, receivedAt, cancellationToken);
        }

        var faults = string.Join(' ', message.Notes.Select(note => note.Text).Distinct().Take(3));
        return SetAsideAsync(message, ordinal, EventCodes.CcMailMessageUnreadable, $"cannot be read: {faults}", cancellationToken);
    }

    // The isolation boundary of a message on its way in: what is wrong with it concerns it alone.
    private async Task AcceptAsync(
        CcMailMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        IncomingMessage? incoming;
        try
        {
            incoming = inbound.Make(message, IdentityOf(ordinal), fingerprint, receivedAt);
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or OperationCanceledException or NpgsqlException))
        {
            await SetAsideAsync(message, ordinal, EventCodes.CcMailMessageUnreadable, $"could not be converted: {e.Message}", cancellationToken);
            return;
        }

        if (incoming is null)
        {
            await SetAsideAsync(message, ordinal, EventCodes.CcMailMessageForNobody, $"is for nobody at our sites ({Recipients(message)}).", cancellationToken);
            return;
        }

        using var content = incoming.Content;
        switch (await accept(incoming, cancellationToken))
        {
            case IntakeResult.Accepted accepted when link.Copies is { } copies && copies.IsOn(link.ConnectorId):
                await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: true, accepted.MessageId, CopyName(ordinal, Extension)), message.Raw);
                await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: false, accepted.MessageId, $"message-{accepted.MessageId}.eml"), content.AsSequence());
                break;
            case IntakeResult.TryLater later:
                throw new IntakeUnavailableException($"Mail from {link.Settings.PostOfficeName} waits in Work: {later.Reason}");
            case IntakeResult.Unacceptable never:
                await SetAsideAsync(message, ordinal, EventCodes.CcMailMessageUnacceptable, $"cannot be stored: {never.Reason}", cancellationToken);
                break;
        }
    }

    private async Task SetAsideAsync(CcMailMessage message, int ordinal, int code, string what, CancellationToken cancellationToken)
    {
        var (name, isNew) = SetAside(message, ordinal, link.Folders.Bad, Extension, CcMailFolders.TemporaryExtension);
        var text = $"A message from {link.Settings.PostOfficeName} ({Title(message)}) {what} It lies in Bad/{name}.";
        if (isNew)
        {
            await link.TellAsync(code, EventSeverity.Error, text, "Look at the file, and tell the sender.");
        }

        // A bounce that nobody can take is never answered: it may be one of a notice.
        if (!NotDeliverableText.TryBounce(message, link.Profile, out _))
        {
            await notices.SendAsync(IdentityOf(ordinal), text, Path.Combine(link.Folders.Bad, name), cancellationToken);
        }
    }

    protected override async Task LearnAsync(CancellationToken cancellationToken)
    {
        var model = LearnedModel.From(Seen);
        if (model == SizeModel.Unknown || link.Settings.SizeModel != SizeModelChoice.Learn || model == link.Learned.SizeModel)
        {
            return;
        }

        var isChange = model != link.Profile.SizeModel;
        link.Learn(link.Learned with { SizeModel = model });
        if (isChange)
        {
            await link.TellAsync(
                EventCodes.CcMailSizeModelLearned, EventSeverity.Information, $"EXPORT counts sizes by model {model}; files for IMPORT follow it.");
        }
    }

    private static string Title(CcMailMessage message) =>
        $"from {Storable.Text(message.From?.Raw ?? "nobody", 100)}, “{Storable.Text(message.Subject, 100)}”";

    private static string Recipients(CcMailMessage message) =>
        Storable.Text(string.Join("; ", message.Recipients.Select(recipient => recipient.Address.Raw)), 500);
}
