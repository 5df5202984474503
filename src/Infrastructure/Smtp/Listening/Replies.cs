namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The replies that are the same every time, with their codes in one place (RFC 5321 section 4.2, RFC 3463).</summary>
internal static class Replies
{
    public static readonly SmtpReply Ok = new(250, "2.0.0", "Ok");
    public static readonly SmtpReply SenderOk = new(250, "2.1.0", "Sender ok");
    public static readonly SmtpReply RecipientOk = new(250, "2.1.5", "Recipient ok");
    public static readonly SmtpReply SendData = new(354, "", "End data with <CR><LF>.<CR><LF>");
    public static readonly SmtpReply ReadyForTls = new(220, "2.0.0", "Ready to start TLS");
    public static readonly SmtpReply Goodbye = new(221, "2.0.0", "Goodbye");
    public static readonly SmtpReply CannotVerify = new(252, "2.5.0", "Addresses are verified at RCPT");

    public static readonly SmtpReply TooManySessions = new(421, "4.3.2", "Too many sessions, try again later");
    public static readonly SmtpReply TooManyFromClient = new(421, "4.7.0", "Too many sessions from your address, try again later");
    public static readonly SmtpReply ShuttingDown = new(421, "4.3.2", "The service is stopping, try again later");
    public static readonly SmtpReply TimedOut = new(421, "4.4.2", "Waited too long, closing the connection");
    public static readonly SmtpReply SessionTooLong = new(421, "4.4.2", "The session lasted too long, closing the connection");
    public static readonly SmtpReply TooManyErrors = new(421, "4.7.0", "Too many errors, closing the connection");
    public static readonly SmtpReply TooManyCommands = new(421, "4.7.0", "Too many commands without a message, closing the connection");
    public static readonly SmtpReply TooManyTransactions = new(421, "4.7.0", "Enough messages for one session, connect again");
    public static readonly SmtpReply InternalFault = new(421, "4.3.0", "Internal fault, try again later");

    public static readonly SmtpReply UnknownCommand = new(500, "5.5.2", "Command not recognised");
    public static readonly SmtpReply Malformed = new(500, "5.5.2", "The command holds bytes that no command may hold");
    public static readonly SmtpReply BareLineEnd = new(500, "5.5.2", "Lines must end in <CR><LF>, closing the connection");
    public static readonly SmtpReply LineTooLong = new(500, "5.5.2", "Command line too long");
    public static readonly SmtpReply NotSmtp = new(554, "5.5.1", "This is an SMTP server");
    public static readonly SmtpReply NotOffered = new(502, "5.5.1", "Command not offered");
    public static readonly SmtpReply NoParameters = new(501, "5.5.4", "This command takes no parameters");

    // RFC 2034 section 4 leaves the answer to EHLO and HELO without an enhanced status.
    public static readonly SmtpReply HeloNeedsName = new(501, "", "Say HELO or EHLO with your host name");

    public static readonly SmtpReply HeloFirst = new(503, "5.5.1", "Say HELO or EHLO first");
    public static readonly SmtpReply MailFirst = new(503, "5.5.1", "MAIL comes first");
    public static readonly SmtpReply MailAgain = new(503, "5.5.1", "A sender was already given");
    public static readonly SmtpReply NoRecipients = new(554, "5.5.1", "No valid recipients");
    public static readonly SmtpReply TlsAlready = new(503, "5.5.1", "TLS is already active");
    public static readonly SmtpReply TlsFirst = new(530, "5.7.0", "Say STARTTLS first");
    public static readonly SmtpReply TlsInjection = new(554, "5.5.1", "Nothing may follow STARTTLS before the handshake");

    public static readonly SmtpReply TooManyRecipients = new(452, "4.5.3", "Too many recipients, send to the others in another transaction");
    public static readonly SmtpReply TooManyRefused = new(452, "4.5.3", "Too many refused recipients in one transaction");
    public static readonly SmtpReply NotOurs = new(550, "5.7.1", "The recipient is not ours, and your address may not relay");
    public static readonly SmtpReply SenderNeedsUtf8 = new(553, "5.6.7", "The sender's address needs SMTPUTF8");
    public static readonly SmtpReply RecipientNeedsUtf8 = new(553, "5.6.7", "The recipient's address needs SMTPUTF8");

    public static readonly SmtpReply BareLineEndInData = new(550, "5.6.0", "The message has lines that end in a bare CR or LF");
    public static readonly SmtpReply DiskFull = new(452, "4.3.1", "Cannot store the message now");

    public static SmtpReply TooLarge(long limit) => new(552, "5.3.4", $"The message is larger than {limit} bytes");

    public static SmtpReply DataLineTooLong(int limit) => new(550, "5.6.0", $"The message has a line of more than {limit} bytes");

    public static SmtpReply Loop(int hops) => new(554, "5.4.6", $"Mail loop: the message passed {hops} servers");
}
