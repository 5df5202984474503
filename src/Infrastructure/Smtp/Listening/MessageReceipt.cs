using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Mime;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What a session knows of its client when it hands a message in.</summary>
/// <param name="Peer">Name and address for people.</param>
/// <param name="MayRelay">The client is in a relay network, so its mail is treated as submitted here.</param>
internal readonly record struct Submission(MailTransaction Transaction, string Peer, bool MayRelay, string TraceId, int TraceLength, bool Is8Bit);

/// <summary>The last step of a message: checks its header, completes it, and answers what the intake says.</summary>
internal static class MessageReceipt
{
    /// <summary>Takes over <paramref name="received"/>, which starts with our trace field, and disposes it.</summary>
    /// <exception cref="IOException">The spool cannot be read or written.</exception>
    public static async Task<SmtpReply> AcceptAsync(
        ListenerContext context, Submission submission, MessageContent received, CancellationToken cancellationToken)
    {
        var content = received;
        try
        {
            var header = HeaderSummary.Read(Message(received, submission.TraceLength));
            if (header.ReceivedCount >= context.Settings.MaxHops)
            {
                return Replies.Loop(header.ReceivedCount);
            }

            content = Complete(context, submission, received, header);
            var message = Describe(context, submission, content, header, Message(received, submission.TraceLength));
            return await AskAsync(context, message, cancellationToken);
        }
        finally
        {
            content.Dispose();
            received.Dispose();
        }
    }

    private static async Task<SmtpReply> AskAsync(ListenerContext context, IncomingMessage message, CancellationToken cancellationToken)
    {
        switch (await context.Accept(message, cancellationToken))
        {
            case IntakeResult.Accepted accepted:
                ListenerLog.Accepted(context.Logger, accepted.MessageId, message.Content.Length, message.Recipients.Count, message.Peer);
                return Queued(accepted.MessageId);
            case IntakeResult.AlreadyAccepted known:
                return Queued(known.MessageId);
            case IntakeResult.TryLater later:
                ListenerLog.PutOff(context.Logger, message.Peer, ReplyText.Clean(later.Reason));
                if (!later.IsDiskFull)
                {
                    return new SmtpReply(451, "4.3.0", later.Reason);
                }

                await context.NoteFullAsync(later.Reason);
                return Replies.DiskFull;
            case IntakeResult.Unacceptable unacceptable:
                ListenerLog.Refused(context.Logger, message.Peer, ReplyText.Clean(unacceptable.Reason));
                return new SmtpReply(554, "5.6.0", unacceptable.Reason);
            case var other:
                throw new InvalidOperationException($"The intake answered {other.GetType().Name}.");
        }
    }

    private static SmtpReply Queued(long id) => new(250, "2.0.0", string.Create(CultureInfo.InvariantCulture, $"Ok: queued as {id}"));

    private static ReadOnlySequence<byte> Message(MessageContent received, int traceLength) => received.AsSequence().Slice(traceLength);

    private static IncomingMessage Describe(
        ListenerContext context, Submission submission, MessageContent content, HeaderSummary header, ReadOnlySequence<byte> message)
    {
        var (transaction, mail) = (submission.Transaction, submission.Transaction.Mail);
        return new IncomingMessage
        {
            Source = context.Name,
            Peer = submission.Peer,
            Sender = mail.Sender,
            Recipients = transaction.ToRecipients(
                transaction.NeedsHeaderNames ? NamedRecipients.Read(header, message, context.Routes().Book) : NamedRecipients.None),
            Content = content,
            HeaderId = header.MessageId ?? (submission.MayRelay ? MessageId(context, submission) : ""),
            Subject = header.Subject,
            Answers = header.IsReport && DeliveryReportReader.Read(MimeMessage.Read(message))?.OriginalMessageId is { } original ? original : header.Answers,
            Attachments = header.MayHoldFiles ? AttachmentNames.Of(message) : [],
            Is8Bit = submission.Is8Bit,
            // Some clients say SMTPUTF8 always; only mail that really needs it may be refused by a peer without.
            IsUtf8 = mail.IsUtf8 && (header.HasEightBitHeader || transaction.HasUtf8Address),
            ReturnsHeaders = mail.ReturnsHeaders,
            EnvelopeId = mail.EnvelopeId,
            Hops = header.ReceivedCount + 1,
            IsReport = mail.Sender is null || (header.IsAutoSubmitted && header.IsReport),
        };
    }

    // Rare: most messages come with all they need and are passed on as they lie in the spool.
    private static MessageContent Complete(ListenerContext context, Submission submission, MessageContent received, HeaderSummary header)
    {
        var message = Message(received, submission.TraceLength);
        var missing = Missing(context, submission, header) + Separator(message, header);
        if (missing.Length == 0)
        {
            return received;
        }

        using var writer = new ContentWriter(context.SpoolFolder);
        foreach (var piece in received.AsSequence().Slice(0, submission.TraceLength))
        {
            writer.Write(piece.Span);
        }

        writer.Write(Encoding.ASCII.GetBytes(missing));
        foreach (var piece in message)
        {
            writer.Write(piece.Span);
        }

        return writer.Complete();
    }

    // RFC 6409 section 8: whoever takes mail from its author's program may add these; mail in transit is left alone.
    private static string Missing(ListenerContext context, Submission submission, HeaderSummary header)
    {
        if (!submission.MayRelay)
        {
            return "";
        }

        var fields = "";
        if (header.MessageId is null)
        {
            fields += $"Message-ID: {MessageId(context, submission)}\r\n";
        }

        if (header.SentAt is null && !header.Faults.HasFlag(MimeFaults.BadDate))
        {
            fields += $"Date: {MessageDate.Format(context.Clock.GetUtcNow())}\r\n";
        }

        return fields;
    }

    // What starts with no field would run into our trace field: a folded line becomes part of it, any other line ends the header there.
    private static string Separator(in ReadOnlySequence<byte> message, HeaderSummary header)
    {
        var start = message.Slice(0, Math.Min(message.Length, 6)).ToArray().AsSpan();
        if (start.StartsWith("From "u8) || start.StartsWith(">From "u8))
        {
            return "X-Mailbox-Line: ";
        }

        return header.Header.Length == 0 || start[0] is (byte)' ' or (byte)'\t' ? "\r\n" : "";
    }

    private static string MessageId(ListenerContext context, Submission submission) => $"<{submission.TraceId}@{context.HostName}>";
}
