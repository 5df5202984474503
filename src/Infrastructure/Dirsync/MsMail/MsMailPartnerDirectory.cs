using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>The address lists of an MS Mail post office. The lists of our own sites are ours; those of others are read and never written (Q156996, Q155727).</summary>
internal sealed class MsMailPartnerDirectory(MsMailLink link, MsMailPartnerSettings settings, IListTransport transport) : IPartnerDirectory
{
    private const int MostNotes = 50;

    private readonly MsMailEntries entries = settings.Entries;
    private readonly OwnLists own = new(link);

    public NameRule Names { get; } = new MsMailNames(link.Profile.CodePage);

    public TargetAbility Ability => TargetAbility.MsMail;

    public IReadOnlyList<string> AddressTypes { get; } = [MsMailAddress.TypeName];

    public bool IsReadBack => true;

    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault) => own.TryHold(row, entries, Names, link.Profile, out held, out fault);

    public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        using var file = await transport.ReadAsync(memory, cancellationToken);
        var isWhole = true;
        foreach (var record in ImportTextReader.Read(file.AsSequence(), link.Profile))
        {
            cancellationToken.ThrowIfCancellationRequested();
            isWhole &= !record.IsCut;
            if (Read(record) is { } read)
            {
                await take(read);
            }
        }

        IReadOnlyList<string> notes = isWhole ? [] : [$"The list of {link.Settings.PostOfficeName} ends inside a record; nothing is deleted because of it."];
        return new ReadResult(isWhole, IsChangesOnly: false, KnowsAll: isWhole, transport.AfterRead(memory), notes);
    }

    public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        var all = await steps.ToListAsync(cancellationToken);
        if (all.Count == 0)
        {
            return memory;
        }

        var present = settings.ReplacesLists || transport.ShowsAtOnce ? await PresentAsync(memory, cancellationToken) : [];
        var open = all.Where(step => !transport.ShowsAtOnce || !IsShown(step, present)).ToList();
        IReadOnlyList<DirsyncLogLine> said = [];
        if (open.Count > 0)
        {
            (said, memory) = await transport.WriteAsync(memory, settings.ReplacesLists ? WholeLists(open, present) : open.Select(step => entries.Write(step.Step)), cancellationToken);
        }

        // Only what a list shows afterwards is believed; in a folder it is the next one, which the next cycle reads.
        var after = open.Count > 0 && transport.ShowsAtOnce ? await PresentAsync(memory, cancellationToken) : present;
        foreach (var step in all)
        {
            await done(new StepResult(step.Ordinal, step.Step.Kind, !transport.ShowsAtOnce || IsShown(step, after) ? "" : FaultOf(step, said)));
        }

        return memory;
    }

    public async Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var file = await transport.ReadAsync("{}", cancellationToken);
            var records = 0L;
            var faults = new List<string>();
            foreach (var record in ImportTextReader.Read(file.AsSequence(), link.Profile))
            {
                records++;
                if (record.Faults.Count > 0 && faults.Count < MostNotes)
                {
                    faults.Add(record.Faults[0].Sentence);
                }
            }

            return [.. faults.Select(fault => new PartnerCheck(false, fault)), new PartnerCheck(true, $"IMPORT -x wrote the lists of {link.Settings.PostOfficeName}: {records:N0} records."), Fields()];
        }
        catch (PartnerException e)
        {
            return [new PartnerCheck(false, e.Message), Fields()];
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private PartnerCheck Fields() => new(true, settings.SendsFields
        ? $"Fields are sent. {link.Settings.PostOfficeName} must have a template with these prompts: {string.Join(", ", entries.Fields.Select(field => field.Attribute))}."
        : "Fields are not sent: they are switched off on this side.");

    private ReadRecord? Read(ImportRecord record)
    {
        if (record.Action is ImportAction.Template or ImportAction.Replace && record.Faults.Count == 0)
        {
            return null; // what a list may hold, and where it begins
        }

        if (!entries.TryRead(record, out var entry, out var fault))
        {
            return new ReadRecord { Fault = fault };
        }

        var held = DirectoryRow.TryCreate(Names, "", entry.Name, entry.Address, RowKind.Person, Values(entry), out var row, out var unheld) ? row : null;
        return own.Has(entry.Address)
            ? held is null ? new ReadRecord { Fault = new EntryFault(entry.Source, unheld) } : new ReadRecord { Held = held, IsOurs = true }
            : new ReadRecord { Entry = entry, Held = held };
    }

    // Values of our own rows count only where they are sent; else each cycle would find a field that somebody filled in there.
    private RowValues Values(PartnerEntry entry) => own.Has(entry.Address) && !settings.SendsFields ? RowValues.None : entry.Values;

    private async Task<Dictionary<SortKey, DirectoryRow>> PresentAsync(string memory, CancellationToken cancellationToken)
    {
        using var file = await transport.ReadAsync(memory, cancellationToken);
        var present = new Dictionary<SortKey, DirectoryRow>();
        foreach (var record in ImportTextReader.Read(file.AsSequence(), link.Profile))
        {
            if (Read(record) is { IsOurs: true, Held: { } row })
            {
                present.TryAdd(row.Key, row);
            }
        }

        return present;
    }

    private static bool IsShown(WriteStep step, Dictionary<SortKey, DirectoryRow> present) => step.Step switch
    {
        { Kind: StepKind.Delete, Before: { } gone } => !present.TryGetValue(gone.Key, out var row) || row.AddressKey != gone.AddressKey,
        { Before: { } old, After: { } wanted } when old.Key != wanted.Key => Holds(present, wanted) && (!present.TryGetValue(old.Key, out var row) || row.AddressKey != old.AddressKey),
        { After: { } wanted } => Holds(present, wanted),
        _ => false,
    };

    private static bool Holds(Dictionary<SortKey, DirectoryRow> present, DirectoryRow wanted) =>
        present.TryGetValue(wanted.Key, out var row) && row.AddressKey == wanted.AddressKey && row.Name == wanted.Name && row.Values.Equals(wanted.Values);

    // The lists that the steps touch, whole: an R is sent for lists of our own only, which are all that these rows can be in.
    private IEnumerable<ImportRecord> WholeLists(List<WriteStep> steps, Dictionary<SortKey, DirectoryRow> present)
    {
        var touched = steps.SelectMany(step => new[] { step.Step.Before?.Home, step.Step.After?.Home }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var rows = new Dictionary<SortKey, DirectoryRow>(present);
        foreach (var step in steps.OrderBy(step => step.Step.Kind).Select(step => step.Step))
        {
            if (step.Before is { } before && rows.TryGetValue(before.Key, out var there) && there.AddressKey == before.AddressKey)
            {
                rows.Remove(before.Key);
            }

            if (step.After is { } after)
            {
                rows[after.Key] = after;
            }
        }

        foreach (var list in own.Names.Where(list => touched.Contains(list.HomeKey)))
        {
            if (settings.SendsFields)
            {
                yield return OwnLists.Template(list.Name, entries.Fields);
            }

            foreach (var record in entries.WriteList(list.Name, rows.Values.Where(row => row.Home == list.HomeKey).OrderBy(row => row.Key)))
            {
                yield return record;
            }
        }
    }

    private static string FaultOf(WriteStep step, IReadOnlyList<DirsyncLogLine> said)
    {
        var name = (step.Step.After ?? step.Step.Before)!.Name;
        var old = step.Step.Before?.Name ?? name;
        return said.FirstOrDefault(line => line.Text.Contains(name, StringComparison.OrdinalIgnoreCase) || line.Text.Contains(old, StringComparison.OrdinalIgnoreCase)) is { } line
            ? $"IMPORT refused it: [{line.Number}] {Storable.Text(line.Text, 200)}."
            : "IMPORT ended well, and the list that it wrote afterwards does not show it.";
    }
}
