using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class TraceCaptureTests
{
    [Fact]
    public async Task Names_of_attachments_and_what_a_message_answers_are_taken_at_the_door()
    {
        var message = await SendAsync(
            "In-Reply-To: <1@a.example>\r\nReferences: <0@a.example> <1@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf; name=\"Crane 4.pdf\"\r\n\r\nx\r\n--b--\r\n");

        message.Answers.ShouldBe("1@a.example");
        message.Attachments.ShouldBe(["Crane 4.pdf"]);
    }

    [Fact]
    public async Task Plain_text_has_no_attachments_and_is_not_taken_apart()
    {
        var message = await SendAsync("References: <0@a.example> <2@a.example>\r\n\r\ntext\r\n");

        message.Answers.ShouldBe("2@a.example");
        message.Attachments.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_answers_the_message_it_is_about()
    {
        var message = await SendAsync(
            "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nsorry\r\n"
            + "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.example\r\n\r\nFinal-Recipient: rfc822; x@a.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            + "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <orig@site1.example>\r\nSubject: crane\r\n\r\n--b--\r\n");

        message.Answers.Trim('<', '>').ShouldBe("orig@site1.example");
    }

    private static async Task<IncomingMessage> SendAsync(string rest)
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");
        await client.SendAsync($"Message-ID: <9@peer.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n{rest}.\r\n");
        await client.ReplyAsync();
        return listener.Accepted.ShouldHaveSingleItem().Message;
    }
}
