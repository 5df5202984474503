using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.Bench;

/// <summary>Postfix's smtp-sink: takes mail, throws it away and counts it.</summary>
internal sealed partial class SmtpSink : IDisposable
{
    private readonly Process process;
    private readonly Task reading;
    private int count;

    public SmtpSink(int port)
    {
        Port = port;
        var user = Environment.IsPrivilegedProcess ? new[] { "-u", "nobody" } : [];
        process = Process.Start(new ProcessStartInfo("smtp-sink", [.. user, "-c", $"127.0.0.1:{port}", "2000"]) { RedirectStandardOutput = true })!;
        reading = Task.Run(ReadAsync);
    }

    public int Port { get; }

    /// <summary>Messages taken since the start.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Waits until it has taken this many; false when nothing came for a minute.</summary>
    public async Task<bool> WaitForAsync(int wanted)
    {
        var last = Count;
        var since = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (Count < wanted)
        {
            await timer.WaitForNextTickAsync();
            if (Count != last)
            {
                (last, since) = (Count, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(1))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        reading.Wait(TimeSpan.FromSeconds(5));
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[65_536];
        var tail = "";
        int read;
        while ((read = await process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            tail += new string(buffer, 0, read);
            if (Counted().Matches(tail) is { Count: > 0 } matches)
            {
                Volatile.Write(ref count, int.Parse(matches[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }

            tail = tail[^Math.Min(tail.Length, 40)..];
        }
    }

    [GeneratedRegex(@"mesg=(\d+)[^\d]")]
    private static partial Regex Counted();
}
