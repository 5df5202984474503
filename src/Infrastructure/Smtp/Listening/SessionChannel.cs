using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What came of waiting for the client.</summary>
internal enum InputKind
{
    /// <summary>A command, or the end of a message.</summary>
    Complete,

    /// <summary>A bare CR or LF in a command: another server may see another command there.</summary>
    BareLineEnd,
    TooLong,
    Ended,
    Expired,

    /// <summary>The listener asks for attention.</summary>
    Interrupted,
}

/// <summary>The bytes of one session: commands and data in, replies out, in the clear or under TLS.</summary>
/// <remarks>Replies are gathered and leave together when nothing complete is left to read (RFC 2920 section 3.2).</remarks>
internal sealed class SessionChannel(ConnectionContext connection, SessionDeadline deadline, TimeProvider clock)
{
    private const int MostUnflushed = 16 * 1024;
    private const int ClosingTime = 10;

    // A client that sends fewer bytes than this per time-out is taken for a slow attack or a dead line.
    private const int DataBlock = 4096;

    private readonly CommandReader commands = new();
    private volatile PipeReader input = connection.Transport.Input;
    private PipeWriter output = connection.Transport.Output;
    private SslStream? tls;
    private volatile Expiry expiry;
    private long abortAt;

    public IPAddress Client { get; } = PeerName.Plain(connection.RemoteEndPoint);

    public bool IsSecure => tls is not null;

    /// <summary>Version and cipher in use; null without TLS.</summary>
    public string? TlsDetails => tls is null ? null : $"{tls.SslProtocol} {tls.NegotiatedCipherSuite}";

    /// <summary>Why waiting ended with <see cref="InputKind.Expired"/>.</summary>
    public Expiry Expiry => expiry;

    public void Write(in SmtpReply reply) => reply.WriteTo(output);

    public void WriteLines(int code, IReadOnlyList<string> lines) => SmtpReply.WriteLines(output, code, lines);

    /// <summary>The next command line, once it is complete.</summary>
    public async ValueTask<(InputKind Kind, SmtpCommand Command)> ReadCommandAsync(int longest, int timeout)
    {
        deadline.Allow(timeout);
        if (output.UnflushedBytes > MostUnflushed)
        {
            await FlushAsync();
        }

        while (true)
        {
            if (!input.TryRead(out var result))
            {
                await FlushAsync();
                result = await input.ReadAsync();
            }

            if (result.IsCanceled)
            {
                input.AdvanceTo(result.Buffer.Start);
                return (expiry == Expiry.None ? InputKind.Interrupted : InputKind.Expired, default);
            }

            var kind = commands.Read(result.Buffer, longest, out var consumed, out var command);
            input.AdvanceTo(consumed, kind is null ? result.Buffer.End : consumed);
            if (kind is not null || result.IsCompleted)
            {
                return (kind ?? InputKind.Ended, command);
            }
        }
    }

    /// <summary>Feeds the scanner to the end of the message, or to the point where its size says that it is an attack.</summary>
    public async ValueTask<InputKind> ReadDataAsync(DataScanner scanner, long abandonAt, int timeout)
    {
        deadline.Allow(timeout);
        var block = 0L;
        while (true)
        {
            if (!input.TryRead(out var result))
            {
                await FlushAsync();
                result = await input.ReadAsync();
            }

            if (expiry != Expiry.None)
            {
                input.AdvanceTo(result.Buffer.Start);
                return InputKind.Expired;
            }

            var taken = Feed(scanner, result.Buffer);
            input.AdvanceTo(result.Buffer.GetPosition(taken));
            if (scanner.IsEnded || result.IsCompleted || scanner.Length > abandonAt)
            {
                return scanner.IsEnded ? InputKind.Complete : result.IsCompleted ? InputKind.Ended : InputKind.TooLong;
            }

            block += taken;
            if (block >= DataBlock)
            {
                block = 0;
                deadline.Allow(timeout);
            }
        }
    }

    /// <summary>Nothing runs out while the intake has the message.</summary>
    public void SuspendDeadline() => deadline.Suspend();

    /// <summary>Has the client sent anything that was not read yet?</summary>
    public bool HasInputWaiting()
    {
        if (!input.TryRead(out var result))
        {
            return false;
        }

        var hasBytes = result.Buffer.Length > 0;
        input.AdvanceTo(result.Buffer.Start);
        return hasBytes;
    }

    /// <summary>Sends what is gathered, shakes hands, and goes on under TLS. Null when it did, else what went wrong.</summary>
    public async Task<string?> StartTlsAsync(SslServerAuthenticationOptions options, int timeout)
    {
        deadline.Allow(timeout);
        await FlushAsync();
        var stream = new SslStream(new DuplexPipeStream(connection.Transport), leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsServerAsync(options);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            await stream.DisposeAsync();
            return e.InnerException?.Message ?? e.Message;
        }

        tls = stream;
        output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        return null;
    }

    /// <summary>Wakes the session so that it can see that the listener stops.</summary>
    public void Interrupt() => input.CancelPendingRead();

    /// <summary>Ends what has run out of time: first by waking the session, then, when it cannot even write, by force.</summary>
    public void Tick(long now)
    {
        var found = deadline.At(now);
        if (found == Expiry.None || (expiry != Expiry.None && now < abortAt))
        {
            return;
        }

        if (expiry != Expiry.None)
        {
            Abort("The client does not read.");
            return;
        }

        abortAt = now + (ClosingTime * clock.TimestampFrequency);
        expiry = found;
        input.CancelPendingRead();
    }

    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));

    /// <summary>Sends the last replies and ends the connection in order.</summary>
    public async Task CloseAsync()
    {
        deadline.Allow(ClosingTime);
        await FlushAsync();
        // Unread bytes would turn the end into a reset, which can take the last reply with it.
        while (input.TryRead(out var rest))
        {
            var isLast = rest.IsCompleted || rest.Buffer.IsEmpty;
            input.AdvanceTo(rest.Buffer.End);
            if (isLast)
            {
                break;
            }
        }

        if (tls is not null)
        {
            await tls.ShutdownAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        deadline.Allow(ClosingTime);
        try
        {
            if (tls is not null)
            {
                await tls.DisposeAsync();
            }
        }
        finally
        {
            await connection.Transport.Output.CompleteAsync();
            await connection.Transport.Input.CompleteAsync();
            await connection.DisposeAsync();
        }
    }

    private async ValueTask FlushAsync()
    {
        if (output.UnflushedBytes > 0)
        {
            await output.FlushAsync();
        }
    }

    private static long Feed(DataScanner scanner, in ReadOnlySequence<byte> buffer)
    {
        var taken = 0L;
        foreach (var piece in buffer)
        {
            taken += scanner.Scan(piece.Span);
            if (scanner.IsEnded)
            {
                break;
            }
        }

        return taken;
    }
}
