using Postern.Domain.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class CommandParserTests
{
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
}
