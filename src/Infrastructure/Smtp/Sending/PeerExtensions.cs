using System.Globalization;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>What a peer offered in its answer to EHLO; nothing when it only knows HELO.</summary>
internal sealed record PeerExtensions
{
    public static readonly PeerExtensions None = new();

    public bool HasPipelining { get; private init; }

    public bool Has8BitMime { get; private init; }

    public bool HasSmtpUtf8 { get; private init; }

    public bool HasDsn { get; private init; }

    public bool HasStartTls { get; private init; }

    public bool HasSize { get; private init; }

    /// <summary>Largest message it takes, in bytes; 0 when it names no limit (RFC 1870 section 4).</summary>
    public long SizeLimit { get; private init; }

    public IReadOnlyList<SmtpAuthMechanism> AuthMechanisms { get; private init; } = [];

    /// <summary>Reads the lines of an EHLO reply; the first one is the greeting.</summary>
    public static PeerExtensions Parse(SmtpReply reply)
    {
        var extensions = None;
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            extensions = words is [] ? extensions : extensions.With(words[0].ToUpperInvariant(), words.AsSpan(1));
        }

        return extensions;
    }

    private PeerExtensions With(string keyword, ReadOnlySpan<string> words) => keyword switch
    {
        "PIPELINING" => this with { HasPipelining = true },
        "8BITMIME" => this with { Has8BitMime = true },
        "SMTPUTF8" => this with { HasSmtpUtf8 = true },
        "DSN" => this with { HasDsn = true },
        "STARTTLS" => this with { HasStartTls = true },
        "SIZE" => this with { HasSize = true, SizeLimit = Limit(words) },
        "AUTH" => this with { AuthMechanisms = Mechanisms(words) },

        // Written by servers older than RFC 2554 was final, beside or instead of the proper line.
        _ when keyword.StartsWith("AUTH=", StringComparison.Ordinal) => this with { AuthMechanisms = Mechanisms([keyword[5..], .. words]) },
        _ => this,
    };

    private static long Limit(ReadOnlySpan<string> words) =>
        words.Length > 0 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0;

    private List<SmtpAuthMechanism> Mechanisms(ReadOnlySpan<string> words)
    {
        var mechanisms = AuthMechanisms.ToList();
        foreach (var word in words)
        {
            if (word.Equals("PLAIN", StringComparison.OrdinalIgnoreCase) && !mechanisms.Contains(SmtpAuthMechanism.Plain))
            {
                mechanisms.Add(SmtpAuthMechanism.Plain);
            }
            else if (word.Equals("LOGIN", StringComparison.OrdinalIgnoreCase) && !mechanisms.Contains(SmtpAuthMechanism.Login))
            {
                mechanisms.Add(SmtpAuthMechanism.Login);
            }
        }

        return mechanisms;
    }
}
