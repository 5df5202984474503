namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>A peer's answer to one command (RFC 5321 section 4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Text">The peer's own words with their codes, lines joined by a blank, bounded, controls made visible.</param>
/// <param name="Lines">The lines of a multi-line reply without their codes; empty for a single line.</param>
internal sealed record SmtpReply(int Code, string Text, IReadOnlyList<string> Lines)
{
    public bool IsAccepted => Code is >= 200 and < 300;

    public bool IsTransient => Code is >= 400 and < 500;

    public bool IsRefused => Code >= 500;

    /// <summary>The peer ends the conversation with this.</summary>
    public bool EndsConversation => Code == 421;

    /// <summary>The peer says that the settings of this connector are wrong, not the message: sign-in or encryption is missing (RFC 4954 section 6, RFC 3207 section 4).</summary>
    public bool BlamesSettings => Code is 530 or 534 or 535 or 538;

    /// <summary>The enhanced status (RFC 3463) the peer gave, or one that says no more than the code does.</summary>
    public string Status => EnhancedStatus() is { Length: > 0 } status ? status : Code switch
    {
        421 => "4.3.2",
        452 => "4.3.1",
        530 or 534 or 538 => "5.7.0",
        535 => "5.7.8",
        551 => "5.1.6",
        552 => "5.3.4",
        553 => "5.1.3",
        >= 500 => "5.0.0",
        >= 400 => "4.0.0",
        _ => "2.0.0",
    };

    // 552 for RCPT is an old spelling of 452: too many recipients (RFC 5321 section 4.5.3.1.10).
    public bool SaysTooManyRecipients =>
        Code is 452 or 552 && EnhancedStatus() is "" or "4.5.3" or "5.5.3";

    // The last line speaks for all: "5.1.1 words", its class as in the code.
    private string EnhancedStatus()
    {
        var text = Lines.Count > 0 ? Lines[^1] : Text.Length > 4 ? Text.AsSpan(4) : default;
        if (text.Length < 5 || text[0] != '0' + (Code / 100) || text[1] != '.')
        {
            return "";
        }

        var at = 2;
        if (!SkipNumber(text, ref at) || at >= text.Length || text[at++] != '.' || !SkipNumber(text, ref at))
        {
            return "";
        }

        if (at < text.Length && text[at] != ' ')
        {
            return "";
        }

        return text[..at] switch
        {
            "2.0.0" => "2.0.0",
            "2.1.5" => "2.1.5",
            "2.6.0" => "2.6.0",
            var other => other.ToString(),
        };
    }

    private static bool SkipNumber(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && at - start < 3 && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at > start;
    }
}
