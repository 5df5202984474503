using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class LimitTests
{
    private const string Header = "Message-ID: <1@peer.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n";

    [Fact]
    public async Task A_message_that_says_it_is_too_large_is_refused_at_MAIL()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxMessageBytes = 2000 });
        await using var client = await listener.GreetAsync();

        (await client.SayAsync("MAIL FROM:<ann@peer.example> SIZE=2001")).ShouldBe("552 5.3.4 The message is larger than 2000 bytes");
        (await client.SayAsync("MAIL FROM:<ann@peer.example> SIZE=99999999999999999999")).ShouldStartWith("552 5.3.4 ");
        (await client.SayAsync("MAIL FROM:<ann@peer.example> SIZE=2000")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task A_message_that_turns_out_too_large_is_refused_at_its_end()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxMessageBytes = 2000 });
        await using var client = await listener.GreetAsync();

        (await SmtpSessionTests.SendAsync(client, Header + "\r\n" + Lines(30))).ShouldStartWith("552 5.3.4 ");
        (await SmtpSessionTests.SendAsync(client, Header + "\r\n" + Lines(10))).ShouldStartWith("250 ");
        listener.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_without_end_is_cut_off()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxMessageBytes = 2000 });
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        await client.SendAsync(Lines(45));

        (await client.RestAsync()).ShouldStartWith("552 5.3.4 ");
    }

    [Fact]
    public async Task Recipients_beyond_the_limit_are_left_for_another_transaction()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxRecipients = 100 });
        await using var client = await listener.GreetAsync();
        await client.SayAsync("MAIL FROM:<ann@peer.example>");

        for (var i = 0; i < 100; i++)
        {
            (await client.SayAsync($"RCPT TO:<r{i}@peer.example>")).ShouldStartWith("250 ");
        }

        (await client.SayAsync("RCPT TO:<jane@site1.example>")).ShouldStartWith("452 4.5.3 ");
        (await client.SayAsync("DATA")).ShouldStartWith("354 ");
        await client.SendAsync(Header + "\r\n.\r\n");
        await client.ReplyAsync();
        listener.Accepted.ShouldHaveSingleItem().Message.Recipients.Count.ShouldBe(100);
    }

    [Fact]
    public async Task Guessing_at_names_ends_in_452_and_leaves_the_good_ones()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxRefusedRecipients = 3 });
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "RCPT TO:<a@site1.example>", "RCPT TO:<b@site1.example>");

        (await client.SayAsync("RCPT TO:<c@site1.example>")).ShouldStartWith("550 5.1.1 ");
        (await client.SayAsync("RCPT TO:<d@site1.example>")).ShouldStartWith("452 4.5.3 ");
        (await client.SayAsync("DATA")).ShouldStartWith("354 ");
    }

    [Fact]
    public async Task A_command_line_too_long_is_answered_once_and_never_kept()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SendAsync("NOOP " + new string('x', 300_000));
        await client.SendAsync(new string('x', 300_000) + "\r\nNOOP\r\n");

        (await client.ReplyAsync()).ShouldBe("500 5.5.2 Command line too long");
        (await client.ReplyAsync()).ShouldStartWith("250 ");
        (await client.SayAsync("NOOP " + new string('x', 2043))).ShouldStartWith("250 ");
        (await client.SayAsync("NOOP " + new string('x', 2044))).ShouldStartWith("500 ");
    }

    [Fact]
    public async Task A_line_of_a_message_over_the_limit_is_refused()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxLineBytes = 998 });
        await using var client = await listener.GreetAsync();

        (await SmtpSessionTests.SendAsync(client, Header + "\r\n" + new string('x', 998) + "\r\n")).ShouldStartWith("250 ");
        (await SmtpSessionTests.SendAsync(client, Header + "\r\n" + new string('x', 999) + "\r\n")).ShouldBe("550 5.6.0 The message has a line of more than 998 bytes");
    }

    [Fact]
    public async Task Errors_end_the_session_and_an_accepted_message_forgives_them()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxErrors = 3 });
        await using var client = await listener.GreetAsync();

        await client.SayAllAsync("A", "B");
        await SmtpSessionTests.SendAsync(client, Header + "\r\n");
        await client.SayAllAsync("C", "D");
        await client.SendAsync("E\r\n");

        (await client.RestAsync()).ShouldBe("500 5.5.2 Command not recognised\n421 4.7.0 Too many errors, closing the connection\n");
    }

    [Fact]
    public async Task Commands_without_a_message_end_the_session()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxCommands = 10 });
        await using var client = await listener.GreetAsync();

        await client.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\n", 20)));

        var rest = await client.RestAsync();
        rest.Split('\n').Count(line => line.StartsWith("250 ", StringComparison.Ordinal)).ShouldBe(9);
        rest.ShouldEndWith("421 4.7.0 Too many commands without a message, closing the connection\n");
    }

    [Fact]
    public async Task Transactions_beyond_the_limit_need_a_new_session()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxTransactions = 1 });
        await using var client = await listener.GreetAsync();
        await SmtpSessionTests.SendAsync(client, Header + "\r\n");

        (await client.SayAsync("MAIL FROM:<ann@peer.example>")).ShouldStartWith("421 4.7.0 ");
        (await client.RestAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Sessions_beyond_the_limit_are_turned_away_until_one_ends()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxSessions = 2 });
        await using var first = await listener.GreetAsync();
        await using var second = await listener.GreetAsync();
        await using (var third = await listener.ConnectAsync())
        {
            (await third.RestAsync()).ShouldBe("421 4.3.2 Too many sessions, try again later\n");
        }

        await first.SayAsync("QUIT");
        await first.RestAsync();

        await ShouldSoonBeGreetedAsync(listener);
    }

    [Fact]
    public async Task One_client_cannot_take_all_sessions()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxSessionsPerClient = 1 });
        await using var first = await listener.GreetAsync();
        await using var second = await listener.ConnectAsync();

        (await second.RestAsync()).ShouldBe("421 4.7.0 Too many sessions from your address, try again later\n");
    }

    [Fact]
    public async Task A_mail_loop_is_broken()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { MaxHops = 5 });
        await using var client = await listener.GreetAsync();

        (await SmtpSessionTests.SendAsync(client, string.Concat(Enumerable.Repeat("Received: x\r\n", 4)) + Header + "\r\n")).ShouldStartWith("250 ");
        (await SmtpSessionTests.SendAsync(client, string.Concat(Enumerable.Repeat("Received: x\r\n", 5)) + Header + "\r\n"))
            .ShouldBe("554 5.4.6 Mail loop: the message passed 5 servers");
    }

    private static string Lines(int count) => string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", count));

    // The slot is given back a moment after the client sees the end.
    private static async Task ShouldSoonBeGreetedAsync(RunningListener listener)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            await using var client = await listener.ConnectAsync();
            if ((await client.ReplyAsync()).StartsWith("220", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new ShouldAssertException("No slot was given back.");
    }
}
