namespace Postern.Lab.MsMail;

/// <summary>The end of a gateway program: a number that is also its exit code, and <c>NNN-M-L text</c> on the screen (formats 2.3).</summary>
internal sealed class ProgramFault(int number, int message, int line, string text) : Exception(text)
{
    public int Number { get; } = number;

    public string Line { get; } = $"{number}-{message}-{line} {text}";
}
