namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>A conversation with a smart host did not begin, or broke off. The connector turns it into outcomes in one place.</summary>
/// <param name="status">RFC 3463 status of class 4: it is never the message's fault.</param>
/// <param name="reason">One sentence for the operator that names the peer.</param>
/// <param name="remote">Host, address and port, as far as they are known.</param>
/// <param name="reply">The peer's own words, if it said any.</param>
internal sealed class ConversationException(string status, string reason, string remote, string reply = "", Exception? cause = null)
    : Exception(reason, cause)
{
    public string Status { get; } = status;

    public string Remote { get; } = remote;

    public string Reply { get; } = reply;

    /// <summary>We broke it off, because Postern stops.</summary>
    public bool IsStop { get; init; }

    /// <summary>The TLS handshake failed: the same address may be tried without TLS where that is allowed.</summary>
    public bool IsHandshake { get; init; }
}
