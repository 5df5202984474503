using System.Globalization;
using Microsoft.AspNetCore.Connections;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>One client's conversation with the listener (RFC 5321).</summary>
/// <remarks>
/// Every command is looked up in <see cref="SessionStates"/> and then obeyed by the method of its name. Whatever goes wrong in here ends this
/// session with 421 and no other. Nothing is acknowledged before the intake has answered.
/// </remarks>
internal sealed partial class SmtpSession(ListenerContext context, SessionChannel channel, long number, CancellationToken aborted)
{
    private readonly ListenerSettings settings = context.Settings;
    private readonly bool mayRelay = context.RelayNetworks.Contains(channel.Client);
    private SessionState state;
    private MailTransaction? transaction;
    private string helo = "";
    private bool isExtended;
    private int commands;
    private int errors;
    private int transactions;
    private volatile bool isStopping;

    /// <summary>Name and address of the client, fit for people and logs.</summary>
    public string Peer => PeerName.Of(helo, channel.Client);

    /// <summary>Talks until the client or a limit ends it; a <paramref name="refusal"/> is all that is said.</summary>
    public async Task RunAsync(SmtpReply? refusal)
    {
        try
        {
            if (refusal is { } reply)
            {
                ListenerLog.SessionRefused(context.Logger, Peer, reply.ToString());
                channel.Write(reply);
            }
            else
            {
                channel.Write(new SmtpReply(220, "", $"{context.HostName} ESMTP Postern"));
                while (await StepAsync())
                {
                }
            }

            await channel.CloseAsync();
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or OperationCanceledException or ObjectDisposedException)
        {
            ListenerLog.ClientGone(context.Logger, Peer);
            channel.Abort("The conversation is over.");
        }
        catch (Exception e)
        {
            ListenerLog.SessionFailed(context.Logger, e, Peer);
            await SayFarewellAsync();
        }
        finally
        {
            await channel.DisposeAsync();
        }
    }

    /// <summary>Lets a running transaction finish within the stop time-out, and ends the session then or at once.</summary>
    public void Stop()
    {
        isStopping = true;
        channel.Interrupt();
    }

    private async Task SayFarewellAsync()
    {
        try
        {
            channel.Write(Replies.InternalFault);
            await channel.CloseAsync();
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or InvalidOperationException or OperationCanceledException)
        {
            ListenerLog.ClientGone(context.Logger, Peer);
        }
    }

    // False ends the session.
    private async ValueTask<bool> StepAsync()
    {
        if (isStopping && transaction is null)
        {
            return End(Replies.ShuttingDown);
        }

        var (kind, command) = await channel.ReadCommandAsync(settings.MaxCommandBytes, settings.CommandTimeout);
        return kind switch
        {
            InputKind.Complete => await ObeyAsync(command),
            InputKind.Interrupted => true,
            InputKind.TooLong => Answer(Replies.LineTooLong),
            InputKind.BareLineEnd => End(Replies.BareLineEnd),
            InputKind.Expired => End(Expired()),
            _ => false,
        };
    }

    private async ValueTask<bool> ObeyAsync(SmtpCommand command)
    {
        if (command.Verb != Verb.Rcpt && ++commands > settings.MaxCommands)
        {
            return End(Replies.TooManyCommands);
        }

        if (SessionStates.Refusal(command.Verb, state) is { } refusal)
        {
            return command.Verb == Verb.Foreign ? End(refusal) : Answer(refusal);
        }

        if (settings.RequireTls && !channel.IsSecure && SessionStates.NeedsTls(command.Verb))
        {
            return Answer(Replies.TlsFirst);
        }

        if (command.Argument.Length > 0 && SessionStates.TakesNothing(command.Verb))
        {
            return Answer(Replies.NoParameters);
        }

        return command.Verb switch
        {
            Verb.Helo or Verb.Ehlo => Hello(command),
            Verb.StartTls => await StartTlsAsync(),
            Verb.Mail => await MailAsync(command.Argument),
            Verb.Rcpt => Rcpt(command.Argument),
            Verb.Data => await DataAsync(),
            Verb.Rset => Reset(),
            Verb.Vrfy => Answer(command.Argument.Length > 0 ? Replies.CannotVerify : EsmtpParameters.Bad("Say VRFY name")),
            Verb.Help => Answer(new SmtpReply(214, "2.0.0", "HELO EHLO STARTTLS MAIL RCPT DATA RSET NOOP VRFY QUIT; see RFC 5321")),
            Verb.Quit => Quit(),
            _ => Answer(Replies.Ok),
        };
    }

    private bool Hello(SmtpCommand command)
    {
        var name = command.Argument.Split(' ')[0];
        if (name.Length is 0 or > 255)
        {
            return Answer(Replies.HeloNeedsName);
        }

        Forget();
        helo = name;
        isExtended = command.Verb == Verb.Ehlo;
        state = SessionState.Greeted;
        channel.WriteLines(250, isExtended ? Extensions() : [context.HostName]);
        return true;
    }

    private List<string> Extensions()
    {
        List<string> lines =
        [
            context.HostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {settings.MaxMessageBytes}"), "8BITMIME", "SMTPUTF8",
            "ENHANCEDSTATUSCODES", "DSN", "HELP",
        ];
        if (context.Certificate is not null && !channel.IsSecure)
        {
            lines.Insert(1, "STARTTLS");
        }

        return lines;
    }

    private async ValueTask<bool> StartTlsAsync()
    {
        if (context.Certificate is null)
        {
            return Answer(Replies.NotOffered);
        }

        if (channel.IsSecure)
        {
            return Answer(Replies.TlsAlready);
        }

        // What came in the clear must never be taken for something said under TLS.
        if (channel.HasInputWaiting())
        {
            return End(Replies.TlsInjection);
        }

        channel.Write(Replies.ReadyForTls);
        if (await channel.StartTlsAsync(context.Certificate.Options(context.Logger), settings.CommandTimeout) is { } fault)
        {
            ListenerLog.HandshakeFailed(context.Logger, Peer, ReplyText.Clean(fault));
            channel.Abort("The handshake failed.");
            return false;
        }

        Forget();
        helo = "";
        state = SessionState.Connected;
        return true;
    }

    private bool Quit()
    {
        channel.Write(Replies.Goodbye);
        return false;
    }

    private bool Reset()
    {
        Forget();
        return Answer(Replies.Ok);
    }

    private void Forget()
    {
        transaction = null;
        state = state == SessionState.Connected ? SessionState.Connected : SessionState.Greeted;
    }

    private SmtpReply Expired() => channel.Expiry switch
    {
        Expiry.Stopping => Replies.ShuttingDown,
        Expiry.SessionTooLong => Replies.SessionTooLong,
        _ => Replies.TimedOut,
    };

    private bool Answer(in SmtpReply reply)
    {
        channel.Write(reply);
        return !reply.IsMistake || ++errors < settings.MaxErrors || End(Replies.TooManyErrors);
    }

    private bool End(in SmtpReply reply)
    {
        ListenerLog.SessionClosed(context.Logger, Peer, reply.ToString());
        channel.Write(reply);
        return false;
    }
}
