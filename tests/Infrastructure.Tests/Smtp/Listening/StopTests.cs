using System.Net.Sockets;
using System.Net;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class StopTests
{
    [Fact]
    public async Task Binds_and_unbinds_at_run_time()
    {
        await using var running = await RunningListener.StartAsync();
        var first = running.EndPoint;

        await running.Listener.StopAsync(CancellationToken.None);
        running.Listener.EndPoint.ShouldBeNull();
        await Should.ThrowAsync<SocketException>(() => SmtpTestClient.ConnectAsync(first));
        await running.Listener.StartAsync(new ListenerSettings { Port = first.Port }, CancellationToken.None);

        await using var client = await running.GreetAsync();
        (await client.SayAsync("QUIT")).ShouldStartWith("221 ");
    }

    [Fact]
    public async Task A_running_transaction_finishes_and_the_others_are_told()
    {
        await using var running = await RunningListener.StartAsync();
        await using var idle = await running.GreetAsync();
        await using var busy = await running.GreetAsync();
        await busy.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        var stopping = running.Listener.StopAsync(CancellationToken.None);
        (await idle.RestAsync()).ShouldBe("421 4.3.2 The service is stopping, try again later\n");
        await busy.SendAsync("Subject: last\r\n\r\n.\r\n");

        (await busy.RestAsync()).ShouldBe("250 2.0.0 Ok: queued as 1\n421 4.3.2 The service is stopping, try again later\n");
        await stopping;
        running.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_transaction_that_does_not_finish_in_time_is_ended()
    {
        var clock = new TestClock();
        await using var running = await RunningListener.StartAsync(new ListenerSettings { StopTimeout = 30 }, clock);
        await using var idle = await running.GreetAsync();
        await using var busy = await running.GreetAsync();
        await busy.SayAllAsync("MAIL FROM:<ann@peer.example>", "RCPT TO:<jane@site1.example>", "DATA");

        var stopping = running.Listener.StopAsync(CancellationToken.None);
        await idle.RestAsync();
        clock.Advance(TimeSpan.FromSeconds(30));

        (await busy.RestAsync()).ShouldBe("421 4.3.2 The service is stopping, try again later\n");
        await stopping;
        running.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var first = await RunningListener.StartAsync();
        await using var second = await RunningListener.StartAsync();
        await second.Listener.StopAsync(CancellationToken.None);

        var fault = await Should.ThrowAsync<ListenerException>(() => second.Listener.StartAsync(new ListenerSettings { Port = first.EndPoint.Port }, CancellationToken.None));

        fault.Message.ShouldBe($"Port {first.EndPoint.Port} of 127.0.0.1 is in use by another program.");
    }

    [Fact]
    public async Task Starts_and_stops_under_load_without_losing_an_acknowledged_message()
    {
        await using var running = await RunningListener.StartAsync();
        var acknowledged = 0;
        for (var round = 0; round < 10; round++)
        {
            var sending = Enumerable.Range(0, 8).Select(_ => SendUntilStoppedAsync(running.EndPoint, () => Interlocked.Increment(ref acknowledged))).ToList();
            var target = acknowledged + 5;
            while (Volatile.Read(ref acknowledged) < target)
            {
                await Task.Yield();
            }

            await running.Listener.StopAsync(CancellationToken.None);
            await Task.WhenAll(sending);
            await running.Listener.StartAsync(new ListenerSettings { Port = 0 }, CancellationToken.None);
        }

        running.Accepted.Count.ShouldBe(acknowledged);
    }

    private static async Task SendUntilStoppedAsync(IPEndPoint endPoint, Action acknowledge)
    {
        try
        {
            await using var client = await SmtpTestClient.ConnectAsync(endPoint);
            await client.SayAsync("EHLO client.example");
            while (true)
            {
                await client.SendAsync("MAIL FROM:<ann@peer.example>\r\nRCPT TO:<jane@site1.example>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n");
                var reply = "";
                while (!reply.StartsWith("250 2.0.0 Ok: queued", StringComparison.Ordinal))
                {
                    reply = await client.ReplyAsync();
                    if (reply.Length == 0 || reply.StartsWith("421", StringComparison.Ordinal))
                    {
                        return;
                    }
                }

                acknowledge();
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The listener has stopped.
        }
    }
}
