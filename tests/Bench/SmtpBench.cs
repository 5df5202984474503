using System.Diagnostics;
using System.Globalization;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Bench;

/// <summary>Durable relay end to end, beside Postfix on the same machine in the same run: smtp-source, the server, smtp-sink.</summary>
/// <remarks>Pairs are interleaved, so that a machine that drifts hits both. The clock runs until the sink has counted every message.</remarks>
internal static class SmtpBench
{
    private const int Sessions = 20;
    private const int MessageBytes = 10_240;

    public static async Task<int> RunAsync(int count, int pairs)
    {
        using var sink = new SmtpSink(Measure.FreePort());
        await using var postfix = await PostfixServer.StartAsync($"relayhost = [127.0.0.1]:{sink.Port}");
        await using var postern = await PosternUnderTest.StartAsync(sink.Port);
        var rates = (Postern: new List<double>(), Postfix: new List<double>());

        await RoundAsync(sink, postern.Port, count / 4);
        await RoundAsync(sink, postfix.Port, count / 4);
        for (var pair = 1; pair <= pairs; pair++)
        {
            rates.Postern.Add(await RoundAsync(sink, postern.Port, count));
            rates.Postfix.Add(await RoundAsync(sink, postfix.Port, count));
            await postern.CheckBooksAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"pair {pair}: Postern {rates.Postern[^1]:N0} messages/s, Postfix {rates.Postfix[^1]:N0} messages/s"));
        }

        var ratio = Measure.Median(rates.Postern) / Measure.Median(rates.Postfix);
        Console.WriteLine($"{count:N0} messages of {MessageBytes:N0} bytes, {Sessions} sessions, median (range) of {pairs}");
        Console.WriteLine($"Postern: {Measure.Range(rates.Postern)} messages/s; peak memory {postern.PeakMegabytes():N0} MB");
        Console.WriteLine($"Postfix: {Measure.Range(rates.Postfix)} messages/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio to Postfix: {ratio:F2}"));
        return 0;
    }

    internal static async Task<double> RoundAsync(SmtpSink sink, int port, int count)
    {
        var before = sink.Count;
        var started = Stopwatch.GetTimestamp();
        using var source = Process.Start("smtp-source",
            ["-s", Number(Sessions), "-l", Number(MessageBytes), "-m", Number(count), "-f", "from@a.example", "-t", "to@b.example", $"127.0.0.1:{port}"]);
        await source.WaitForExitAsync();
        if (source.ExitCode != 0)
        {
            throw new InvalidOperationException($"smtp-source ended with {source.ExitCode}.");
        }

        if (!await sink.WaitForAsync(before + count))
        {
            throw new InvalidOperationException($"The sink has {sink.Count - before:N0} of {count:N0} messages, and no more come.");
        }

        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return sink.Count == before + count ? rate : throw new InvalidOperationException("The sink has more messages than were sent.");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
