using System.Globalization;

namespace Postern.Domain.Formats.MsMail;

/// <summary>What an error of a gateway program means for the message it names.</summary>
public enum ProgramErrorKind
{
    /// <summary>Contention, memory, disk space: the same file may pass the next time.</summary>
    TryAgain,

    /// <summary>The message itself is refused and will be each time.</summary>
    MessageRefused,

    /// <summary>The programs are set up wrongly; no message passes until somebody mends that.</summary>
    SetUp,

    /// <summary>A number that is in no public list.</summary>
    Unknown,
}

/// <summary>
/// One error line of a gateway program, <c>141-1-2  Cannot match token TO</c>: the number, the message in the file from 1 and its line from 1;
/// 0 where none is meant (Q118533, Q134952).
/// </summary>
public sealed record ProgramError(int Number, int Message, int Line, string Text)
{
    private const int LineLimit = 10_000;
    private const int LongestText = 500;

    /// <summary>Numbers of public lists (Q85043, Q95521, Q96605, Q98811, Q103801, Q106623, Q134952, Q135926); what passes the next time is inferred.</summary>
    public ProgramErrorKind Kind => KindOf(Number);

    /// <summary>What a number means, also where a program gave it as its exit code (Q112286).</summary>
    public static ProgramErrorKind KindOf(int number) => number switch
    {
        20 or 52 or 201 => ProgramErrorKind.TryAgain,
        >= 140 and <= 151 => ProgramErrorKind.MessageRefused,
        2 or 80 or 190 => ProgramErrorKind.SetUp,
        _ => ProgramErrorKind.Unknown,
    };

    /// <summary>All error lines in what a program wrote; other lines are passed over.</summary>
    public static IReadOnlyList<ProgramError> ReadAll(string output)
    {
        var errors = new List<ProgramError>();
        foreach (var line in output.AsSpan().EnumerateLines())
        {
            if (errors.Count < LineLimit && TryRead(line, out var error))
            {
                errors.Add(error);
            }
        }

        return errors;
    }

    /// <summary>Reads <c>NNN-M-L text</c>, with or without blanks around the hyphens.</summary>
    public static bool TryRead(ReadOnlySpan<char> line, out ProgramError error)
    {
        error = null!;
        var rest = line.Trim();
        if (!TakeNumber(ref rest, 3, out var number) || !TakeHyphen(ref rest)
            || !TakeNumber(ref rest, 5, out var message) || !TakeHyphen(ref rest)
            || !TakeNumber(ref rest, 6, out var at) || (!rest.IsEmpty && rest[0] is not (' ' or '\t' or ':' or '-')))
        {
            return false;
        }

        var text = rest.TrimStart(" \t:-").Trim();
        error = new ProgramError(number, message, at, text[..Math.Min(text.Length, LongestText)].TrimEnd().ToString());
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> text, int maxDigits, out int number)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        number = 0;
        if (digits == 0 || digits > maxDigits)
        {
            return false;
        }

        number = int.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[digits..];
        return true;
    }

    private static bool TakeHyphen(ref ReadOnlySpan<char> text)
    {
        var rest = text.TrimStart();
        if (rest.IsEmpty || rest[0] != '-')
        {
            return false;
        }

        text = rest[1..].TrimStart();
        return true;
    }
}
