namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>How far a session has come.</summary>
internal enum SessionState
{
    Connected, Greeted, SenderGiven, RecipientGiven,
}

/// <summary>Which command may be said when. The only place that decides it (RFC 5321 section 4.1.4, RFC 3207 section 4).</summary>
internal static class SessionStates
{
    /// <summary>Null when <paramref name="verb"/> may be said now; otherwise the reply that refuses it.</summary>
    public static SmtpReply? Refusal(Verb verb, SessionState state) => (verb, state) switch
    {
        (Verb.Unknown, _) => Replies.UnknownCommand,
        (Verb.Malformed, _) => Replies.Malformed,
        (Verb.NotOffered, _) => Replies.NotOffered,
        (Verb.Foreign, _) => Replies.NotSmtp,
        (Verb.StartTls or Verb.Mail or Verb.Rcpt or Verb.Data, SessionState.Connected) => Replies.HeloFirst,
        (Verb.Rcpt or Verb.Data, SessionState.Greeted) => Replies.MailFirst,
        (Verb.Data, SessionState.SenderGiven) => Replies.NoRecipients,
        (Verb.Mail, SessionState.SenderGiven or SessionState.RecipientGiven) => Replies.MailAgain,
        _ => null,
    };

    /// <summary>Commands that wait for the handshake where TLS is required; RFC 3207 section 4 leaves NOOP, EHLO, STARTTLS and QUIT open.</summary>
    public static bool NeedsTls(Verb verb) => verb is Verb.Mail or Verb.Rcpt or Verb.Data or Verb.Vrfy or Verb.Rset;

    /// <summary>Commands without parameters (RFC 5321 section 4.1.1; RFC 3207 for STARTTLS).</summary>
    public static bool TakesNothing(Verb verb) => verb is Verb.Data or Verb.Rset or Verb.Quit or Verb.StartTls;
}
