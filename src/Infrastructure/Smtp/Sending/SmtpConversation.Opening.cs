using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>How a conversation opens: connection, greeting, EHLO, STARTTLS, AUTH.</summary>
internal sealed partial class SmtpConversation
{
    private SslStream? Encrypted => stream as SslStream;

    /// <summary>Opens a conversation with one address of a smart host.</summary>
    /// <exception cref="ConversationException">It did not come about; nothing was sent that could have been taken.</exception>
    public static async Task<SmtpConversation> OpenAsync(
        SmartHost host, IPEndPoint address, SmtpOpening opening, SmtpTls tls, TimeProvider clock, CancellationToken stop)
    {
        var socket = await ConnectAsync(host, address, opening.Settings.Timeouts.Connect, clock, stop);
        var conversation = new SmtpConversation(socket, host, address, opening.Settings, clock);
        var isOpen = false;
        try
        {
            conversation.ListenForStop(stop);
            await conversation.GreetAsync(opening, tls);
            conversation.TakenReason = conversation.DescribeTaking(tls);
            isOpen = true;
            return conversation;
        }
        finally
        {
            conversation.End();
            if (!isOpen)
            {
                await conversation.LeaveAsync(waits: false);
            }
        }
    }

    private static async Task<Socket> ConnectAsync(SmartHost host, IPEndPoint address, TimeSpan limit, TimeProvider clock, CancellationToken stop)
    {
        var remote = RemoteText(host, address);
        var place = host.Name == address.Address.ToString() ? address.ToString() : remote;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await socket.ConnectAsync(address, either.Token);
            return socket;
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            throw stop.IsCancellationRequested
                ? new ConversationException("", "Postern stops.", remote, cause: e) { IsStop = true }
                : new ConversationException("4.4.1", $"{place} accepted no connection within {Words.Duration(limit)}.", remote, cause: e);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var reason = e.SocketErrorCode == SocketError.ConnectionRefused
                ? $"Connection refused by {place}."
                : $"No connection to {place}: {e.Message.TrimEnd('.')}.";
            throw new ConversationException("4.4.1", reason, remote, cause: e);
        }
    }

    private async Task GreetAsync(SmtpOpening opening, SmtpTls tls)
    {
        var greeting = await ReadReplyAsync(SmtpPhase.Greeting);
        Greeting = greeting.Text;
        if (!greeting.IsAccepted)
        {
            throw Turned("does not take connections now", greeting);
        }

        await SayHelloAsync(opening.HeloName);
        if (tls != SmtpTls.Off && Extensions.HasStartTls)
        {
            await EncryptAsync(opening, tls);
            await SayHelloAsync(opening.HeloName);
        }
        else if (tls == SmtpTls.Required)
        {
            throw new ConversationException("4.7.4", $"{Host.Name} does not offer STARTTLS, and this connector requires it.", Remote);
        }

        if (opening.Settings.UserName.Length > 0)
        {
            await SignInAsync(opening);
        }
    }

    private async Task SayHelloAsync(string name)
    {
        var reply = await AskAsync($"EHLO {name}\r\n", SmtpPhase.Hello);
        if (reply.IsRefused)
        {
            // Older than RFC 1869, or a firewall that hides ESMTP.
            Extensions = PeerExtensions.None;
            reply = await AskAsync($"HELO {name}\r\n", SmtpPhase.Hello);
        }
        else
        {
            Extensions = PeerExtensions.Parse(reply);
        }

        if (!reply.IsAccepted)
        {
            throw Turned("refuses our EHLO and HELO", reply);
        }
    }

    private async Task EncryptAsync(SmtpOpening opening, SmtpTls tls)
    {
        var reply = await AskAsync("STARTTLS\r\n", SmtpPhase.StartTls);
        if (!reply.IsAccepted)
        {
            if (tls == SmtpTls.Opportunistic)
            {
                return;
            }

            throw Turned("refuses STARTTLS, which this connector requires", reply, "4.7.4");
        }

        if (inputEnd > inputStart)
        {
            // Anyone on the way could have put these in, and they would count as said under encryption.
            throw new ConversationException("4.7.5", $"{Host.Name} sent plain text after it had agreed to encryption.", Remote);
        }

        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = encrypted;
        StartClock(SmtpPhase.StartTls);
        try
        {
            await encrypted.AuthenticateAsClientAsync(opening.TlsOptions(Host.Name, tls), deadline.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            IsUsable = false;
            var words = (e is IOException && e.InnerException is { } inner ? inner : e).Message.TrimEnd('.');
            throw new ConversationException("4.7.5", $"Encryption with {Host.Name} failed: {words}.", Remote, cause: e) { IsHandshake = true };
        }
        catch (OperationCanceledException e)
        {
            throw Broken(SmtpPhase.StartTls, e);
        }
    }

    private async Task SignInAsync(SmtpOpening opening)
    {
        if (Encrypted is null && !opening.Settings.AllowPlainText)
        {
            throw new ConversationException(
                "4.7.11", $"{Host.Name} is not encrypted, and this connector does not send its password in plain text.", Remote);
        }

        foreach (var mechanism in opening.Settings.AuthMechanisms)
        {
            if (Extensions.AuthMechanisms.Contains(mechanism))
            {
                var reply = mechanism == SmtpAuthMechanism.Plain ? await SignInPlainAsync(opening) : await SignInLoginAsync(opening);
                if (!reply.IsAccepted)
                {
                    throw Turned($"does not accept the sign-in of {opening.Settings.UserName}", reply, "4.7.8");
                }

                return;
            }
        }

        throw new ConversationException("4.7.4", $"{Host.Name} offers no way to sign in that this connector may use.", Remote);
    }

    private async Task<SmtpReply> SignInPlainAsync(SmtpOpening opening) =>
        await AskAsync($"AUTH PLAIN {Base64($"\0{opening.Settings.UserName}\0{opening.Password()}")}\r\n", SmtpPhase.Auth);

    private async Task<SmtpReply> SignInLoginAsync(SmtpOpening opening)
    {
        var reply = await AskAsync("AUTH LOGIN\r\n", SmtpPhase.Auth);
        if (reply.Code == 334)
        {
            reply = await AskAsync($"{Base64(opening.Settings.UserName)}\r\n", SmtpPhase.Auth);
        }

        return reply.Code == 334 ? await AskAsync($"{Base64(opening.Password())}\r\n", SmtpPhase.Auth) : reply;
    }

    private async Task<SmtpReply> AskAsync(string command, SmtpPhase phase)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(command), phase);
        return await ReadReplyAsync(phase);
    }

    private ConversationException Turned(string what, SmtpReply reply, string? status = null)
    {
        // A host that turns us away is not the message's fault, whatever class it chose: the status given on is transient.
        return new ConversationException(status ?? $"4{reply.Status[1..]}", $"{Host.Name} {what}.", Remote, reply.Text);
    }

    private string DescribeTaking(SmtpTls tls) => Encrypted is not { } encrypted
        ? $"{Host.Name} took it."
        : $"{Host.Name} took it over {ProtocolName(encrypted.SslProtocol)}{(tls == SmtpTls.Required ? "" : ", certificate not verified")}.";

    /// <summary>The peer's own greeting.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>What the opening showed, in a sentence for whoever sets the connector up.</summary>
    public string DescribeOpening()
    {
        var encryption = Encrypted is { } encrypted ? $"encrypted with {ProtocolName(encrypted.SslProtocol)}" : Extensions.HasStartTls ? "not encrypted, though it offers STARTTLS" : "not encrypted, because it does not offer STARTTLS";
        var size = Extensions.SizeLimit > 0 ? $", and takes messages of up to {Extensions.SizeLimit:N0} bytes" : "";
        var signedIn = settings.UserName.Length > 0 ? $", {settings.UserName} signed in" : "";
        return $"{Remote} answered: {encryption}{signedIn}{size}.";
    }

    private static string ProtocolName(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        _ => "TLS",
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>What every conversation of a connector opens with.</summary>
/// <param name="HeloName">The name we give ourselves.</param>
/// <param name="Password">Gives the password at the moment it is needed; it is not kept.</param>
internal sealed record SmtpOpening(SmtpConnectorSettings Settings, string HeloName, Func<string> Password)
{
    private readonly Lazy<X509Certificate2Collection> authorities = new(() =>
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(Settings.TrustedAuthorities);
        return certificates;
    });

    public SslClientAuthenticationOptions TlsOptions(string hostName, SmtpTls tls)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Settings.TlsServerName.Length > 0 ? Settings.TlsServerName : hostName,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,

            // Encryption without proof still keeps listeners out; refusing would mean plain text (RFC 7435).
            RemoteCertificateValidationCallback = (_, _, _, faults) => faults == SslPolicyErrors.None || tls != SmtpTls.Required,
        };
        if (tls == SmtpTls.Required && Settings.TrustedAuthorities.Length > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities.Value);
        }

        return options;
    }
}
