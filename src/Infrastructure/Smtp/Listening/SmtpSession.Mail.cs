using System.Globalization;
using Postern.Domain.Mime;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The commands that make a message.</summary>
internal sealed partial class SmtpSession
{
    private async ValueTask<bool> MailAsync(string argument)
    {
        if (transactions >= settings.MaxTransactions)
        {
            return End(Replies.TooManyTransactions);
        }

        if (!MailArguments.TryParse(argument, out var mail, out var fault))
        {
            return Refuse("MAIL", fault);
        }

        if (mail.DeclaredSize > settings.MaxMessageBytes)
        {
            return Refuse("MAIL", Replies.TooLarge(settings.MaxMessageBytes));
        }

        if (context.Room?.Shortage() is { Length: > 0 } shortage)
        {
            await context.NoteFullAsync(shortage);
            return Refuse("MAIL", Replies.DiskFull);
        }

        transactions++;
        transaction = new MailTransaction(mail);
        state = SessionState.SenderGiven;
        return Answer(Replies.SenderOk);
    }

    private bool Rcpt(string argument)
    {
        var reply = RcptArguments.TryParse(argument, transaction!.Mail.IsUtf8, out var rcpt, out var fault)
            ? transaction.Add(rcpt, context.Routes(), mayRelay, settings)
            : fault;
        if (!reply.IsPositive)
        {
            return Refuse("RCPT", reply);
        }

        state = SessionState.RecipientGiven;
        return Answer(reply);
    }

    private async ValueTask<bool> DataAsync()
    {
        using var writer = new ContentWriter(context.SpoolFolder);
        var id = string.Create(CultureInfo.InvariantCulture, $"{context.Clock.GetUtcNow().ToUnixTimeMilliseconds():X}.{number:X}.{transactions:X}");
        var trace = Trace(id);
        writer.Write(trace);
        channel.Write(Replies.SendData);

        // A message that is refused for its size is still read to its end, but not for ever.
        var scanner = new DataScanner(writer, settings.MaxMessageBytes, settings.MaxLineBytes, settings.AcceptsBareLineEnds);
        switch (await channel.ReadDataAsync(scanner, 2 * settings.MaxMessageBytes, settings.DataTimeout))
        {
            case InputKind.Complete:
                channel.SuspendDeadline();
                var reply = await FinishAsync(scanner, writer, new Submission(transaction!, SecurePeer, mayRelay, id, trace.Length, scanner.Is8Bit));
                Forget();
                return reply.IsPositive ? Thank(reply) : Refuse("DATA", reply);
            case InputKind.Expired:
                return End(Expired());
            case InputKind.TooLong:
                return End(Replies.TooLarge(settings.MaxMessageBytes));
            default:
                return false;
        }
    }

    private async Task<SmtpReply> FinishAsync(DataScanner scanner, ContentWriter writer, Submission submission)
    {
        if (scanner.StorageFault is { } fault)
        {
            ListenerLog.StorageFailed(context.Logger, fault, Peer);
            await context.NoteFullAsync(fault.Message);
            return Replies.DiskFull;
        }

        if (scanner.IsTooLarge)
        {
            return Replies.TooLarge(settings.MaxMessageBytes);
        }

        if (scanner.HasBareLineEnd && !settings.AcceptsBareLineEnds)
        {
            return Replies.BareLineEndInData;
        }

        if (scanner.HasLongLine)
        {
            return Replies.DataLineTooLong(settings.MaxLineBytes);
        }

        try
        {
            return await MessageReceipt.AcceptAsync(context, submission, writer.Complete(), aborted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ListenerLog.StorageFailed(context.Logger, e, Peer);
            await context.NoteFullAsync(e.Message);
            return Replies.DiskFull;
        }
    }

    private string SecurePeer => channel.IsSecure ? $"{Peer} {channel.TlsDetails}" : Peer;

    private byte[] Trace(string id)
    {
        var (isUtf8, protocol) = (transaction!.Mail.IsUtf8, isExtended ? "ESMTP" : "SMTP");
        var trace = new TraceHeader
        {
            Helo = helo,
            RemoteAddress = channel.Client.ToString(),
            ByHost = context.HostName,
            Protocol = (isUtf8 ? "UTF8SMTP" : protocol) + (channel.IsSecure ? "S" : ""), // RFC 3848, RFC 6531 section 4.3
            Tls = channel.TlsDetails,
            Id = id,
            ForRecipient = transaction.OnlyRecipient?.ToString(),
            At = context.Clock.GetUtcNow(),
        };
        return trace.ToBytes();
    }

    private bool Thank(in SmtpReply reply)
    {
        (commands, errors) = (0, 0);
        return Answer(reply);
    }

    private bool Refuse(string command, in SmtpReply reply)
    {
        ListenerLog.CommandRefused(context.Logger, command, Peer, reply.ToString());
        return Answer(reply);
    }
}
