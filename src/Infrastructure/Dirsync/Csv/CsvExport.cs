using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>The table with our entries. It is written beside the old one and takes its place in one moment: a reader sees either, and never half of one.</summary>
internal sealed class CsvExport(string path, CsvSettings settings)
{
    private static readonly OwnNames Rule = new();

    private readonly CsvMapping mapping = MappingOf(settings);

    /// <summary>What it holds now, each row with its cells; nothing where it is not there.</summary>
    public IEnumerable<(DirectoryRow Row, CsvRow Cells)> Rows()
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        CsvTable? table = null;
        foreach (var cells in CsvRows.Read(CsvFile.Own(path, settings).Lines(), settings.SeparatorCharacter))
        {
            if (table is null)
            {
                if (mapping.Missing(cells.Cells).Count > 0)
                {
                    yield break; // columns were renamed: all rows are written anew
                }

                table = new CsvTable(mapping, cells.Cells);
            }
            else if (table.TryRead(cells, out var entry, out _) && DirectoryRow.TryCreate(Rule, "", entry.Name, entry.Address, entry.Kind, entry.Values, out var row, out _))
            {
                yield return (row, cells);
            }
        }
    }

    /// <summary>Carries out all steps and says of each that it is done, once the new table stands.</summary>
    public async Task WriteAsync(IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        var (added, written) = (path + ".added", path + ".new");
        var results = new List<StepResult>();
        try
        {
            var gone = new HashSet<UInt128>();
            var changed = new Dictionary<UInt128, DirectoryRow>();
            var news = new HashSet<UInt128>();
            await using (var writer = Open(added))
            {
                await foreach (var step in steps.WithCancellation(cancellationToken))
                {
                    Note(step.Step, gone, changed, news, writer);
                    results.Add(new StepResult(step.Ordinal, step.Step.Kind, ""));
                }
            }

            Compose(written, added, gone, changed, news);
            File.Move(written, path, overwrite: true);
        }
        finally
        {
            File.Delete(added);
            File.Delete(written);
        }

        foreach (var result in results)
        {
            await done(result);
        }
    }

    // Steps come in the order deletes, changes, adds. A million adds are in the file by then, and their keys here.
    private void Note(ApplyStep step, HashSet<UInt128> gone, Dictionary<UInt128, DirectoryRow> changed, HashSet<UInt128> news, StreamWriter writer)
    {
        switch (step.Kind)
        {
            case StepKind.Delete:
                gone.Add(Mark(step.Before!.AddressKey));
                break;
            case StepKind.Change:
                changed[Mark(step.Before!.AddressKey)] = step.After!;
                break;
            default:
                if (news.Add(Mark(step.After!.AddressKey)))
                {
                    Write(writer, step.After!);
                }

                break;
        }
    }

    private void Compose(string target, string added, HashSet<UInt128> gone, Dictionary<UInt128, DirectoryRow> changed, HashSet<UInt128> news)
    {
        using var stream = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024);
        using var writer = new StreamWriter(stream, Page());
        WriteLine(writer, [mapping.Name, mapping.Address, mapping.Kind, .. mapping.Values.Select(value => value.Attribute)]);
        // A change that was done before leaves the row under the address it was given.
        var done = changed.Values.DistinctBy(row => row.AddressKey).ToDictionary(row => Mark(row.AddressKey));
        foreach (var (row, _) in Rows())
        {
            var mark = Mark(row.AddressKey);
            if (changed.Remove(mark, out var after))
            {
                done.Remove(Mark(after.AddressKey));
                Write(writer, after);
            }
            else if (!gone.Contains(mark) && !news.Contains(mark) && !done.ContainsKey(mark))
            {
                Write(writer, row);
            }
        }

        foreach (var row in done.Values)
        {
            Write(writer, row);
        }

        writer.Flush();
        using (var more = new FileStream(added, FileMode.Open, FileAccess.Read))
        {
            more.CopyTo(stream);
        }

        stream.Flush(flushToDisk: true);
    }

    private StreamWriter Open(string file) => new(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024), Page());

    private void Write(StreamWriter writer, DirectoryRow row) =>
        WriteLine(writer, [row.Name, row.Address, row.Kind.ToString().ToLowerInvariant(), .. mapping.Values.Select(value => row.Values[value.Value])]);

    private void WriteLine(StreamWriter writer, IEnumerable<string> cells)
    {
        writer.Write(CsvRows.Write(cells, settings.SeparatorCharacter));
        writer.Write("\r\n");
    }

    private Encoding Page() => OemText.Page(settings.CodePage);

    // The columns of our table do not depend on what a partner's has: names of values, or what the administrator calls them.
    private static CsvMapping MappingOf(CsvSettings settings) =>
        CsvMappingLines.Apply(CsvMapping.Guess(["Name", "Address", "Kind", .. ValueNames.All]), settings.Columns.Where(line => CsvMappingLines.HasTitle(line)), out _) with { Id = "", Proxies = "", Separator = settings.SeparatorCharacter };

    private static UInt128 Mark(string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return new UInt128(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));
    }
}
