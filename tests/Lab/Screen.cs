using System.Text;

namespace Postern.Lab;

/// <summary>Lines to the terminal without the set-up cost of <see cref="Console"/>, which a program of 60 ms would feel.</summary>
internal static class Screen
{
    private static readonly Stream Output = Console.OpenStandardOutput();

    /// <summary>Writes one line to standard output.</summary>
    public static void Line(string text) => Write(Output, text);

    /// <summary>Says why the lab cannot do what was asked and returns the exit code for that.</summary>
    public static int Refuse(string text)
    {
        using var error = Console.OpenStandardError();
        Write(error, text);
        return ResultCode.Misuse;
    }

    private static void Write(Stream stream, string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
        stream.Flush();
    }
}

/// <summary>The lab itself was used wrongly: a bad fault line, a missing argument. Never a behaviour of the original.</summary>
internal sealed class MisuseException(string message) : Exception(message);
