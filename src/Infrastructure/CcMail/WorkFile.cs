using Npgsql;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>
/// Reads one file of the post office, message by message, and removes it when each is accepted, or set aside with an event. Read again
/// after a crash it brings nothing twice: a message is known by the file and its place in it.
/// </summary>
internal sealed class WorkFile(CcMailLink link, AcceptMessage accept, AdministratorNotices notices, string path, long runId, bool isClean)
{
    /// <summary>How many messages are looked at to learn how sizes are counted.</summary>
    private const int LearnFrom = 32;

    private readonly RepeatedMessages repeated = new(link.Database, link.Name);
    private readonly InboundMessages inbound = new(link);
    private readonly List<CcMailMessage> seen = [];

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
            foreach (var message in ExportReader.ReadAll(content.AsSequence(), link.Profile))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TakeAsync(message, ordinal++, receivedAt, cancellationToken);
                if (seen.Count < LearnFrom)
                {
                    seen.Add(message);
                }
            }

            await LearnAsync();
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

    private async Task TakeAsync(CcMailMessage message, int ordinal, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var fingerprint = repeated.Fingerprint(message.Raw);
        if (repeated.IsKnown(fingerprint))
        {
            await link.TellAsync(
                EventCodes.CcMailMessageRepeated,
                EventSeverity.Information,
                $"EXPORT brought message {ordinal + 1} of {Path.GetFileName(path)} again ({Title(message)}); it was not taken a second time.");
            return;
        }

        if (message.IsReadable)
        {
            await AcceptAsync(message, ordinal, fingerprint, receivedAt, cancellationToken);
        }
        else
        {
            var faults = string.Join(' ', message.Notes.Select(note => note.Text).Distinct().Take(3));
            await SetAsideAsync(message, ordinal, EventCodes.CcMailMessageUnreadable, $"cannot be read: {faults}", cancellationToken);
        }

        // Last, so that a crash in between brings the message again rather than losing it.
        if (!isClean)
        {
            await repeated.RememberAsync(fingerprint, cancellationToken);
        }
    }

    // The isolation boundary of a message on its way in: what is wrong with it concerns it alone.
    private async Task AcceptAsync(
        CcMailMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        IncomingMessage? incoming;
        try
        {
            incoming = inbound.Make(message, new PickupIdentity(FileId.From(runId), ordinal), fingerprint, receivedAt);
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
                await copies.KeepAsync(link.Copy(isIncoming: true, isBefore: true, accepted.MessageId, $"{FileId.From(runId)}-{ordinal}.ccm"), message.Raw);
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
        // One name per message, so that reading the file again after a crash writes the same file and not another.
        var name = FileId.From(runId, ordinal % FileId.MostParts) + (ordinal < FileId.MostParts ? "" : $"-{ordinal}") + ".ccm";
        var target = Path.Combine(link.Folders.Bad, name);
        var isNew = !File.Exists(target);
        var temporary = Path.ChangeExtension(target, ".tmp");
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var segment in message.Raw)
            {
                file.Write(segment.Span);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
        var text = $"A message from {link.Settings.PostOfficeName} ({Title(message)}) {what} It lies in Bad/{name}.";
        if (isNew)
        {
            await link.TellAsync(code, EventSeverity.Error, text, "Look at the file, and tell the sender.");
        }

        // A bounce that nobody can take is never answered: it may be one of a notice.
        if (!NotDeliverableText.TryBounce(message, link.Profile, out _))
        {
            await notices.SendAsync(new PickupIdentity(FileId.From(runId), ordinal), text, target, cancellationToken);
        }
    }

    private async Task LearnAsync()
    {
        var model = LearnedModel.From(seen);
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
