using System.Text;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

public sealed class SmtpReplyParserTests
{
    internal static readonly string[] Replies =
    [
        "250 2.0.0 Ok: queued as 4BzX1\r\n",
        "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
        "550-5.1.1 The account does not exist.\r\n550-5.1.1 Look for blanks.\r\n550 5.1.1 Bye\r\n",
        "354\r\n", "421 4.3.2 \u00fcberlastet\n", "220-\r\n220 \r\n",
    ];

    [Theory]
    [InlineData("250 2.1.5 Ok\r\n", 250, "2.1.5", "250 2.1.5 Ok")]
    [InlineData("354\r\n", 354, "2.0.0", "354")]
    [InlineData("550 No such user\r\n", 550, "5.0.0", "550 No such user")]
    [InlineData("552 Full\r\n", 552, "5.3.4", "552 Full")]
    [InlineData("550 4.1.1 The class disagrees\r\n", 550, "5.0.0", "550 4.1.1 The class disagrees")]
    [InlineData("550 5.1.1234 Too long\r\n", 550, "5.0.0", "550 5.1.1234 Too long")]
    [InlineData("550 5.1.1\r\n", 550, "5.1.1", "550 5.1.1")]
    [InlineData("450-4.2.0 One\r\n450 4.2.0 Two\r\n", 450, "4.2.0", "450-4.2.0 One 450 4.2.0 Two")]
    [InlineData("250-One\r\n550 5.7.1 Two\r\n", 550, "5.7.1", "250-One 550 5.7.1 Two")]
    [InlineData("250 bare\n", 250, "2.0.0", "250 bare")]
    [InlineData("250 a\0b\u001b[2Jc\r\n", 250, "2.0.0", "250 a\u2400b\u241b[2Jc")]
    public void Reads_code_status_and_words(string bytes, int code, string status, string text)
    {
        var parser = new SmtpReplyParser();

        parser.Read(Encoding.UTF8.GetBytes(bytes), out var consumed).ShouldBe(ReplyProgress.Complete);

        consumed.ShouldBe(bytes.Length);
        (parser.Reply.Code, parser.Reply.Status, parser.Reply.Text).ShouldBe((code, status, text));
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("25\r\n")]
    [InlineData("150 Wait\r\n")]
    [InlineData("650 What\r\n")]
    [InlineData("250_Ok\r\n")]
    [InlineData("250-Ok\r\nhello\r\n")]
    [InlineData("\r\n")]
    public void Refuses_what_is_not_a_reply(string bytes)
    {
        var parser = new SmtpReplyParser();

        parser.Read(Encoding.UTF8.GetBytes(bytes), out _).ShouldBe(ReplyProgress.Faulty);

        parser.Fault.ShouldNotBeEmpty();
    }

    [Fact]
    public void Bounds_lines_and_text()
    {
        new SmtpReplyParser().Read(new byte[SmtpReplyParser.LongestLine + 1], out _).ShouldBe(ReplyProgress.Faulty);
        var endless = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("250-more\r\n", SmtpReplyParser.MostLines + 1)));
        new SmtpReplyParser().Read(endless, out _).ShouldBe(ReplyProgress.Faulty);
        var wordy = new SmtpReplyParser();
        var line = new string('w', 1500);
        wordy.Read(Encoding.ASCII.GetBytes($"550-{line}\r\n550-{line}\r\n550 {line}\r\n"), out _).ShouldBe(ReplyProgress.Complete);
        wordy.Reply.Text.Length.ShouldBe(SmtpReplyParser.LongestText);
    }

    [Fact]
    public void Asks_for_more_at_every_truncation_and_reads_the_same_in_two_pieces()
    {
        foreach (var bytes in Replies.Select(Encoding.UTF8.GetBytes))
        {
            var whole = new SmtpReplyParser();
            whole.Read(bytes, out _).ShouldBe(ReplyProgress.Complete);
            for (var length = 0; length < bytes.Length; length++)
            {
                var parser = new SmtpReplyParser();
                parser.Read(bytes.AsSpan(0, length), out var consumed).ShouldBe(ReplyProgress.Incomplete);
                parser.Read(bytes.AsSpan(consumed), out _).ShouldBe(ReplyProgress.Complete);
                (parser.Reply.Code, parser.Reply.Text).ShouldBe((whole.Reply.Code, whole.Reply.Text));
            }
        }
    }
}
