using Postern.Domain.Directory.Partners;
using Postern.Domain.Formats;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>What an administrator sets for a partner of kind <c>csv</c>.</summary>
public sealed record CsvSettings
{
    /// <summary>The file that entries are taken from, below an allowed folder. Default none: nothing is taken.</summary>
    [Setting("Files", "File to read")]
    public string ReadFile { get; init; } = "";

    /// <summary>The file that our entries are written into, below an allowed folder; it is replaced as a whole. Default none: nothing is written.</summary>
    [Setting("Files", "File to write")]
    public string WriteFile { get; init; } = "";

    /// <summary>How long the file must not have changed before it is read: what is still being written is no list of everybody. Default 10 seconds.</summary>
    [Setting("Files", "Rest before reading")]
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What stands between columns: one character, or tab. Default a comma.</summary>
    [Setting("Columns", "Separator")]
    public string Separator { get; init; } = ",";

    /// <summary>What stands between addresses in one cell. Default %, as in Exchange's own tables (Q184536).</summary>
    [Setting("Columns", "Separator of addresses")]
    public string AddressSeparator { get; init; } = "%";

    /// <summary>Code page of the text; a mark at the beginning of the file goes before it. Default 65001, which is UTF-8.</summary>
    [Setting("Columns", "Code page")]
    public int CodePage { get; init; } = 65_001;

    /// <summary>
    /// Titles of columns, one a line: <c>department = Division</c>. Before the equals sign stands the name of a value, or id, name, address, proxies or kind; behind it
    /// stands the title, or nothing for a column that is not wanted. Default none: columns are found by their usual titles.
    /// </summary>
    [Setting("Columns", "Own titles")]
    public IReadOnlyList<string> Columns { get; init; } = [];

    internal char SeparatorCharacter => Separator is "tab" or "\\t" ? '\t' : Separator[0];

    /// <summary>The mapping for a table with these titles.</summary>
    public CsvMapping MappingOf(IReadOnlyList<string> titles) =>
        CsvMappingLines.Apply(CsvMapping.Guess(titles), Columns, out _) with { Separator = SeparatorCharacter, ProxySeparator = AddressSeparator[0] };

    /// <summary>What is wrong with these settings: the path of a setting and a sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(ReadFile.Length > 0 || WriteFile.Length > 0, "readFile", "A file to read or a file to write is needed.");
        Require(ReadFile.Length == 0 || Path.IsPathFullyQualified(ReadFile), "readFile", $"{ReadFile} is no absolute path.");
        Require(WriteFile.Length == 0 || Path.IsPathFullyQualified(WriteFile), "writeFile", $"{WriteFile} is no absolute path.");
        Require(ReadFile.Length == 0 || ReadFile != WriteFile, "writeFile", "What is read cannot be what is written: it would come back as the partner's own.");
        Require(Rest <= TimeSpan.FromDays(1), "rest", "The rest before reading must be at most a day.");
        Require(Separator is "tab" or "\\t" or [not '"' and >= ' '] or "\t", "separator", "The separator must be one character that is no quote, or tab.");
        Require(AddressSeparator is [not '"' and >= ' '], "addressSeparator", "The separator of addresses must be one character that is no quote.");
        Require(OemText.IsKnown(CodePage), "codePage", $"The code page {CodePage} is not known.");
        CsvMappingLines.Apply(CsvMapping.Guess([]), Columns, out var wrong);
        faults.AddRange(wrong.Select(sentence => $"columns: {sentence}"));
        return faults;

        void Require(bool holds, string path, string sentence)
        {
            if (!holds)
            {
                faults.Add($"{path}: {sentence}");
            }
        }
    }
}
