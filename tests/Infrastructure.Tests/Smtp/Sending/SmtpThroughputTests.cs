using System.Globalization;
using System.Text;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Measures the connector alone against Postfix's receiver; run by hand with <c>-explicit only</c>.</summary>
public sealed class SmtpThroughputTests(ITestOutputHelper output)
{
    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Sends_ten_kilobyte_messages(int connections)
    {
        const int Messages = 30_000;
        using var sink = await SmtpSink.StartAsync(keeps: false);
        await using var connector = Transfers.Connector(sink.Address);
        var line = $"{new string('x', 74)}\r\n";
        var content = Encoding.ASCII.GetBytes("Subject: throughput\r\n\r\n" + string.Concat(Enumerable.Repeat(line, 134)));
        var transfer = Transfers.To(content, "bob@peer.example");
        var left = Messages;
        var before = GC.GetTotalAllocatedBytes();
        var started = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                (await connector.DeliverOneAsync(transfer)).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
            }
        })));

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var perMessage = (GC.GetTotalAllocatedBytes() - before) / Messages;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{connections} connections: {Messages / seconds:N0} messages/s, {perMessage:N0} bytes allocated per message"));
    }
}
