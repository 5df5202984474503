using System.Text;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What a command line asks for.</summary>
internal enum Verb
{
    Unknown, Helo, Ehlo, Mail, Rcpt, Data, Rset, Noop, Vrfy, Quit, Help, StartTls,

    /// <summary>A command of SMTP that this server does not offer.</summary>
    NotOffered,

    /// <summary>A command of another protocol: a browser was made to talk to us.</summary>
    Foreign,

    /// <summary>Control characters or broken UTF-8.</summary>
    Malformed,
}

/// <summary>One command line: its verb and what follows the verb (RFC 5321 section 4.1.1).</summary>
internal readonly record struct SmtpCommand(Verb Verb, string Argument)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a line without its end. Never fails: what is no command says so in its verb.</summary>
    public static SmtpCommand Parse(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd((byte)' ');
        if (line.ContainsAnyInRange((byte)0, (byte)31) || line.Contains((byte)127))
        {
            return new SmtpCommand(Verb.Malformed, "");
        }

        var blank = line.IndexOf((byte)' ');
        var verb = VerbOf(blank < 0 ? line : line[..blank]);
        return blank < 0 ? new SmtpCommand(verb, "") : WithArgument(verb, line[(blank + 1)..].TrimStart((byte)' '));
    }

    private static SmtpCommand WithArgument(Verb verb, ReadOnlySpan<byte> argument)
    {
        try
        {
            return new SmtpCommand(verb, StrictUtf8.GetString(argument));
        }
        catch (DecoderFallbackException)
        {
            return new SmtpCommand(Verb.Malformed, "");
        }
    }

    private static Verb VerbOf(ReadOnlySpan<byte> word)
    {
        if (word.Length is < 3 or > 8)
        {
            return Verb.Unknown;
        }

        Span<byte> upper = stackalloc byte[8];
        return Ascii.ToUpper(word, upper, out var length) == System.Buffers.OperationStatus.Done ? Match(upper[..length]) : Verb.Unknown;
    }

    private static Verb Match(ReadOnlySpan<byte> word) => Encoding.ASCII.GetString(word) switch
    {
        "HELO" => Verb.Helo,
        "EHLO" => Verb.Ehlo,
        "MAIL" => Verb.Mail,
        "RCPT" => Verb.Rcpt,
        "DATA" => Verb.Data,
        "RSET" => Verb.Rset,
        "NOOP" => Verb.Noop,
        "VRFY" => Verb.Vrfy,
        "QUIT" => Verb.Quit,
        "HELP" => Verb.Help,
        "STARTTLS" => Verb.StartTls,
        "AUTH" or "BDAT" or "BURL" or "ETRN" or "EXPN" or "TURN" or "ATRN" or "SEND" or "SOML" or "SAML" or "XCLIENT" or "XFORWARD" => Verb.NotOffered,
        "GET" or "POST" or "PUT" or "HEAD" or "CONNECT" or "OPTIONS" => Verb.Foreign,
        _ => Verb.Unknown,
    };
}
