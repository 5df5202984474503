using System.Diagnostics;
using System.Globalization;

namespace Postern.Bench;

/// <summary>Many large messages at once: how much memory the process needs at its peak.</summary>
internal static class MemoryBench
{
    public static async Task<int> RunAsync(int sessions, int megabytes)
    {
        using var sink = new SmtpSink(Measure.FreePort());
        await using var postern = await PosternUnderTest.StartAsync(sink.Port);
        var bytes = (megabytes * 1024 * 1024).ToString(CultureInfo.InvariantCulture);
        var count = sessions.ToString(CultureInfo.InvariantCulture);
        using var source = Process.Start(
            "smtp-source", ["-s", count, "-l", bytes, "-m", count, "-f", "from@a.example", "-t", "to@b.example", $"127.0.0.1:{postern.Port}"]);
        await source.WaitForExitAsync();
        if (source.ExitCode != 0 || !await sink.WaitForAsync(sessions))
        {
            Console.Error.WriteLine($"Not all messages arrived: {sink.Count} of {sessions}.");
            return 1;
        }

        await postern.CheckBooksAsync();
        Console.WriteLine($"{sessions} sessions with one message of {megabytes} MB each");
        Console.WriteLine($"peak resident memory: {postern.PeakMegabytes()} MB");
        return 0;
    }
}
