using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>Who runs MS Mail's IMPORT.</summary>
public enum ImportTransport
{
    /// <summary>Postern starts it.</summary>
    Program,

    /// <summary>It runs elsewhere; its files lie in a folder.</summary>
    Folder,
}

/// <summary>What an operator sets to exchange address lists with an MS Mail post office as import text. Post office, administrator and password are those of its connector.</summary>
public sealed record MsMailPartnerSettings
{
    /// <summary>The MS Mail connector whose post office it is. Default none.</summary>
    [Setting("Post Office", "Connector")]
    public string Connector { get; init; } = "";

    /// <summary>Program when Postern starts IMPORT, Folder when it runs elsewhere and only files are exchanged. Default Program.</summary>
    [Setting("Post Office", "Transport")]
    public ImportTransport Transport { get; init; } = ImportTransport.Program;

    /// <summary>The folder in which files are exchanged when IMPORT runs elsewhere. Default none.</summary>
    [Setting("Post Office", "Exchange folder")]
    public string ExchangeFolder { get; init; } = "";

    /// <summary>The file in the exchange folder that <c>IMPORT -x</c> has written; it stays there. Default MSLIST.TXT.</summary>
    [Setting("Post Office", "File with the lists")]
    public string ListFile { get; init; } = "MSLIST.TXT";

    /// <summary>The file with changes that Postern lays into the exchange folder; whoever imports it removes it. Default POSTERN.IMP.</summary>
    [Setting("Post Office", "File with changes")]
    public string ChangesFile { get; init; } = "POSTERN.IMP";

    /// <summary>
    /// IMPORT and its arguments to write the lists, with the words of the connector; <c>{log}</c> is the file with its messages. Default
    /// <c>IMPORT.EXE {administrator} -p{password} -d{path} -x -f{file} -l{log} -y</c>.
    /// </summary>
    [Setting("Programs", "IMPORT to read")]
    public IReadOnlyList<string> ReadProgram { get; init; } = ["IMPORT.EXE", "{administrator}", "-p{password}", "-d{path}", "-x", "-f{file}", "-l{log}", "-y"];

    /// <summary>IMPORT and its arguments to take changes: <c>-a</c> also into the post office's own list, <c>-c</c> with new post offices, <c>-t</c> with fields. Default with all three.</summary>
    [Setting("Programs", "IMPORT to write")]
    public IReadOnlyList<string> WriteProgram { get; init; } = ["IMPORT.EXE", "{administrator}", "-p{password}", "-d{path}", "-f{file}", "-a", "-c", "-t", "-l{log}", "-y"];

    /// <summary>Seconds that one run may take; then its whole process group is ended. Default 900.</summary>
    [Setting("Programs", "Time limit", Unit = "seconds")]
    public double TimeLimit { get; init; } = 900;

    /// <summary>A list with changes is written whole: an R, and everybody in it. Only lists of our own sites ever are (Q156996). Default false: changes alone.</summary>
    [Setting("Entries", "Whole lists")]
    public bool ReplacesLists { get; init; }

    /// <summary>Fields of templates are sent; the post office must have that switched on too (Q228601). Default false.</summary>
    [Setting("Entries", "Send fields")]
    public bool SendsFields { get; init; }

    /// <summary>Which prompt of a template holds which value, one a line as <c>Phone: = phone</c>. Default empty: the prompts that MS Mail's own lists commonly have (Q175482).</summary>
    [Setting("Entries", "Fields")]
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>What is wrong with these settings, each with the path of the setting before a colon.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(Connector.Length > 0, "connector: The MS Mail connector must be named.");
        Require(Transport == ImportTransport.Program || ExchangeFolder.Length > 0, "exchangeFolder: The exchange folder must be set.");
        Require(IsName(ListFile), "listFile: A file name without a folder must be set.");
        Require(IsName(ChangesFile) && !ChangesFile.Equals(ListFile, StringComparison.OrdinalIgnoreCase), "changesFile: Another file name without a folder must be set.");
        Require(TimeLimit is > 0 and <= 86_400, "timeLimit: The time limit must be above 0 and at most 86,400 seconds.");
        faults.AddRange(Fields.Where(field => FieldOf(field) is null).Select(field => $"fields: “{field}” is not “prompt = value”; values are {string.Join(", ", ValueNames.All)}."));
        return faults;

        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                faults.Add(sentence);
            }
        }
    }

    internal MsMailEntries Entries => (Fields.Count == 0 ? MsMailEntries.Standard : new MsMailEntries([.. Fields.Select(FieldOf).OfType<MappedValue>()])) with { SendsFields = SendsFields };

    private static bool IsName(string name) => name.Length > 0 && name == Path.GetFileName(name) && !name.Contains('\\', StringComparison.Ordinal);

    private static MappedValue? FieldOf(string line)
    {
        var equals = line.LastIndexOf('=');
        var value = equals < 0 ? "" : line[(equals + 1)..].Trim();
        return equals > 0 && line[..equals].Trim() is { Length: > 0 } prompt && ValueNames.All.Contains(value) ? new MappedValue(prompt, value) : null;
    }
}
