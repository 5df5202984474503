using System.Globalization;
using System.Text;
using Postern.Infrastructure.Smtp.Sending;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Whatever a peer answers, each reader returns a value or a fault, bounded and fit to be shown.</summary>
public sealed class ReplySweepTests
{
    private static readonly string[] Words =
    [
        "250 ", "250-", "550 ", "550-5.1.1 ", "5.1.1 ", "4.999.999 ", "5.1.1234 ", "\r\n", "\n", "\r", "PIPELINING\r\n", "SIZE ", "SIZE 99999999999999999999\r\n", "AUTH=PLAIN LOGIN\r\n",
        "\0", "\u001b[2J", "\u202e", "\ud83d\ude00", "999", "199 ",
    ];

    [Fact]
    public void A_reply_is_read() => Bytes(SmtpReplyParserTests.Replies.Select(Encoding.UTF8.GetBytes), Words, bytes =>
    {
        var parser = new SmtpReplyParser();
        var progress = parser.Read(bytes, out var consumed);
        Demand(consumed >= 0 && consumed <= bytes.Length, "no more is consumed than was given");
        Demand(progress != ReplyProgress.Faulty || parser.Fault.Length > 0, "a fault has words");
        if (progress == ReplyProgress.Complete)
        {
            var reply = parser.Reply;
            Demand(reply.Code is >= 200 and <= 599, "the code is one");
            Demand(reply.Text.Length <= SmtpReplyParser.LongestText && !reply.Text.Any(char.IsControl), "the text is bounded and has no control character");
            Demand(IsStatusOf(reply.Code, reply.Status), "the status has the form of RFC 3463 and the class of the code");
        }
    });

    [Fact]
    public void What_a_peer_offers_is_read() => Text(
        ["mx.example\nPIPELINING\nSIZE 10240000\nAUTH PLAIN LOGIN\n8BITMIME\nDSN\nSTARTTLS\nSMTPUTF8", "mx\nAUTH=LOGIN\nsize", "x"],
        ["\n", " ", "SIZE ", "99999999999999999999", "-1", "AUTH", "AUTH=", "PLAIN", "LOGIN", "starttls", "="],
        text =>
        {
            var extensions = PeerExtensions.Parse(new SmtpReply(250, text, text.Split('\n')));
            Demand(extensions.SizeLimit >= 0 && extensions.AuthMechanisms.Count <= 2, "limits are numbers and mechanisms are those we know");
        });

    [Fact]
    public void Words_of_a_peer_are_made_visible() => Bytes(
        ["550 5.1.1 No such user"u8.ToArray(), Encoding.UTF8.GetBytes("überlastet \u202e \u001b[2J 😀"), [0xC3, 0x28, 0xF0, 0x9F, 0xFF, 0x00]], Words, bytes =>
        {
            var text = PeerText.Visible(bytes, 40);
            Demand(text.Length <= 40 && !text.Any(char.IsControl), "the text is bounded and has no control character");
            Demand(text.EnumerateRunes().All(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format), "nothing turns the line around");
        });

    [Fact]
    public void The_address_of_a_smart_host_is_read() => Text(
        ["mail.example", "mail.example:587", "[2001:db8::1]:25", "192.0.2.1", "2001:db8::1"], [":", "::", "[", "]", "]:", "65536", "-1", ".", " ", "%eth0", "é", "\0"], text =>
        {
            var isRead = SmartHost.TryParse(text, 25, out var host, out var fault);
            Demand(isRead == (fault.Length == 0), "there is a host or a fault");
            Demand(!isRead || host is { Port: >= 1 and <= 65535, Name.Length: > 0 }, "a host has a name and a port");
        });

    private static bool IsStatusOf(int code, string status)
    {
        var parts = status.Split('.');
        return parts.Length == 3 && parts.All(part => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit))
            && parts[0].Length == 1 && parts[0][0] is '2' or '4' or '5' && (code / 100 == 3 || parts[0][0] == '0' + (code / 100));
    }
}
