using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>Two tables: one with the partner's entries, one with ours.</summary>
internal sealed class CsvDirectory(Partner partner, CsvSettings settings, AllowedPaths allowed, TimeProvider clock) : IPartnerDirectory
{
    public NameRule Names { get; } = new OwnNames();

    public TargetAbility Ability => TargetAbility.Ldap;

    public IReadOnlyList<string> AddressTypes => [SmtpAddress.TypeName, CcMailAddress.TypeName, MsMailAddress.TypeName];

    public bool IsReadBack => true;

    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault)
    {
        var isHeld = Fit(row.Address) == row.Address;
        fault = isHeld ? "" : $"{row.Name} has the address {row.Address}, which the code page {settings.CodePage} cannot hold.";
        held = row with
        {
            Name = Fit(row.Name),
            Kind = row.Kind == RowKind.PostOffice ? RowKind.Person : row.Kind,
            Values = RowValues.Of(row.Values.All().Where(value => ValueNames.All.Contains(value.Key)).Select(value => KeyValuePair.Create(value.Key, Fit(value.Value)))),
        };
        return isHeld;
    }

    public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        var isComplete = true;
        var notes = new List<string>();
        if (partner.Rules.GivesEntries && settings.WriteFile.Length > 0)
        {
            await ReadBackAsync(take, cancellationToken);
        }

        if (partner.Rules.TakesEntries && settings.ReadFile.Length > 0)
        {
            isComplete = await ReadEntriesAsync(take, notes, cancellationToken);
        }

        return new ReadResult(isComplete, false, true, memory, notes);
    }

    public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        if (settings.WriteFile.Length == 0)
        {
            throw new PartnerException($"{partner.Name} has no file that our entries could be written into.");
        }

        var path = CsvFile.Allowed(allowed, settings.WriteFile);
        try
        {
            await new CsvExport(path, settings).WriteAsync(steps, done, cancellationToken);
            return memory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"{path} cannot be written: {e.Message}", e);
        }
    }

    public async Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var checks = new List<PartnerCheck>();
        if (settings.ReadFile.Length > 0)
        {
            await TryAsync(async () =>
            {
                var (read, faults) = (0L, 0L);
                var notes = new List<string>();
                await ReadEntriesAsync(
                    record =>
                    {
                        _ = record.Fault is null ? read++ : faults++;
                        return ValueTask.CompletedTask;
                    },
                    notes,
                    cancellationToken);
                return (faults == 0 && notes.Count == 0, string.Join(' ', notes.Prepend(string.Create(CultureInfo.InvariantCulture, $"{settings.ReadFile} holds {read:N0} entries, and {faults:N0} lines that cannot be taken."))));
            });
        }

        if (settings.WriteFile.Length > 0)
        {
            await TryAsync(() =>
            {
                var folder = Path.GetDirectoryName(CsvFile.Allowed(allowed, settings.WriteFile))!;
                var refusal = Directory.Exists(folder) ? WorkFolder.WhyNotWritten(folder) : "it does not exist.";
                return Task.FromResult((refusal.Length == 0, refusal.Length == 0 ? $"A file could be written in {folder}." : $"The folder {folder} cannot be written: {refusal}"));
            });
        }

        return [.. checks.OrderBy(check => check.IsGood)];

        async Task TryAsync(Func<Task<(bool, string)>> check)
        {
            try
            {
                var (isGood, sentence) = await check();
                checks.Add(new PartnerCheck(isGood, sentence));
            }
            catch (PartnerException e)
            {
                checks.Add(new PartnerCheck(false, e.Message));
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<bool> ReadEntriesAsync(Func<ReadRecord, ValueTask> take, List<string> notes, CancellationToken cancellationToken)
    {
        var file = CsvFile.Resting(CsvFile.Allowed(allowed, settings.ReadFile), settings, clock);
        CsvTable? table = null;
        var (isComplete, count) = (true, 0L);
        foreach (var row in CsvRows.Read(file.Lines(), settings.SeparatorCharacter))
        {
            if (table is null)
            {
                table = TableOf(file, row);
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            count++;
            if (row.IsCut)
            {
                isComplete = false;
                notes.Add($"{file.Path} ends within the row that begins in line {row.Line}; what should follow is not there, and nobody is taken for gone.");
                break;
            }

            await take(table.TryRead(row, out var entry, out var fault) ? new ReadRecord { Entry = entry } : new ReadRecord { Fault = fault });
        }

        file.MustBeUnchanged();
        return table is null ? throw new PartnerException($"{file.Path} is empty.")
            : count == 0 ? throw new PartnerException($"{file.Path} has titles and no row below them. An empty table is not taken for a directory in which everybody is gone.")
            : isComplete;
    }

    private CsvTable TableOf(CsvFile file, CsvRow titles)
    {
        var mapping = settings.MappingOf(titles.Cells);
        var unset = new[] { ("name", mapping.Name), ("address", mapping.Address) }.Where(column => column.Item2.Length == 0).Select(column => column.Item1).ToList();
        return unset.Count > 0 ? throw new PartnerException($"{file.Path} has no column that is known to hold the {string.Join(" and the ", unset)}. Name it in the own titles. Its columns are {string.Join(", ", titles.Cells)}.")
            : mapping.Missing(titles.Cells) is { Count: > 0 } missing ? throw new PartnerException($"{file.Path} has no column {string.Join(", ", missing)}. Its columns are {string.Join(", ", titles.Cells)}.")
            : new CsvTable(mapping, titles.Cells);
    }

    private async Task ReadBackAsync(Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        foreach (var (row, _) in new CsvExport(CsvFile.Allowed(allowed, settings.WriteFile), settings).Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await take(new ReadRecord { Held = row, IsOurs = true });
        }
    }

    // The code page holds not everything, and a line end within a cell is one of many.
    private string Fit(string text) => OemText.Fit(text.ReplaceLineEndings("\n"), settings.CodePage, out _);
}
