using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Everything an operator can set about one SMTP listener; stored as JSON, so simple types only.</summary>
/// <remarks>Times are whole seconds, sizes are bytes. <see cref="Faults"/> says in words what is wrong with a set of values.</remarks>
public sealed record ListenerSettings
{
    /// <summary>Address to bind: an IP address, <c>localhost</c>, or <c>*</c> for all. Default 127.0.0.1.</summary>
    [Setting("Place", "Address")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 takes a free one. Default 2525.</summary>
    [Setting("Place", "Port")]
    public int Port { get; init; } = 2525;

    /// <summary>Name in the greeting and in trace fields; empty takes the machine's. Default empty.</summary>
    [Setting("Place", "Name in the greeting")]
    public string HostName { get; init; } = "";

    /// <summary>May clients on this machine send to recipients that are not ours? Default yes.</summary>
    [Setting("Who may send", "This machine may relay")]
    public bool RelaysLoopback { get; init; } = true;

    /// <summary>More networks whose clients may: <c>10.1.0.0/16</c>, <c>fd00:1::/32</c>, <c>192.0.2.7</c>. Default none.</summary>
    [Setting("Who may send", "Networks that may relay")]
    public IReadOnlyList<string> RelayNetworks { get; init; } = [];

    /// <summary>Largest message, in bytes as it is stored. Default 100 MB.</summary>
    [Setting("Limits", "Largest message", Unit = "bytes")]
    public long MaxMessageBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>
    /// Longest line of a message, in bytes without its end. RFC 5321 section 4.5.3.1.6 lets a sender use 998; a listener that cuts
    /// there loses real mail (base64 or HTML on one line), so the default is 1 MB. Lines are never held in memory whole.
    /// </summary>
    [Setting("Limits", "Longest line", Unit = "bytes")]
    public int MaxLineBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Take a message whose lines end in a bare CR or LF, and end them properly? Otherwise it is refused with 550 5.6.0. Either way such a
    /// line end never ends the message, so nobody smuggles a second one in. Default no.
    /// </summary>
    [Setting("Place", "Take bare line ends")]
    public bool AcceptsBareLineEnds { get; init; }

    /// <summary>Recipients of one message; more get 452 4.5.3 and are sent by the client in a second transaction. Default 1,000.</summary>
    [Setting("Limits", "Recipients of a message")]
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Refused recipients of one message; more get 452 4.5.3 without a look into the directory. Default 100.</summary>
    [Setting("Limits", "Refused recipients")]
    public int MaxRefusedRecipients { get; init; } = 100;

    /// <summary>Sessions at one time; more get 421 4.3.2. Default 200.</summary>
    [Setting("Limits", "Sessions at once")]
    public int MaxSessions { get; init; } = 200;

    /// <summary>Sessions at one time from one client: an IPv4 address, or an IPv6 /64. Default 50.</summary>
    [Setting("Limits", "Sessions per client")]
    public int MaxSessionsPerClient { get; init; } = 50;

    /// <summary>Messages in one session; then 421, and the client connects again. Default 10,000.</summary>
    [Setting("Limits", "Messages per session")]
    public int MaxTransactions { get; init; } = 10_000;

    /// <summary>Commands since the last accepted message, recipients not counted; then 421. Default 1,000.</summary>
    [Setting("Limits", "Commands per message")]
    public int MaxCommands { get; init; } = 1000;

    /// <summary>Wrong or misplaced commands since the last accepted message; then 421. Default 20.</summary>
    [Setting("Limits", "Wrong commands")]
    public int MaxErrors { get; init; } = 20;

    /// <summary>Longest command line in bytes without its end; RFC 3461 section 4.2 and its like bring 512 to about 1,100. Default 2,048.</summary>
    [Setting("Limits", "Longest command", Unit = "bytes")]
    public int MaxCommandBytes { get; init; } = 2048;

    /// <summary>Received fields that mean a mail loop: 554 5.4.6. Default 30.</summary>
    [Setting("Limits", "Received fields")]
    public int MaxHops { get; init; } = 30;

    /// <summary>Seconds for one whole command to arrive (RFC 5321 section 4.5.3.2.7); slow bytes do not extend it. Default 300.</summary>
    [Setting("Time limits", "A command", Unit = "seconds")]
    public int CommandTimeout { get; init; } = 300;

    /// <summary>Seconds for each next 4 KB of a message to arrive (RFC 5321 section 4.5.3.2.5). Default 180.</summary>
    [Setting("Time limits", "A block of content", Unit = "seconds")]
    public int DataTimeout { get; init; } = 180;

    /// <summary>Seconds a session may last in all; bounds a client that sends just enough to stay. Default 14,400 (4 hours).</summary>
    [Setting("Time limits", "A session", Unit = "seconds")]
    public int SessionTimeout { get; init; } = 4 * 3600;

    /// <summary>Seconds that running transactions have to finish when the listener stops. Default 30.</summary>
    [Setting("Time limits", "When it stops", Unit = "seconds")]
    public int StopTimeout { get; init; } = 30;

    /// <summary>Offer STARTTLS? Default yes, with a certificate made in memory when none is named.</summary>
    [Setting("Encryption", "Offer STARTTLS")]
    public bool OffersTls { get; init; } = true;

    /// <summary>Refuse mail before STARTTLS with 530 5.7.0? Default no.</summary>
    [Setting("Who may send", "Require TLS")]
    public bool RequireTls { get; init; }

    /// <summary>PEM file with the certificate and its chain; read again when it changes. Empty: self-signed.</summary>
    [Setting("Encryption", "Certificate")]
    public string CertificatePath { get; init; } = "";

    /// <summary>PEM file with the private key; empty when it is in the file of the certificate.</summary>
    [Setting("Encryption", "Private key")]
    public string KeyPath { get; init; } = "";

    /// <summary>Sentences about every value that cannot be used; empty when all can.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!ListenerEndPoint.TryParse(Host, 0, out _))
        {
            faults.Add($"Host: “{Host}” is not an IP address, localhost or *.");
        }

        RelayNetworkSet.Read(this, faults);
        CheckHostName(faults);
        Check(faults, nameof(Port), Port, 0, 65535);
        Check(faults, nameof(MaxMessageBytes), MaxMessageBytes, 1024, 2L * 1024 * 1024 * 1024);
        Check(faults, nameof(MaxLineBytes), MaxLineBytes, 998, int.MaxValue);
        Check(faults, nameof(MaxRecipients), MaxRecipients, 100, 100_000); // RFC 5321 section 4.5.3.1.8 wants at least 100
        Check(faults, nameof(MaxRefusedRecipients), MaxRefusedRecipients, 1, 100_000);
        Check(faults, nameof(MaxSessions), MaxSessions, 1, 100_000);
        Check(faults, nameof(MaxSessionsPerClient), MaxSessionsPerClient, 1, 100_000);
        Check(faults, nameof(MaxTransactions), MaxTransactions, 1, int.MaxValue);
        Check(faults, nameof(MaxCommands), MaxCommands, 10, int.MaxValue);
        Check(faults, nameof(MaxErrors), MaxErrors, 1, 10_000);
        Check(faults, nameof(MaxCommandBytes), MaxCommandBytes, 510, 64 * 1024);
        Check(faults, nameof(MaxHops), MaxHops, 2, 1000);
        Check(faults, nameof(CommandTimeout), CommandTimeout, 1, 86_400);
        Check(faults, nameof(DataTimeout), DataTimeout, 1, 86_400);
        Check(faults, nameof(SessionTimeout), SessionTimeout, 1, 7 * 86_400);
        Check(faults, nameof(StopTimeout), StopTimeout, 0, 3600);
        CheckTls(faults);
        return faults;
    }

    private void CheckHostName(List<string> faults)
    {
        if (HostName.Length > 255 || HostName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-')))
        {
            faults.Add($"HostName: “{HostName}” is not a host name.");
        }
    }

    private void CheckTls(List<string> faults)
    {
        if (RequireTls && !OffersTls)
        {
            faults.Add("RequireTls: TLS cannot be required when OffersTls is off.");
        }

        if (KeyPath.Length > 0 && CertificatePath.Length == 0)
        {
            faults.Add("KeyPath: a key needs CertificatePath as well.");
        }
    }

    private static void Check(List<string> faults, string name, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            faults.Add($"{name}: {value} is not between {least} and {most}.");
        }
    }
}
