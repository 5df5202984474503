using System.Text.Json.Serialization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Whether the conversation with a smart host is encrypted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SmtpTls>))]
public enum SmtpTls
{
    /// <summary>Encrypt when the peer offers STARTTLS, whatever certificate it shows; in plain text otherwise.</summary>
    Opportunistic,

    /// <summary>Encrypt, and verify the certificate; without that nothing is sent.</summary>
    Required,

    /// <summary>Never ask for STARTTLS.</summary>
    Off,
}

/// <summary>How Postern proves who it is to a smart host (RFC 4954).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SmtpAuthMechanism>))]
public enum SmtpAuthMechanism
{
    /// <summary>RFC 4616; one command.</summary>
    Plain,

    /// <summary>Never standardised, still the only one of some old hosts.</summary>
    Login,
}

/// <summary>What an administrator sets for a connector of kind <c>smtp</c>.</summary>
public sealed record SmtpConnectorSettings
{
    /// <summary>The hosts that take our mail, in order of preference: <c>host</c>, <c>host:port</c>, <c>[IPv6]:port</c>. At least one. Default none.</summary>
    [Setting("Smart hosts", "Smart hosts")]
    public IReadOnlyList<string> SmartHosts { get; init; } = [];

    /// <summary>TCP port of smart hosts that name none. Default 25 (RFC 5321 section 4.5.4.2).</summary>
    [Setting("Smart hosts", "Port")]
    public int Port { get; init; } = 25;

    /// <summary>Conversations held at once with one destination. Default 20, as Postfix has it.</summary>
    [Setting("Smart hosts", "Conversations at once")]
    public int Connections { get; init; } = 20;

    /// <summary>Messages after which a conversation ends and a new one begins, so that load spreads over the hosts behind a name. Default 100.</summary>
    [Setting("Smart hosts", "Messages per conversation")]
    public int MaxMessagesPerConnection { get; init; } = 100;

    /// <summary>Recipients per transaction; a message to more goes in several. Default 100, which every server must take (RFC 5321 section 4.5.3.1.8).</summary>
    [Setting("Smart hosts", "Recipients per transaction")]
    public int MaxRecipientsPerTransaction { get; init; } = 100;

    /// <summary>How long an unused conversation is kept open. Default 15 seconds; servers end idle ones after some minutes.</summary>
    [Setting("Smart hosts", "Keep open when unused")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Opportunistic encrypts when the host offers it; Required encrypts and verifies the certificate, or sends nothing; Off never asks. Default <see cref="SmtpTls.Opportunistic"/>.</summary>
    [Setting("Encryption and sign-in", "Encryption")]
    public SmtpTls Tls { get; init; }

    /// <summary>The name that the certificate must carry when <see cref="Tls"/> is required. Default empty: the name of the smart host.</summary>
    [Setting("Encryption and sign-in", "Name in the certificate")]
    public string TlsServerName { get; init; } = "";

    /// <summary>Path of a PEM file with the authorities trusted when <see cref="Tls"/> is required. Default empty: those of the machine.</summary>
    [Setting("Encryption and sign-in", "Trusted authorities")]
    public string TrustedAuthorities { get; init; } = "";

    /// <summary>Account at the smart host. Default empty: no sign-in.</summary>
    [Setting("Encryption and sign-in", "User name")]
    public string UserName { get; init; } = "";

    /// <summary>Name of the secret that holds the password of the account. Default empty.</summary>
    [Setting("Encryption and sign-in", "Password")]
    public string PasswordSecret { get; init; } = "";

    /// <summary>Ways to sign in, in order of preference. Default PLAIN, then LOGIN.</summary>
    [Setting("Encryption and sign-in", "Ways to sign in")]
    public IReadOnlyList<SmtpAuthMechanism> AuthMechanisms { get; init; } = [SmtpAuthMechanism.Plain, SmtpAuthMechanism.Login];

    /// <summary>Send the password without encryption too. Default false.</summary>
    [Setting("Encryption and sign-in", "Password without encryption")]
    public bool AllowPlainText { get; init; }

    /// <summary>The name Postern gives itself in EHLO. Default empty: the host name of this machine.</summary>
    [Setting("Smart hosts", "EHLO name")]
    public string HeloName { get; init; } = "";

    /// <summary>How long each step may take.</summary>
    [Setting("Time limits", "Time limits")]
    public SmtpTimeouts Timeouts { get; init; } = new();

    /// <summary>Wait after the first failed attempt; it doubles from there. Default 1 minute.</summary>
    [Setting("Retries", "First retry")]
    public TimeSpan FirstRetry { get; init; } = RetrySchedule.Default.First;

    /// <summary>No wait between attempts is longer. Default 15 minutes.</summary>
    [Setting("Retries", "Longest wait")]
    public TimeSpan LongestRetry { get; init; } = RetrySchedule.Default.Longest;

    /// <summary>Age at which a message is returned to its sender. Default 5 days (RFC 5321 section 4.5.4.1).</summary>
    [Setting("Retries", "Return to sender after")]
    public TimeSpan Expiry { get; init; } = RetrySchedule.Default.Expiry;

    /// <summary>
    /// Only these may send through this connector: an address, a domain such as <c>example.net</c> or <c>*.example.net</c>, or a pattern such as <c>CCMAIL:* at SALES</c>,
    /// one a line; any address of somebody in the directory counts, and mail without a sender always passes. Others are refused at RCPT, or their mail is returned, with the
    /// reason. Default none: everybody may, as in the original.
    /// </summary>
    [Setting("Delivery Restrictions", "Accept from")]
    public IReadOnlyList<string> AcceptFrom { get; init; } = [];

    /// <summary>These may not send through this connector, though accept from has them; written in the same way. Default none: nobody is rejected, as in the original.</summary>
    [Setting("Delivery Restrictions", "Reject from")]
    public IReadOnlyList<string> RejectFrom { get; init; } = [];

    /// <summary>A probe that shows whether mail gets out and its report back.</summary>
    [Setting("Canary", "Canary")]
    public CanarySettings Canary { get; init; } = new();

    /// <summary>The retry numbers as the queue takes them.</summary>
    [JsonIgnore]
    public RetrySchedule Retry => new(FirstRetry, LongestRetry, Expiry);

    /// <summary>What is wrong with these settings, a sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (SmartHosts.Count == 0)
        {
            faults.Add("At least one smart host is needed.");
        }

        foreach (var host in SmartHosts)
        {
            if (!SmartHost.TryParse(host, Port, out _, out var fault))
            {
                faults.Add(fault);
            }
        }

        Check(Port is > 0 and <= 65535, "The port must be 1 to 65,535.");
        Check(Connections is > 0 and <= 1000, "Connections must be 1 to 1,000.");
        Check(MaxMessagesPerConnection > 0, "Messages per connection must be at least 1.");
        Check(MaxRecipientsPerTransaction is > 0 and <= 1000, "Recipients per transaction must be 1 to 1,000.");
        Check(UserName.Length == 0 || AuthMechanisms.Count > 0, "A user name needs at least one way to sign in.");
        Check(UserName.Length == 0 || PasswordSecret.Length > 0, "A user name needs the name of the secret that holds its password.");
        Check(TrustedAuthorities.Length == 0 || File.Exists(TrustedAuthorities), $"The file {TrustedAuthorities} does not exist.");
        Check(HeloName.All(c => c is > ' ' and <= '~'), "The EHLO name must be plain ASCII without blanks.");
        Check(IdleTimeout > TimeSpan.Zero && Timeouts.ArePositive, "A time limit must be longer than zero.");
        Check(FirstRetry > TimeSpan.Zero && LongestRetry >= FirstRetry && Expiry > LongestRetry, "The first retry, the longest wait and the expiry must grow in this order.");
        faults.AddRange(SenderFaults.Of(AcceptFrom, RejectFrom));
        faults.AddRange(Canary.Faults("SMTP"));
        return faults;

        void Check(bool isRight, string fault)
        {
            if (!isRight)
            {
                faults.Add(fault);
            }
        }
    }
}

