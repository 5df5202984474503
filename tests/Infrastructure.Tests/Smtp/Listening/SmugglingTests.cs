using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class SmugglingTests
{
    private const string Second = "MAIL FROM:<evil@peer.example>\r\nRCPT TO:<richard@site1.example>\r\nDATA\r\nSubject: second\r\n\r\nx\r\n.\r\n";

    public static TheoryData<string> AlmostEnds() => ["\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\n.\r", "\r\r\n.\n", "\n\n.\r\n"];

    [Theory]
    [MemberData(nameof(AlmostEnds))]
    public async Task What_is_almost_an_end_is_no_end_and_the_message_is_refused(string almost)
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        await client.SendAsync("Subject: first\r\n\r\ntext" + almost + Second + "QUIT\r\n");

        (await client.RestAsync()).ShouldBe("550 5.6.0 The message has lines that end in a bare CR or LF\n221 2.0.0 Goodbye\n");
        listener.Accepted.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(AlmostEnds))]
    public async Task Where_such_lines_are_mended_the_message_is_still_one(string almost)
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { AcceptsBareLineEnds = true });
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        await client.SendAsync("Subject: first\r\n\r\ntext" + almost + Second + "QUIT\r\n");

        (await client.RestAsync()).ShouldBe("250 2.0.0 Ok: queued as 1\n221 2.0.0 Goodbye\n");
        var sent = listener.Accepted.ShouldHaveSingleItem().Sent;
        sent.ShouldContain("evil@peer.example");
        sent.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n']).ShouldBe(-1);
    }

    [Theory]
    [InlineData("NOOP\nNOOP\r\n")]
    [InlineData("NOOP\rNOOP\r\n")]
    [InlineData("\nNOOP\r\n")]
    [InlineData("MAIL FROM:<a@peer.example>\n\r\n")]
    public async Task A_bare_line_end_in_a_command_ends_the_session(string commands)
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SendAsync(commands);

        (await client.RestAsync()).ShouldBe("500 5.5.2 Lines must end in <CR><LF>, closing the connection\n");
    }

    [Theory]
    [InlineData("NOOP a\0b")]
    [InlineData("NOOP a\tb")]
    [InlineData("NO\u001bOP")]
    [InlineData("MAIL FROM:<\u00e4@peer.example>")]
    public async Task Control_characters_and_broken_UTF8_are_no_command(string command)
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        (await client.SayAsync(command)).ShouldStartWith("500 5.5.2 ");
        (await client.SayAsync("NOOP")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task A_browser_is_sent_away()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nMAIL FROM:<a@peer.example>\r\n");

        (await client.RestAsync()).ShouldEndWith("554 5.5.1 This is an SMTP server\n");
    }
}
