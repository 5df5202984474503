using Microsoft.Extensions.Logging;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Hands mail to smart hosts over SMTP.</summary>
/// <remarks>
/// The first smart host that opens a conversation takes the message; conversations are kept for the next one. A recipient's outcome is what the peer
/// said of that recipient. While no host can be reached, or none wants us, the destination is down and no message is blamed. A conversation that
/// breaks after the final dot and before its reply leaves open whether the message was taken: it is tried again and marked as a possible repeat.
/// </remarks>
public sealed partial class SmtpConnector : IConnector
{
    // Attempts at a damaged content before its sender hears of it: a database that is being restored may have it back (Q227142).
    private const int AttemptsAtDamagedContent = 3;

    private readonly string name;
    private readonly SmtpConnectorSettings settings;
    private readonly Func<Transfer, CancellationToken, Task<MessageContent>> openContent;
    private readonly Func<ContentWriter> newWriter;
    private readonly SmtpConnectionPool pool;
    private readonly ILogger logger;

    /// <param name="name">Name of the connector, as it stands in logs.</param>
    /// <param name="settings">Checked by <see cref="SmtpConnectorSettings.Faults"/> beforehand.</param>
    /// <param name="contents">Where the content of transfers is read from.</param>
    /// <param name="hostName">Name of this machine, for EHLO where the settings give none.</param>
    /// <param name="password">Gives the password for <see cref="SmtpConnectorSettings.UserName"/> whenever a conversation signs in.</param>
    /// <exception cref="ArgumentException">The settings have faults.</exception>
    public SmtpConnector(
        string name, SmtpConnectorSettings settings, ContentStore contents, string hostName, Func<string> password, TimeProvider clock, ILogger<SmtpConnector> logger)
        : this(name, settings, contents.OpenAsync, contents.NewWriter, hostName, password, clock, logger)
    {
    }

    internal SmtpConnector(
        string name,
        SmtpConnectorSettings settings,
        Func<Transfer, CancellationToken, Task<MessageContent>> openContent,
        Func<ContentWriter> newWriter,
        string hostName,
        Func<string> password,
        TimeProvider clock,
        ILogger<SmtpConnector> logger)
    {
        if (settings.Faults() is [var fault, ..])
        {
            throw new ArgumentException(fault, nameof(settings));
        }

        this.name = name;
        this.settings = settings;
        this.openContent = openContent;
        this.newWriter = newWriter;
        this.logger = logger;
        var heloName = settings.HeloName.Length > 0 ? settings.HeloName : hostName;
        pool = new SmtpConnectionPool(name, new SmtpOpening(settings, heloName, password), clock, logger);
        Limits = new ConnectorLimits(1, settings.Connections);
    }

    public ConnectorLimits Limits { get; }

    /// <summary>The internet address under which a sender of an old post office is known and can be answered.</summary>
    public Func<MailAddress, SmtpAddress?> SenderFaceOf { get; init; } = sender => sender as SmtpAddress;

    /// <summary>Keeps copies while an operator has capture switched on, of this connector.</summary>
    public (ConnectorCopies Store, long ConnectorId)? Copies { get; init; }

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        var results = new List<DeliveryResult>(transfers.Count);
        foreach (var transfer in transfers)
        {
            await DeliverAsync(transfer, results, cancellationToken);
        }

        return results;
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    private async Task DeliverAsync(Transfer transfer, List<DeliveryResult> results, CancellationToken stop)
    {
        var envelope = new TransferEnvelope(transfer, SenderFaceOf);
        using var message = new OutgoingContent(envelope, newWriter);
        var mayReuse = true;
        while (envelope.HasOpen && await TakeAsync(envelope, mayReuse, stop) is { } peer)
        {
            try
            {
                mayReuse = !await TryOpenAsync(message, envelope, stop) || await SendAsync(peer, envelope, message, stop);
            }
            finally
            {
                pool.Return(peer);
            }
        }

        envelope.AddResultsTo(results, message.Notes);
    }

    private async ValueTask<SmtpConversation?> TakeAsync(TransferEnvelope envelope, bool mayReuse, CancellationToken stop)
    {
        try
        {
            return await pool.TakeAsync(mayReuse, stop);
        }
        catch (ConversationException e)
        {
            envelope.SettleOpen(e.IsStop
                ? new AttemptOutcome.NotTried(e.Message)
                : new AttemptOutcome.Deferred(e.Status, e.Reply, e.Message, e.Remote, DestinationDown: true));
            return null;
        }
    }

    // False: the content cannot be had, and every recipient has the outcome of that.
    private async ValueTask<bool> TryOpenAsync(OutgoingContent message, TransferEnvelope envelope, CancellationToken stop)
    {
        try
        {
            await message.OpenAsync(openContent, stop);
            await CaptureAsync(envelope.Transfer, isBefore: true, message);
            return true;
        }
        catch (ContentDamagedException e)
        {
            Log.ContentDamaged(logger, name, envelope.Transfer.MessageId, e.Message);
            SettleDamaged(envelope, $"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SettleUnreadable(envelope, e);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            envelope.SettleOpen(new AttemptOutcome.NotTried("Postern stops."));
        }

        return false;
    }

    private static void SettleDamaged(TransferEnvelope envelope, string reason)
    {
        foreach (var recipient in envelope.Recipients)
        {
            recipient.Settle(recipient.Delivery.Attempts >= AttemptsAtDamagedContent
                ? new AttemptOutcome.Bounced("5.3.0", "", $"{reason} Send it again.", "")
                : new AttemptOutcome.Deferred("4.3.0", "", reason, ""));
        }
    }

    private void SettleUnreadable(TransferEnvelope envelope, Exception e)
    {
        Log.ContentUnreadable(logger, name, envelope.Transfer.MessageId, e.Message);
        envelope.SettleOpen(new AttemptOutcome.Deferred(
            "4.3.0", "", $"The content of the message could not be read or prepared: {e.Message.TrimEnd('.')}.", ""));
    }

    private Task CaptureAsync(Transfer transfer, bool isBefore, OutgoingContent message) => Copies is { } copies && copies.Store.IsOn(copies.ConnectorId)
        ? copies.Store.KeepAsync(new CopyOf(copies.ConnectorId, name, IsIncoming: false, isBefore, transfer.MessageId, $"message-{transfer.MessageId}.eml"), message.Bytes)
        : Task.CompletedTask;

    // False: the conversation was dead and nothing is settled.
    private async Task<bool> SendAsync(SmtpConversation peer, TransferEnvelope envelope, OutgoingContent message, CancellationToken stop)
    {
        MailParameters? fit;
        try
        {
            fit = message.Fit(peer);
        }
        catch (IOException e)
        {
            SettleUnreadable(envelope, e);
            return true;
        }

        if (fit is not { } parameters)
        {
            return true;
        }

        await CaptureAsync(envelope.Transfer, isBefore: false, message);
        var recipients = envelope.TakeOpen(settings.MaxRecipientsPerTransaction);
        return recipients.Count == 0
            || await new SmtpTransaction(peer, envelope, recipients, parameters).RunAsync(message.Bytes, stop);
    }

    private static partial class Log
    {
        [LoggerMessage(3104, LogLevel.Error, "Connector {Connector} cannot send message {MessageId}: {Reason}")]
        public static partial void ContentDamaged(ILogger logger, string connector, long messageId, string reason);

        [LoggerMessage(3105, LogLevel.Warning, "Connector {Connector} cannot read the content of message {MessageId} now: {Reason}")]
        public static partial void ContentUnreadable(ILogger logger, string connector, long messageId, string reason);
    }
}
