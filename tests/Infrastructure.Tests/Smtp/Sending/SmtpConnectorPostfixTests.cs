using Postern.Domain.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>A real Postfix as the smart host.</summary>
public sealed class SmtpConnectorPostfixTests
{
    [Fact]
    public async Task Delivers_to_postfix_with_each_recipient_answered()
    {
        Assert.SkipWhen(PostfixServer.Obstacle.Length > 0, PostfixServer.Obstacle);
        await using var postfix = await PostfixServer.StartAsync();
        await using var connector = Transfers.Connector(postfix.Address);
        const string Body = ".one\r\n..two\r\n\r\n.\r\nend without line end";

        var outcomes = await connector.DeliverAllAsync(Transfers.To(
            $"Subject: real\r\n\r\n{Body}", "bob@peer.example", "nobody@peer.example", "later@peer.example", "x@elsewhere.example"));
        var mail = (await postfix.WaitForMailAsync(1)).ShouldHaveSingleItem();

        outcomes[0].ShouldBeOfType<AttemptOutcome.Delivered>().Relayed.ShouldBeFalse();
        outcomes[0].Reply.ShouldContain("queued as");
        (outcomes[1].ShouldBeOfType<AttemptOutcome.Bounced>().Status, outcomes[1].Reply).ShouldBe(
            ("5.1.1", "550 5.1.1 <nobody@peer.example>: Recipient address rejected: Nobody here by that name"));
        outcomes[2].ShouldBeOfType<AttemptOutcome.Deferred>().Status.ShouldBe("4.2.1");
        outcomes[3].ShouldBeOfType<AttemptOutcome.Delivered>();
        mail.ShouldContain("\nSubject: real\n");
        mail.ShouldEndWith($"\n\n{Body.ReplaceLineEndings("\n")}\n");
        mail.ShouldStartWith($"Return-Path: <{Transfers.Sender}>");
    }

    [Fact]
    public async Task Keeps_one_conversation_with_postfix_for_many_messages()
    {
        Assert.SkipWhen(PostfixServer.Obstacle.Length > 0, PostfixServer.Obstacle);
        await using var postfix = await PostfixServer.StartAsync();
        await using var connector = Transfers.Connector(postfix.Address);

        for (var i = 0; i < 20; i++)
        {
            (await connector.DeliverOneAsync(Transfers.To($"Subject: {i}\r\n\r\nx\r\n", "bob@peer.example"))).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        }

        await postfix.WaitForMailAsync(20);
        postfix.ReadLog().Split("]: connect from").Length.ShouldBeLessThanOrEqualTo(3);
    }
}
