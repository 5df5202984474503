using System.Globalization;

namespace Postern.Lab.MsMail;

/// <summary>A record of import text. What follows its first line is in <paramref name="Lines"/>, the second line of an M is taken apart.</summary>
/// <param name="Letter">Its first column; a blank for a line that continues nothing.</param>
internal sealed record ImportRecord(int Line, long Number, char Letter, string Name, string Address, List<string> Lines)
{
    public string NewName { get; set; } = "";

    public string NewAddress { get; set; } = "";
}

/// <summary>Reads import text as the original does: the name in columns 3 to 32 and the address from column 34, or tabs between them (formats 4.2).</summary>
internal static class ImportText
{
    private const int NameColumn = 2;
    private const int AddressColumn = 33;

    public static List<ImportRecord> Read(string text, bool isNumbered = false)
    {
        var records = new List<ImportRecord>();
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r', '\x1a', ' ');
            if (line.Length == 0)
            {
                continue;
            }

            var last = records.Count > 0 ? records[^1] : null;
            if (line[0] == '-' && last is not null)
            {
                last.Lines.Add(line);
            }
            else if (line[0] == ' ' && last is { Letter: 'T' })
            {
                last.Lines.Add(line);
            }
            else if (line[0] == ' ' && last is { Letter: 'M', NewName: "" })
            {
                (last.NewName, last.NewAddress) = Split(line);
            }
            else
            {
                records.Add(Record(line, number, isNumbered));
            }
        }

        return records;
    }

    private static ImportRecord Record(string line, int at, bool isNumbered)
    {
        var digits = isNumbered ? line.Length - line.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').Length : 0;
        var sequence = digits > 0 ? long.Parse(line.AsSpan(0, digits), CultureInfo.InvariantCulture) : 0;
        var rest = digits > 0 ? line[(digits + 1)..] : line;
        var letter = char.ToUpperInvariant(rest[0]);
        if (letter is 'R' or 'T')
        {
            return new ImportRecord(at, sequence, letter, "", rest[1..].Trim(), []);
        }

        var (name, address) = Split(rest);
        return new ImportRecord(at, sequence, letter, name, address, []);
    }

    private static (string Name, string Address) Split(string line)
    {
        var parts = line.Split('\t');
        return parts.Length >= 3 ? (parts[1].Trim(), parts[2].Trim())
            : line.Length > AddressColumn ? (line[NameColumn..(AddressColumn - 1)].Trim(), line[AddressColumn..].Trim())
            : (line.Length > NameColumn ? line[NameColumn..].Trim() : "", "");
    }
}
