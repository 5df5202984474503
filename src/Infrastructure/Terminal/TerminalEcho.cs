using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Terminal;

/// <summary>Keeps a terminal from showing what is typed, until it is disposed. The terminal goes on editing the line and taking Ctrl-C.</summary>
/// <remarks>
/// The framework hides single keys only, and shows what arrives between two of them. The layout is that of Linux, where Postern runs.
/// </remarks>
public sealed partial class TerminalEcho : IDisposable
{
    private const int StandardInput = 0;
    private const int AfterFlush = 2;       // TCSAFLUSH: what was typed ahead is dropped
    private const uint EchoFlags = 0x8;     // ECHO
    private const int LocalFlags = 3;       // c_lflag is the fourth word

    private Settings before;

    private TerminalEcho(Settings before) => this.before = before;

    /// <summary>Hides what is typed; null when the standard input is no terminal.</summary>
    public static TerminalEcho? Hide()
    {
        if (Get(StandardInput, out var settings) != 0)
        {
            return null;
        }

        var hidden = settings;
        hidden[LocalFlags] &= ~EchoFlags;
        return Set(StandardInput, AfterFlush, in hidden) == 0 ? new TerminalEcho(settings) : null;
    }

    public void Dispose() => _ = Set(StandardInput, AfterFlush, in before);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int Get(int descriptor, out Settings settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int Set(int descriptor, int when, in Settings settings);

    // struct termios has 60 bytes; some to spare.
    [InlineArray(32)]
    private struct Settings
    {
        private uint word;
    }
}
