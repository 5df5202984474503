using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>One reply of the server: code, enhanced status (RFC 2034; empty where there is none) and text.</summary>
/// <remarks>Text may carry what a peer or the directory wrote: it is made one bounded ASCII line when it is sent.</remarks>
internal readonly record struct SmtpReply(int Code, string Status, string Text)
{
    /// <summary>RFC 5321 section 4.5.3.1.5 allows 512 octets for a reply line; code and status need some of them.</summary>
    public const int LongestText = 400;

    public bool IsPositive => Code < 400;

    /// <summary>Was the command itself wrong, and not what it asked for?</summary>
    public bool IsMistake => Code is (>= 500 and <= 504) or 555;

    public void WriteTo(IBufferWriter<byte> output) => WriteLine(output, Code, ' ', Status.Length > 0 ? $"{Status} {Text}" : Text);

    /// <summary>A reply of several lines without enhanced status: the answer to EHLO and HELP.</summary>
    public static void WriteLines(IBufferWriter<byte> output, int code, IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            WriteLine(output, code, i == lines.Count - 1 ? ' ' : '-', lines[i]);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Status} {ReplyText.Clean(Text)}");

    private static void WriteLine(IBufferWriter<byte> output, int code, char separator, string text)
    {
        text = ReplyText.Clean(text);
        var span = output.GetSpan(text.Length + 6);
        code.TryFormat(span, out _, default, CultureInfo.InvariantCulture);
        span[3] = (byte)separator;
        var length = 4 + Encoding.ASCII.GetBytes(text, span[4..]);
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        output.Advance(length);
    }
}

/// <summary>Makes text from anywhere fit for a reply or a log line: one line, printable ASCII, bounded.</summary>
internal static class ReplyText
{
    public static string Clean(string text)
    {
        if (text.Length <= SmtpReply.LongestText && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var bounded = text.Length <= SmtpReply.LongestText ? text : string.Concat(text.AsSpan(0, SmtpReply.LongestText - 3), "...");
        return string.Create(bounded.Length, bounded, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Plain(source[i]);
            }
        });
    }

    private static char Plain(char c) => c switch
    {
        >= ' ' and <= '~' => c,
        '\u201c' or '\u201d' => '"',
        '\u2018' or '\u2019' => '\'',
        '\u2013' or '\u2014' => '-',
        '\t' => ' ',
        _ => '?',
    };
}