/// <summary>Time limits per step of a conversation; defaults are the minima of RFC 5321 section 4.5.3.2 where it has one.</summary>
public sealed record SmtpTimeouts
{
    /// <summary>Until an address accepts the connection. Default 30 seconds: the next address should have its turn soon.</summary>
    [Setting("Time limits", "Connection")]
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until the greeting. Default 5 minutes.</summary>
    [Setting("Time limits", "Greeting")]
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>EHLO, STARTTLS with its handshake, and AUTH. Default 5 minutes.</summary>
    [Setting("Time limits", "EHLO, TLS and sign-in")]
    public TimeSpan Hello { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>MAIL. Default 5 minutes.</summary>
    [Setting("Time limits", "MAIL")]
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>RCPT, each. Default 5 minutes.</summary>
    [Setting("Time limits", "RCPT")]
    public TimeSpan Recipient { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>DATA until its 354. Default 2 minutes.</summary>
    [Setting("Time limits", "DATA")]
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Each block of content. Default 3 minutes.</summary>
    [Setting("Time limits", "Block of content")]
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>From the final dot to its reply; a short limit here makes repeats. Default 10 minutes.</summary>
    [Setting("Time limits", "End of a message")]
    public TimeSpan End { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The good-bye. Default 5 seconds; nothing depends on it.</summary>
    [Setting("Time limits", "QUIT")]
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);

    internal bool ArePositive => Array.TrueForAll([Connect, Greeting, Hello, Mail, Recipient, Data, Block, End, Quit], limit => limit > TimeSpan.Zero);

    internal TimeSpan Of(SmtpPhase phase) => phase switch
    {
        SmtpPhase.Greeting => Greeting,
        SmtpPhase.Hello or SmtpPhase.StartTls or SmtpPhase.Auth => Hello,
        SmtpPhase.Mail or SmtpPhase.Reset => Mail,
        SmtpPhase.Recipient => Recipient,
        SmtpPhase.Data => Data,
        SmtpPhase.Block => Block,
        SmtpPhase.End => End,
        _ => Quit,
    };
}

/// <summary>The steps of a conversation; each has its time limit and its words.</summary>
internal enum SmtpPhase
{
    Greeting, Hello, StartTls, Auth, Reset, Mail, Recipient, Data, Block, End, Quit,
}

internal static class SmtpPhaseWords
{
    /// <summary>The step as it stands in a sentence after “did not answer”.</summary>
    public static string InWords(this SmtpPhase phase) => phase switch
    {
        SmtpPhase.Greeting => "the connection",
        SmtpPhase.Hello => "EHLO",
        SmtpPhase.StartTls => "STARTTLS",
        SmtpPhase.Auth => "AUTH",
        SmtpPhase.Reset => "RSET",
        SmtpPhase.Mail => "MAIL",
        SmtpPhase.Recipient => "RCPT",
        SmtpPhase.Data => "DATA",
        SmtpPhase.Block => "the content",
        SmtpPhase.End => "the end of the message",
        _ => "QUIT",
    };
}
