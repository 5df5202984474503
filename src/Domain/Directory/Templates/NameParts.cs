using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Templates;

/// <summary>The parts of a person's name that templates put together.</summary>
/// <param name="Initials">With its period, which belongs to the name (Q241988).</param>
public sealed record NameParts(string Given, string Surname, string Initials, string Display, string Alias)
{
    /// <summary>Takes a directory name apart: <c>Smith, John Q.</c>, or <c>John Q. Smith</c> where there is no comma (Q185593).</summary>
    public static NameParts Of(string name, string alias = "")
    {
        name = string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        var (first, surname) = comma >= 0 ? (name[(comma + 1)..].Trim(), name[..comma].Trim())
            : name.LastIndexOf(' ') is > 0 and var blank ? (name[..blank], name[(blank + 1)..])
            : ("", name);
        var (given, initials) = Split(first);
        return new NameParts(given, surname, initials, name, alias);
    }

    /// <summary>The parts where the source gives them itself, the rest from the name.</summary>
    public static NameParts Of(string name, RowValues values)
    {
        var parts = Of(name, values[ValueNames.Alias]);
        return values[ValueNames.Given].Length == 0 && values[ValueNames.Surname].Length == 0 ? parts : parts with
        {
            Given = values[ValueNames.Given],
            Surname = values[ValueNames.Surname],
            Initials = values[ValueNames.Initials],
        };
    }

    // What stands last and is one letter, with its period or without, is an initial: John Q.
    private static (string Given, string Initials) Split(string first)
    {
        var words = first.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = words.Length;
        while (given > 1 && IsInitial(words[given - 1]))
        {
            given--;
        }

        return (string.Join(' ', words[..given]), string.Join(' ', words[given..]));
    }

    private static bool IsInitial(string word) => word is [var letter] && char.IsLetter(letter) || word is [var initial, '.'] && char.IsLetter(initial);
}
