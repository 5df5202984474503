using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class TimeOutTests
{
    private readonly TestClock clock = new();

    [Fact]
    public async Task A_silent_client_is_sent_away()
    {
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();

        clock.Advance(TimeSpan.FromSeconds(299));
        (await client.SayAsync("NOOP")).ShouldStartWith("250 ");
        clock.Advance(TimeSpan.FromSeconds(300));

        (await client.RestAsync()).ShouldBe("421 4.4.2 Waited too long, closing the connection\n");
    }

    [Fact]
    public async Task Single_bytes_do_not_buy_time()
    {
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();

        clock.Advance(TimeSpan.FromSeconds(200));
        await client.SendAsync("NO");
        clock.Advance(TimeSpan.FromSeconds(100));

        (await client.RestAsync()).ShouldStartWith("421 4.4.2 ");
    }

    [Fact]
    public async Task A_message_that_stalls_is_dropped()
    {
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();
        await client.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        await client.SendAsync("Subject: slow\r\n");
        clock.Advance(TimeSpan.FromSeconds(180));

        (await client.RestAsync()).ShouldStartWith("421 4.4.2 ");
        listener.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_lasts_only_so_long_in_all()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { SessionTimeout = 600 }, clock);
        await using var client = await listener.GreetAsync();

        clock.Advance(TimeSpan.FromSeconds(250));
        await client.SayAsync("NOOP");
        clock.Advance(TimeSpan.FromSeconds(250));
        await client.SayAsync("NOOP");
        clock.Advance(TimeSpan.FromSeconds(100));

        (await client.RestAsync()).ShouldBe("421 4.4.2 The session lasted too long, closing the connection\n");
    }

    [Fact]
    public async Task A_session_under_TLS_times_out_as_well()
    {
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();
        await client.SayAsync("STARTTLS");
        await client.StartTlsAsync();
        await client.SayAsync("EHLO client.example");

        clock.Advance(TimeSpan.FromSeconds(300));

        (await client.RestAsync()).ShouldStartWith("421 4.4.2 ");
    }

    [Fact]
    public async Task A_handshake_that_never_comes_ends_the_session()
    {
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();
        await client.SayAsync("STARTTLS");

        clock.Advance(TimeSpan.FromSeconds(300));

        (await client.RestAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Waiting_for_the_intake_is_not_the_fault_of_the_client()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<IntakeResult>();
        await using var listener = await RunningListener.StartAsync(clock: clock);
        await using var client = await listener.GreetAsync();
        listener.Intake = _ =>
        {
            asked.SetResult();
            return answer.Task;
        };

        var reply = SmtpSessionTests.SendAsync(client, "Subject: x\r\n\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(1000));
        clock.Advance(TimeSpan.FromSeconds(1000));
        answer.SetResult(new IntakeResult.TryLater("later"));

        (await reply).ShouldStartWith("451 4.3.0 ");
        (await client.SayAsync("NOOP")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_off()
    {
        var unread = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var connection = new DefaultConnectionContext("test", new TwoPipes(new Pipe().Reader, unread.Writer), new TwoPipes(unread.Reader, new Pipe().Writer));
        var deadline = new SessionDeadline(clock, 1000);
        var channel = new SessionChannel(connection, deadline, clock);
        channel.Write(Replies.Goodbye);

        // The pipe is full with the first reply, so the session waits for its reader and not for a command: waking it does not help.
        var waiting = channel.ReadCommandAsync(2048, 300).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(300));
        channel.Tick(clock.GetTimestamp());
        connection.ConnectionClosed.IsCancellationRequested.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(60));
        channel.Tick(clock.GetTimestamp());

        await Should.ThrowAsync<OperationCanceledException>(() => Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System, connection.ConnectionClosed));
    }

    private sealed record TwoPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
