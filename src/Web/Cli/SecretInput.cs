using Microsoft.Win32.SafeHandles;
using Postern.Infrastructure.Terminal;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>Takes a secret from whoever types it, unseen, or from a pipe. Never from an argument: those stand in the list of processes.</summary>
internal static class SecretInput
{
    /// <summary>More than any password, less than a file piped in by mistake.</summary>
    private const int Longest = 4_096;

    /// <summary>The value, or a sentence that says why it cannot be one.</summary>
    public static async Task<(string? Value, string Fault)> ReadAsync(string name, TextWriter prompt, CancellationToken cancellationToken)
    {
        var text = Console.IsInputRedirected ? await PipedAsync(cancellationToken) : await TypedAsync(name, prompt, cancellationToken);
        return text switch
        {
            null => (null, "This terminal cannot hide what is typed; pipe the value in."),
            "" => (null, "A secret cannot be empty; to forget one, use secret remove."),
            { Length: > Longest } => (null, $"A secret has at most {Longest} characters."),
            _ when text.Any(char.IsControl) => (null, "A secret is one line without control characters."),
            _ => (text, ""),
        };
    }

    // The line end that echo and most editors add is not part of a password.
    private static async Task<string> PipedAsync(CancellationToken cancellationToken)
    {
        var buffer = new char[Longest + 3];
        var length = await Console.In.ReadBlockAsync(buffer, cancellationToken);
        var text = new string(buffer, 0, length);
        return text.EndsWith('\n') ? text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)] : text;
    }

    private static async Task<string?> TypedAsync(string name, TextWriter prompt, CancellationToken cancellationToken)
    {
        // The console's own stream would show what it reads.
        using var reader = new StreamReader(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read));
        using var echo = TerminalEcho.Hide();
        if (echo is null)
        {
            return null;
        }

        await prompt.WriteAsync($"Value of {VisibleText.Of(name)}: ");
        await prompt.FlushAsync(cancellationToken);
        var line = await Task.Run(reader.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        await prompt.WriteLineAsync();
        return line ?? "";
    }
}
