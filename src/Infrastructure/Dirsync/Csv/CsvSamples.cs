using System.Text.Json;
using Postern.Domain.Directory.Partners;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>One of the first rows of a table.</summary>
/// <param name="Entry">What is made of it; null where it cannot be taken.</param>
/// <param name="Fault">Why not.</param>
public sealed record CsvSampleRow(int Line, IReadOnlyList<string> Cells, PartnerEntry? Entry, string Fault);

/// <summary>The beginning of a table as its settings would have it read.</summary>
/// <param name="Mapping">Found by the titles and the own lines.</param>
/// <param name="Fault">Why it cannot be read; empty when it can.</param>
public sealed record CsvSample(IReadOnlyList<string> Titles, CsvMapping Mapping, IReadOnlyList<string> Missing, IReadOnlyList<CsvSampleRow> Rows, string Fault)
{
    internal static CsvSample Unread(string fault) => new([], CsvMapping.Guess([]), [], [], fault);
}

/// <summary>Reads the first rows of a partner's table, for the page on which its columns are mapped. Nothing is kept.</summary>
public sealed class CsvSamples(AllowedPaths allowed, TimeProvider clock)
{
    private const int Most = 6;

    /// <summary>The beginning of the table that settings name, with what would be made of it.</summary>
    public CsvSample Read(string settings)
    {
        try
        {
            var read = SettingsJson.Read<CsvSettings>(settings);
            return read.ReadFile.Length == 0 ? CsvSample.Unread("No file to read is named.")
                : read.Separator.Length == 0 || read.AddressSeparator.Length == 0 ? CsvSample.Unread("Separators are needed.")
                : Read(CsvFile.Resting(CsvFile.Allowed(allowed, read.ReadFile), read with { Rest = TimeSpan.Zero }, clock), read);
        }
        catch (Exception e) when (e is PartnerException or JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return CsvSample.Unread(e.Message);
        }
    }

    private static CsvSample Read(CsvFile file, CsvSettings settings)
    {
        using var rows = CsvRows.Read(file.Lines(), settings.SeparatorCharacter).GetEnumerator();
        if (!rows.MoveNext())
        {
            return CsvSample.Unread($"{file.Path} is empty.");
        }

        var titles = rows.Current.Cells;
        var mapping = settings.MappingOf(titles);
        var missing = mapping.Missing(titles);
        var table = new CsvTable(mapping, titles);
        var sample = new List<CsvSampleRow>();
        while (sample.Count < Most && rows.MoveNext())
        {
            var isTaken = table.TryRead(rows.Current, out var entry, out var fault);
            sample.Add(new CsvSampleRow(rows.Current.Line, rows.Current.Cells, isTaken ? entry : null, isTaken ? "" : fault.Sentence));
        }

        return new CsvSample(titles, mapping, missing, sample, "");
    }
}
