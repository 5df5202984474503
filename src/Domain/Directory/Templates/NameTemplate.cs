using System.Text;

namespace Postern.Domain.Directory.Templates;

/// <summary>
/// A pattern that a name or an address is made from: <c>%g</c> given name, <c>%s</c> surname, <c>%i</c> initials, <c>%d</c> display name, <c>%m</c> alias; a
/// number takes so many letters, <c>%5s%1g</c>. <c>%F</c>, <c>%L</c> and <c>%I</c> of old settings mean given name, surname and initials (Q183058, Q197254).
/// </summary>
public sealed class NameTemplate
{
    private const int LongestCount = 64;

    private readonly List<Piece> pieces;

    private NameTemplate(string text, List<Piece> pieces)
    {
        Text = text;
        this.pieces = pieces;
    }

    /// <summary>Given name, initials, surname: what imported entries are called where nothing else is set.</summary>
    public static NameTemplate Display { get; } = Parse("%g %i %s");

    /// <summary>Given name and the first letter of the surname: the original's alias.</summary>
    public static NameTemplate Alias { get; } = Parse("%g%1s");

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it uses any part of a name; one that does not gives everybody the same.</summary>
    public bool UsesName => pieces.Exists(piece => piece.Part != '\0');

    public static bool TryParse(string text, out NameTemplate template, out string fault)
    {
        var pieces = new List<Piece>();
        template = new NameTemplate(text, pieces);
        fault = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                pieces.Add(new Piece(text[i], '\0', 0));
                continue;
            }

            var start = i++;
            var count = 0;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && count <= LongestCount)
            {
                count = (count * 10) + (text[i++] - '0');
            }

            var part = i < text.Length ? PartOf(text[i]) : '\0';
            if (part == '\0' || count > LongestCount || (part == '%' && i > start + 1))
            {
                fault = $"“{text[start..Math.Min(text.Length, i + 1)]}” means nothing in a template; %g, %s, %i, %d and %m do, with a number up to {LongestCount} before the letter, and %% is a percent sign.";
                return false;
            }

            pieces.Add(part == '%' ? new Piece('%', '\0', 0) : new Piece('\0', part, count));
        }

        return true;
    }

    /// <summary>What the template makes of a name. A part that is shorter than its count is taken whole (Q168077); blanks at the ends and double ones go.</summary>
    public string Format(NameParts name)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            if (piece.Part == '\0')
            {
                text.Append(piece.Literal);
            }
            else
            {
                text.Append(Letters(ValueOf(piece.Part, name), piece.Count));
            }
        }

        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim(' ', ',');
    }

    public override string ToString() => Text;

    private static NameTemplate Parse(string text) => TryParse(text, out var template, out var fault) ? template : throw new FormatException(fault);

    private static char PartOf(char letter) => letter switch
    {
        'g' or 'F' or 'f' or 'G' => 'g',
        's' or 'L' or 'l' or 'S' => 's',
        'i' or 'I' => 'i',
        'd' or 'D' => 'd',
        'm' or 'M' => 'm',
        '%' => '%',
        _ => '\0',
    };

    private static string ValueOf(char part, NameParts name) => part switch
    {
        'g' => name.Given,
        's' => name.Surname,
        'i' => name.Initials,
        'd' => name.Display,
        _ => name.Alias,
    };

    // Counted in characters as people see them, so that a pair is never cut.
    private static string Letters(string value, int count)
    {
        if (count == 0 || value.Length <= count)
        {
            return value;
        }

        var length = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if (count-- == 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return value[..length];
    }

    private readonly record struct Piece(char Literal, char Part, int Count);
}
