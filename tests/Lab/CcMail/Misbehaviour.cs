using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Postern.Lab.CcMail;

/// <summary>The ways in which the old programs failed the process that started them.</summary>
internal static class Misbehaviour
{
    /// <summary>Acts out hang, crash, exit, slow and noise. Returns the exit code that ends the run, or null to go on.</summary>
    public static int? Act(IEnumerable<Fault> due, string at)
    {
        foreach (var fault in due.Where(fault => fault.At == at))
        {
            switch (fault.Action)
            {
                case "hang":
                    Hang(fault.Has("stubborn"));
                    break;
                case "crash":
                    Process.GetCurrentProcess().Kill();
                    Hang(false);
                    break;
                case "exit":
                    return fault.Number("exit", ResultCode.Incomplete);
                case "slow":
                    Pause(fault.Number("ms", 1000));
                    break;
                case "noise":
                    MakeNoise(fault.Number("kb", 256));
                    break;
            }
        }

        return null;
    }

    /// <summary>Never returns and uses no processor. A stubborn one outlives SIGTERM and needs SIGKILL.</summary>
    public static void Hang(bool isStubborn)
    {
        // The originals say nothing; this line lets a test see that the end of the road is reached
        Screen.Line("Waiting for ever.");
        using var never = new ManualResetEvent(false);
        using var registration = isStubborn
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true)
            : null;
        never.WaitOne();
    }

    private static void Pause(int milliseconds)
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne(milliseconds);
    }

    // More than a pipe holds: a parent that does not read its child's output stops here
    private static void MakeNoise(int kilobytes)
    {
        var line = new string('.', 1023);
        for (var i = 0; i < kilobytes; i++)
        {
            Screen.Line(line);
        }
    }
}
