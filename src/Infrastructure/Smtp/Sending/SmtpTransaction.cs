using System.Buffers;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>One message to some of its recipients in a conversation: RSET where needed, MAIL, RCPT, DATA, content, and the replies to each.</summary>
/// <remarks>
/// With PIPELINING the commands go in one write (RFC 2920), and in groups when there are so many that both sides could fill their buffers and wait
/// for each other. Whatever happens, every recipient has an outcome afterwards, except those for whom the peer asks for a transaction of their own.
/// </remarks>
internal sealed class SmtpTransaction(
    SmtpConversation peer, TransferEnvelope envelope, IReadOnlyList<EnvelopeRecipient> recipients, MailParameters parameters)
{
    // Commands per write, in bytes: their replies fit the smallest receive buffer in use.
    private const int GroupSize = 8 * 1024;

    private const int ResetStep = -2;
    private const int MailStep = -1;

    private SmtpReply? dataReply;
    private bool isMailRefused;
    private bool hasReply;
    private bool isSent;
    private int accepted;

    private int DataStep => recipients.Count;

    /// <summary>Runs it. False: the connection had died while it was idle, nothing was taken, and nothing is settled; try a fresh one.</summary>
    public async Task<bool> RunAsync(ReadOnlySequence<byte> content, CancellationToken stop)
    {
        peer.Begin(stop);
        try
        {
            await SendEnvelopeAsync();
            if (dataReply is { Code: 354 })
            {
                await (accepted > 0 ? SendContentAsync(content) : SendNothingAsync());
            }
            else if (dataReply is not null)
            {
                SettleAccepted(dataReply, SmtpPhase.Data);
            }
        }
        catch (ConversationException e)
        {
            peer.Abandon();
            if (peer.IsReused && !hasReply && !e.IsStop)
            {
                return false;
            }

            SettleBroken(e);
        }
        finally
        {
            peer.End();
        }

        return true;
    }

    private async Task SendEnvelopeAsync()
    {
        var next = peer.NeedsReset ? ResetStep : MailStep;
        var answered = next;
        while (answered <= DataStep && !isMailRefused)
        {
            if (next == DataStep && accepted == 0)
            {
                return;
            }

            peer.Commands.ResetWrittenCount();
            do
            {
                Append(next++);
            }
            while (next <= DataStep && peer.Extensions.HasPipelining && peer.Commands.WrittenCount < GroupSize);

            await peer.FlushAsync(PhaseOf(answered));
            while (answered < next)
            {
                var step = answered++;
                var reply = await peer.ReadReplyAsync(PhaseOf(step));
                if (reply.EndsConversation)
                {
                    EndEarly(reply);
                    return;
                }

                hasReply = true;
                Record(step, reply);
            }
        }
    }

    private void Append(int step)
    {
        if (step == ResetStep)
        {
            peer.Commands.Write("RSET\r\n"u8);
        }
        else if (step == MailStep)
        {
            EnvelopeCommands.AppendMail(peer.Commands, envelope.Sender, envelope.Transfer, peer.Extensions, parameters);
        }
        else if (step == DataStep)
        {
            peer.Commands.Write("DATA\r\n"u8);
        }
        else
        {
            EnvelopeCommands.AppendRecipient(peer.Commands, recipients[step], peer.Extensions, parameters);
        }
    }

    private SmtpPhase PhaseOf(int step) => step switch
    {
        ResetStep => SmtpPhase.Reset,
        MailStep => SmtpPhase.Mail,
        _ => step == DataStep ? SmtpPhase.Data : SmtpPhase.Recipient,
    };

    private void Record(int step, SmtpReply reply)
    {
        if (step == ResetStep)
        {
            peer.NeedsReset = false;
        }
        else if (step == MailStep)
        {
            isMailRefused = !reply.IsAccepted;
            peer.NeedsReset = reply.IsAccepted;
            if (isMailRefused)
            {
                SettleOpen(ReplyOutcome.Of(peer, reply, SmtpPhase.Mail));
            }
        }
        else if (step == DataStep)
        {
            dataReply = reply;
        }
        else if (!isMailRefused)
        {
            RecordRecipient(recipients[step], reply);
        }
    }

    private void RecordRecipient(EnvelopeRecipient recipient, SmtpReply reply)
    {
        if (reply.IsAccepted)
        {
            recipient.IsAccepted = true;
            accepted++;
        }
        else if (!reply.SaysTooManyRecipients || accepted == 0)
        {
            recipient.Settle(ReplyOutcome.Of(peer, reply, SmtpPhase.Recipient));
        }
    }

    private async Task SendContentAsync(ReadOnlySequence<byte> content)
    {
        peer.MustFinish();
        SmtpReply? reply;
        try
        {
            reply = await WriteContentAsync(content) ? await peer.ReadReplyAsync(SmtpPhase.End) : await EndBeforeDotAsync();
        }
        catch (ConversationException e) when (!isSent && !e.IsStop)
        {
            reply = await peer.ReadLastWordsAsync();
            peer.Abandon();
            if (reply is not ({ IsTransient: true } or { IsRefused: true }))
            {
                throw;
            }
        }

        peer.NeedsReset = false;
        SettleAccepted(reply, isSent ? SmtpPhase.End : SmtpPhase.Block);
    }

    private async Task<SmtpReply> EndBeforeDotAsync()
    {
        var reply = await peer.ReadReplyAsync(SmtpPhase.Block);
        peer.Abandon();
        return reply;
    }

    // True when all was written; false when the peer did not wait for it and has answered.
    private async Task<bool> WriteContentAsync(ReadOnlySequence<byte> content)
    {
        var stuffer = default(DotStuffer);
        var block = peer.Block;
        var used = 0;
        foreach (var segment in content)
        {
            var rest = segment;
            while (rest.Length > 0)
            {
                stuffer.Encode(rest.Span, block.AsSpan(used), out var consumed, out var written);
                rest = rest[consumed..];
                used += written;
                if (block.Length - used < DotStuffer.Slack)
                {
                    if (peer.HasEarlyReply)
                    {
                        return false;
                    }

                    await peer.WriteAsync(block.AsMemory(0, used), SmtpPhase.Block);
                    used = 0;
                }
            }
        }

        used += stuffer.Finish(block.AsSpan(used));
        await peer.WriteAsync(block.AsMemory(0, used), SmtpPhase.Block);
        isSent = true;
        return true;
    }

    // The peer took DATA although it had refused every recipient; RFC 2920 section 3.1 asks for an empty message then.
    private async Task SendNothingAsync()
    {
        await peer.WriteAsync(".\r\n"u8.ToArray(), SmtpPhase.Block);
        await peer.ReadReplyAsync(SmtpPhase.End);
        peer.NeedsReset = false;
    }

    private void EndEarly(SmtpReply reply)
    {
        if (peer.IsReused && !hasReply)
        {
            throw new ConversationException("4.4.2", $"{peer.Host.Name} had ended the idle conversation.", peer.Remote, reply.Text);
        }

        SettleOpen(ReplyOutcome.Of(peer, reply, SmtpPhase.Mail));
    }

    private void SettleAccepted(SmtpReply reply, SmtpPhase phase)
    {
        var outcome = ReplyOutcome.Of(peer, reply, phase);
        var mayRepeat = isSent && reply.Code is < 200 or (>= 300 and < 400);
        foreach (var recipient in recipients)
        {
            if (recipient.IsAccepted)
            {
                recipient.Settle(outcome, mayRepeat);
            }
        }
    }

    private void SettleOpen(AttemptOutcome outcome)
    {
        foreach (var recipient in recipients)
        {
            recipient.Settle(outcome);
        }
    }

    private void SettleBroken(ConversationException e)
    {
        AttemptOutcome outcome = e.IsStop && !isSent ? new AttemptOutcome.NotTried(e.Message) : ReplyOutcome.Of(e);
        foreach (var recipient in recipients)
        {
            recipient.Settle(outcome, mayRepeat: isSent && recipient.IsAccepted);
        }
    }
}
