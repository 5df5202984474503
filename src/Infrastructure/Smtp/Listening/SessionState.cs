namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>How far a session has come.</summary>
internal enum SessionState
{
    Connected, Greeted, SenderGiven, RecipientGiven,
}

/// <summary>Which command may be said when. The only place that decides it (RFC 5321 section 4.1.4, RFC 3207).</summary>
internal static class SessionStates
{
    private static readonly SmtpReply? May;

    private static readonly Dictionary<Verb, SmtpReply?[]> Table = new()
    {
        //                 Connected           Greeted            SenderGiven           RecipientGiven
        [Verb.Helo]     = [May,                May,               May,                  May],
        [Verb.Ehlo]     = [May,                May,               May,                  May],
        [Verb.StartTls] = [Replies.HeloFirst,  May,               May,                  May],
        [Verb.Mail]     = [Replies.HeloFirst,  May,               Replies.MailAgain,    Replies.MailAgain],
        [Verb.Rcpt]     = [Replies.HeloFirst,  Replies.MailFirst, May,                  May],
        [Verb.Data]     = [Replies.HeloFirst,  Replies.MailFirst, Replies.NoRecipients, May],
        [Verb.Rset]     = [May,                May,               May,                  May],
        [Verb.Noop]     = [May,                May,               May,                  May],
        [Verb.Vrfy]     = [May,                May,               May,                  May],
        [Verb.Help]     = [May,                May,               May,                  May],
        [Verb.Quit]     = [May,                May,               May,                  May],
    };

    /// <summary>Null when <paramref name="verb"/> may be said now; otherwise the reply that refuses it.</summary>
    public static SmtpReply? Refusal(Verb verb, SessionState state) => verb switch
    {
        Verb.Unknown => Replies.UnknownCommand,
        Verb.Malformed => Replies.Malformed,
        Verb.NotOffered => Replies.NotOffered,
        Verb.Foreign => Replies.NotSmtp,
        _ => Table[verb][(int)state],
    };

    /// <summary>Commands that RFC 3207 section 4 leaves open before the handshake where TLS is required, and those that end or explain a session.</summary>
    public static bool NeedsTls(Verb verb) => verb is Verb.Mail or Verb.Rcpt or Verb.Data or Verb.Vrfy or Verb.Rset;

    /// <summary>Commands without parameters (RFC 5321 section 4.1.1; RFC 3207 for STARTTLS).</summary>
    public static bool TakesNothing(Verb verb) => verb is Verb.Data or Verb.Rset or Verb.Quit or Verb.StartTls;
}
