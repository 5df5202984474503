using System.Globalization;
using System.Text;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>What the parser knows after some bytes.</summary>
internal enum ReplyProgress
{
    /// <summary>The reply goes on; more bytes are needed.</summary>
    Incomplete,

    /// <summary><see cref="SmtpReplyParser.Reply"/> holds it.</summary>
    Complete,

    /// <summary>This is not SMTP, or it passes a bound; <see cref="SmtpReplyParser.Fault"/> says which. The conversation is over.</summary>
    Faulty,
}

/// <summary>Reads replies from bytes as they come, in pieces of any size.</summary>
/// <remarks>
/// Everything in a reply is the peer's choice, so the length of a line, the number of lines and the text kept are bounded. A bare LF ends a line
/// too; where the lines of a reply differ in code the last one counts.
/// </remarks>
internal sealed class SmtpReplyParser
{
    /// <summary>Longest line taken, in bytes; RFC 5321 section 4.5.3.1.5 allows 512.</summary>
    public const int LongestLine = 2048;

    /// <summary>Most lines of one reply; the longest EHLO answers known have some thirty.</summary>
    public const int MostLines = 128;

    /// <summary>Characters of a reply that are kept.</summary>
    public const int LongestText = 1000;

    private readonly StringBuilder text = new();
    private readonly List<string> lines = [];

    /// <summary>The last complete reply.</summary>
    public SmtpReply Reply { get; private set; } = new(0, "", []);

    /// <summary>What the peer did wrong, in words that follow its name.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Has a reply begun that is not complete?</summary>
    public bool IsInside => lines.Count > 0;

    /// <summary>Takes bytes up to the end of one reply; <paramref name="consumed"/> of them are done with.</summary>
    public ReplyProgress Read(ReadOnlySpan<byte> bytes, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            var end = rest.IndexOf((byte)'\n');
            if (end > LongestLine || (end < 0 && rest.Length > LongestLine))
            {
                return Refuse($"sent a line longer than {LongestLine:N0} bytes");
            }

            if (end < 0)
            {
                return ReplyProgress.Incomplete;
            }

            consumed += end + 1;
            var progress = ReadLine(rest[..end]);
            if (progress != ReplyProgress.Incomplete)
            {
                return progress;
            }
        }
    }

    private ReplyProgress ReadLine(ReadOnlySpan<byte> line)
    {
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        if (!TryReadCode(line, out var code))
        {
            return Refuse("sent something that is not an SMTP reply");
        }

        if (line is [_, _, _, (byte)'-', ..])
        {
            return KeepLine(line);
        }

        Reply = lines.Count == 0 ? new SmtpReply(code, PeerText.Visible(line, LongestText), []) : Join(code, line);
        return ReplyProgress.Complete;
    }

    private ReplyProgress KeepLine(ReadOnlySpan<byte> line)
    {
        if (lines.Count == MostLines)
        {
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"sent a reply of more than {MostLines} lines"));
        }

        var words = PeerText.Visible(line, LongestText);
        lines.Add(words[Math.Min(4, words.Length)..]);
        if (text.Length < LongestText)
        {
            text.Append(words).Append(' ');
        }

        return ReplyProgress.Incomplete;
    }

    private SmtpReply Join(int code, ReadOnlySpan<byte> line)
    {
        var words = PeerText.Visible(line, LongestText);
        lines.Add(words[Math.Min(4, words.Length)..]);
        text.Append(words);
        var joined = text.ToString(0, Math.Min(text.Length, LongestText));
        var reply = new SmtpReply(code, joined, [.. lines]);
        lines.Clear();
        text.Clear();
        return reply;
    }

    private static bool TryReadCode(ReadOnlySpan<byte> line, out int code)
    {
        code = 0;
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2])
            || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')))
        {
            return false;
        }

        code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        return true;
    }

    private ReplyProgress Refuse(string fault)
    {
        Fault = fault;
        lines.Clear();
        text.Clear();
        return ReplyProgress.Faulty;
    }
}
