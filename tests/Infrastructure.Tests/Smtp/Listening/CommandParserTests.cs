using System.Text;
using Postern.Domain.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class CommandParserTests
{
    private static readonly string[] Lines =
    [
        "MAIL FROM:<ann@peer.example> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B1",
        "RCPT TO:<@a.example,@b.example:\"j \\\"d\"@site1.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;j+2Bd@site1.example",
        "RCPT TO:<j\u00e4ne@[IPv6:2001:db8::1]> ORCPT=utf-8;j\\x{E4}ne@site1.example",
        "EHLO client.example",
    ];

    [Theory]
    [InlineData("FROM:<a@b.example>", "a@b.example")]
    [InlineData("from: <a@b.example>", "a@b.example")]
    [InlineData("FROM:a@b.example", "a@b.example")]
    [InlineData("FROM:<\"a b\"@b.example>", "\"a b\"@b.example")]
    [InlineData("FROM:<\"a>b\"@b.example>", "\"a>b\"@b.example")]
    [InlineData("FROM:<\"a\\\"b\"@b.example> SIZE=1", "\"a\\\"b\"@b.example")]
    [InlineData("FROM:<@x.example,@y.example:a@b.example>", "a@b.example")]
    [InlineData("FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]")]
    [InlineData("FROM:<a@[IPv6:2001:db8::1]>", "a@[ipv6:2001:db8::1]")]
    [InlineData("FROM:<>", null)]
    [InlineData("FROM:<> RET=FULL", null)]
    public void Reads_a_sender(string argument, string? sender)
    {
        MailArguments.TryParse(argument, out var mail, out var fault).ShouldBeTrue(fault.ToString());

        mail.Sender?.ToString().ShouldBe(sender);
        (mail.Sender is null).ShouldBe(sender is null);
    }

    [Theory]
    [InlineData("", "501 5.5.4")]
    [InlineData("FROM", "501 5.5.4")]
    [InlineData("FROM:", "501 5.1.7")]
    [InlineData("FROM:<a@b.example", "501 5.1.7")]
    [InlineData("FROM:<a@b.example>x", "501 5.1.7")]
    [InlineData("FROM:<\"a@b.example>", "501 5.1.7")]
    [InlineData("FROM:<@x.example:>x", "501 5.1.7")]
    [InlineData("FROM:<ann>", "501 5.1.7")]
    [InlineData("FROM:<a@b.example> SIZE", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> SIZE=", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> SIZE=-1", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> SIZE=123456789012345678901", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> size=1 SIZE=1", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> SMTPUTF8=1", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> RET=SOME", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> ENVID=a+0", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> ENVID=a+0a", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> ENVID=a+00", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> ENVID=a=b", "501 5.5.4")]
    [InlineData("FROM:<a@b.example> AUTH=<>", "555 5.5.4")]
    [InlineData("FROM:<a@b.example> -X=1", "501 5.5.4")]
    public void Refuses_a_sender_with_the_right_code(string argument, string expected)
    {
        MailArguments.TryParse(argument, out _, out var fault).ShouldBeFalse();

        fault.ToString().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("TO:<a@b.example>", Notify.Unspecified, null)]
    [InlineData("TO:<a@b.example> NOTIFY=never", Notify.Never, null)]
    [InlineData("TO:<a@b.example> NOTIFY=SUCCESS,FAILURE,DELAY", Notify.Success | Notify.Failure | Notify.Delay, null)]
    [InlineData("TO:<a@b.example> ORCPT=rfc822;a+2Bb@c.example", Notify.Unspecified, "rfc822;a+b@c.example")]
    [InlineData("TO:<a@b.example> ORCPT=utf-8;\\x{E4}@c.example", Notify.Unspecified, "utf-8;\u00e4@c.example")]
    [InlineData("TO:<a@b.example> ORCPT=x400;/C=DE/", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=x400;/C+3DDE/", Notify.Unspecified, "x400;/C=DE/")]
    [InlineData("TO:<a@b.example> NOTIFY=", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> NOTIFY=NEVER,SUCCESS", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> NOTIFY=SOMETIMES", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> NOTIFY=SUCCESS,", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=rfc822;", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=;a@b.example", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=rfc822;a+0Db", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=utf-8;\\x{0}", Notify.Unspecified, null, false)]
    [InlineData("TO:<a@b.example> ORCPT=utf-8;\\x{D800}", Notify.Unspecified, null, false)]
    public void Reads_what_a_recipient_is_told(string argument, Notify notify, string? original, bool isGood = true)
    {
        RcptArguments.TryParse(argument, isUtf8: true, out var rcpt, out var fault).ShouldBe(isGood);

        if (isGood)
        {
            rcpt.Notify.ShouldBe(notify);
            rcpt.OriginalRecipient.ShouldBe(original);
        }
        else
        {
            fault.ToString().ShouldStartWith("501 5.5.4");
        }
    }

    [Fact]
    public void Any_cut_and_any_change_ends_in_a_value_or_a_reply()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        foreach (var line in Lines.Select(Encoding.UTF8.GetBytes))
        {
            for (var length = 0; length <= line.Length; length++)
            {
                Parse(line.AsSpan(0, length), seed);
            }
        }

        for (var round = 0; round < 100_000; round++)
        {
            var line = Encoding.UTF8.GetBytes(Lines[random.Next(Lines.Length)]);
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                line[random.Next(line.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"<>@\":;,+=\\ []x1"[random.Next(15)];
            }

            Parse(line, seed);
        }
    }

    private static void Parse(ReadOnlySpan<byte> line, int seed)
    {
        try
        {
            var command = SmtpCommand.Parse(line);
            var isRead = command.Verb switch
            {
                Verb.Mail => MailArguments.TryParse(command.Argument, out _, out var fault) || fault.Code >= 500,
                Verb.Rcpt => RcptArguments.TryParse(command.Argument, isUtf8: true, out _, out var fault) || fault.Code >= 500,
                _ => true,
            };
            isRead.ShouldBeTrue();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {Convert.ToHexString(line)}", e);
        }
    }
}
