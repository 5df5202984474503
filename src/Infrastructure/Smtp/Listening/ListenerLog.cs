using Microsoft.Extensions.Logging;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Every log line of the SMTP listener, ids 3000 to 3099. What a peer wrote is cleaned before it comes here.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(3000, LogLevel.Information, "Listening for SMTP on {EndPoint}")]
    public static partial void Listening(ILogger logger, string endPoint);

    [LoggerMessage(3001, LogLevel.Information, "Stopped listening for SMTP on {EndPoint}")]
    public static partial void Stopped(ILogger logger, string endPoint);

    [LoggerMessage(3002, LogLevel.Error, "Could not take a connection; trying again")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "Refused a session of {Peer}: {Reply}")]
    public static partial void SessionRefused(ILogger logger, string peer, string reply);

    [LoggerMessage(3004, LogLevel.Error, "A session of {Peer} failed; the others go on")]
    public static partial void SessionFailed(ILogger logger, Exception exception, string peer);

    [LoggerMessage(3005, LogLevel.Information, "Closed a session of {Peer}: {Reply}")]
    public static partial void SessionClosed(ILogger logger, string peer, string reply);

    [LoggerMessage(3006, LogLevel.Debug, "{Peer} went away")]
    public static partial void ClientGone(ILogger logger, string peer);

    [LoggerMessage(3010, LogLevel.Debug, "Accepted message {MessageId}: {Bytes} bytes for {Recipients} recipients from {Peer}")]
    public static partial void Accepted(ILogger logger, long messageId, long bytes, int recipients, string peer);

    [LoggerMessage(3011, LogLevel.Warning, "Put off a message from {Peer}: {Reason}")]
    public static partial void PutOff(ILogger logger, string peer, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "Refused a message from {Peer}: {Reason}")]
    public static partial void Refused(ILogger logger, string peer, string reason);

    [LoggerMessage(3013, LogLevel.Information, "Refused {Command} from {Peer}: {Reply}")]
    public static partial void CommandRefused(ILogger logger, string command, string peer, string reply);

    [LoggerMessage(3014, LogLevel.Error, "Could not store a message from {Peer}")]
    public static partial void StorageFailed(ILogger logger, Exception exception, string peer);

    [LoggerMessage(3020, LogLevel.Information, "TLS handshake with {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(3021, LogLevel.Error, "Could not read the renewed certificate; the old one stays in use: {Reason}")]
    public static partial void CertificateUnreadable(ILogger logger, string reason);

    [LoggerMessage(3022, LogLevel.Information, "Using the renewed certificate {Thumbprint}")]
    public static partial void CertificateRenewed(ILogger logger, string thumbprint);
}
