using Postern.Domain.Queue;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Turns a peer's reply into the outcome of a delivery, with a sentence for the operator.</summary>
internal static class ReplyOutcome
{
    /// <summary>The outcome when <paramref name="reply"/> answers <paramref name="phase"/> and is final for the recipient.</summary>
    public static AttemptOutcome Of(SmtpConversation peer, SmtpReply reply, SmtpPhase phase)
    {
        var host = peer.Host.Name;
        if (reply.BlamesSettings)
        {
            return new AttemptOutcome.Deferred(
                Transient(reply), reply.Text, $"{host} wants a sign-in or encryption that this connector does not give.", peer.Remote, DestinationDown: true);
        }

        if (reply.EndsConversation)
        {
            return new AttemptOutcome.Deferred(reply.Status, reply.Text, $"{host} ended the conversation and asks to try later.", peer.Remote);
        }

        if (phase == SmtpPhase.Recipient && reply.SaysTooManyRecipients)
        {
            return new AttemptOutcome.Deferred("4.5.3", reply.Text, $"{host} takes no more recipients now.", peer.Remote);
        }

        return reply switch
        {
            { IsAccepted: true } when phase == SmtpPhase.End =>
                new AttemptOutcome.Delivered(reply.Status, reply.Text, peer.TakenReason, peer.Remote, Relayed: !peer.Extensions.HasDsn),
            { IsTransient: true } => new AttemptOutcome.Deferred(reply.Status, reply.Text, $"{host} asks to try later.", peer.Remote),
            { IsRefused: true } => new AttemptOutcome.Bounced(reply.Status, reply.Text, $"{host} refuses {Refused(reply, phase)}.", peer.Remote),
            _ => Nonsense(peer, reply, phase),
        };
    }

    /// <summary>The conversation broke before the peer could have taken the message, or while it could.</summary>
    public static AttemptOutcome Of(ConversationException broken) =>
        new AttemptOutcome.Deferred(broken.Status, broken.Reply, broken.Message, broken.Remote);

    /// <summary>A code that cannot answer this command; what follows it cannot be trusted either.</summary>
    private static AttemptOutcome.Deferred Nonsense(SmtpConversation peer, SmtpReply reply, SmtpPhase phase)
    {
        peer.Abandon();
        return new AttemptOutcome.Deferred(
            "4.5.0", reply.Text, $"{peer.Host.Name} answered {phase.InWords()} with a code that makes no sense there.", peer.Remote);
    }

    private static string Refused(SmtpReply reply, SmtpPhase phase) => (phase, reply.Status) switch
    {
        (_, "5.3.4" or "5.2.3") => "the message as too large",
        (SmtpPhase.Mail, _) => "the sender",
        (SmtpPhase.Recipient, _) => "this recipient",
        _ => "the message",
    };

    private static string Transient(SmtpReply reply) => $"4{reply.Status[1..]}";
}
