using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;

namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>Changes the directory of a cc:Mail post office through IMPORT: deletes in a run of their own, then adds and changes (Q166581, Q295753).</summary>
/// <remarks>
/// The directory is exported before and after. Before, so that what is done already is not done again; after, because only what a following EXPORT shows is believed:
/// the exit code tells of the run and not of a record.
/// </remarks>
internal sealed class CcMailDirectoryWriter(string partner, CcMailPartnerDirectory directory, CcMailDirectoryRuns runs, bool allowsDeletes)
{
    /// <summary>IMPORT stops at a record that it cannot take; so often it goes on behind one in one application of a plan.</summary>
    private const int MostStops = 20;

    /// <summary>So often it stops without having taken anything, until it is not the records.</summary>
    private const int MostIdleStops = 3;

    private string SheetName => $"delete-{partner}.txt";

    public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        var work = new Work(await steps.ToListAsync(cancellationToken));
        await DeleteAsync(work, cancellationToken);
        await ReportAsync(work, StepKind.Delete, done);
        if (work.Trouble is null)
        {
            await AddAsync(work, cancellationToken);
        }

        await ReportAsync(work, null, done);
        return work.Trouble is { } trouble ? throw new PartnerException(trouble) : memory;
    }

    private async Task DeleteAsync(Work work, CancellationToken cancellationToken)
    {
        await LookAsync(work, cancellationToken);
        var deletes = work.Steps.Where(step => step.Step.Kind == StepKind.Delete).ToList();
        var records = new List<DirectoryRecord>();
        var again = work.Steps.Where(step => step.Step.Kind == StepKind.Add).Select(step => (step.Ordinal, step.Step.After!.Key)).ToHashSet();
        foreach (var step in deletes)
        {
            if (!work.Present.TryGetValue(step.Step.Before!.Key, out var present) || !IsSame(present, step.Step.Before))
            {
                work.Done(step); // it is gone, or somebody else has the name by now
            }
            else if (allowsDeletes)
            {
                records.Add(present.Record);
            }
            else if (again.Contains((step.Ordinal, step.Step.Before.Key)))
            {
                work.Done(step); // the name stays and gets another address: the record that is added takes its place
            }
        }

        if (!allowsDeletes)
        {
            Sheet(work, [.. deletes.Where(step => !work.IsSettled(step))]);
        }
        else if (records.Count > 0)
        {
            await RunAsync(work, DirectoryImport.DeleteFile, records, cancellationToken);
            foreach (var step in deletes.Where(step => !work.IsSettled(step)))
            {
                var stays = work.Present.TryGetValue(step.Step.Before!.Key, out var present) && IsSame(present, step.Step.Before);
                Settle(work, step, isShown: !stays, step.Step.Before, "and a following EXPORT still shows it. Delete it in ADMIN, and switch deletes through IMPORT off for this partner");
            }
        }
    }

    private async Task AddAsync(Work work, CancellationToken cancellationToken)
    {
        var wanted = work.Steps.Where(step => step.Step.Kind != StepKind.Delete && !work.IsSettled(step)).ToList();
        var records = new List<DirectoryRecord>();
        foreach (var step in wanted)
        {
            if (work.FaultOf(step.Ordinal) is { } fault)
            {
                work.Refuse(step, $"It is not added while its old entry is there: {fault}");
            }
            else if (ObstacleOf(work, step) is { Length: > 0 } obstacle)
            {
                work.Refuse(step, obstacle);
            }
            else if (IsShown(work, step.Step.After!))
            {
                work.Done(step);
            }
            else
            {
                records.Add(directory.Entries(directory.OurPostOffices).Write(step.Step.After!));
            }
        }

        if (records.Count == 0)
        {
            return;
        }

        await RunAsync(work, DirectoryImport.AddFile, [.. PostOffices(work, records), .. records], cancellationToken);
        foreach (var step in wanted.Where(step => !work.IsSettled(step)))
        {
            Settle(work, step, IsShown(work, step.Step.After!), step.Step.After!, "and a following EXPORT does not show it");
        }
    }

    // IMPORT stops at the first record that it cannot take. What stands before that one is done; the others go without it.
    private async Task RunAsync(Work work, string file, IReadOnlyList<DirectoryRecord> records, CancellationToken cancellationToken)
    {
        var left = records;
        for (var (stop, idle) = (0, 0); ; stop++)
        {
            var run = await runs.ImportAsync(file, left, cancellationToken);
            foreach (var (name, reason) in run.Refused)
            {
                work.Reasons[name] = reason;
            }

            await LookAsync(work, cancellationToken);
            if (run.IsThrough)
            {
                return;
            }

            var isDelete = file == DirectoryImport.DeleteFile;
            var open = left.Where(record => work.Shows(record) == isDelete && !work.Reasons.ContainsKey(NameKey.Fold(record.Name))).ToList();
            if (!run.HasStopped || stop >= MostStops || open.Count == 0)
            {
                work.Trouble = open.Count == 0 ? null : runs.Describe("IMPORT", run.End);
                return;
            }

            idle = open.Count == left.Count ? idle + 1 : 0;
            if (idle >= MostIdleStops)
            {
                work.Trouble = runs.Describe("IMPORT", run.End);
                return;
            }

            work.Reasons[NameKey.Fold(open[0].Name)] = "IMPORT stopped at it with code 1";
            left = [.. open.Skip(1)];
            if (left.Count == 0)
            {
                return;
            }
        }
    }

    private async Task LookAsync(Work work, CancellationToken cancellationToken)
    {
        using var file = await runs.ExportAsync(cancellationToken);
        work.PostOffices = directory.PostOffices(file);
        var entries = directory.Entries([.. work.PostOffices.Select(record => record.Name), .. directory.OurPostOffices]);
        work.Present.Clear();
        work.Addresses.Clear();
        foreach (var record in directory.Records(file))
        {
            if (entries.TryHeld(record, directory.Names, out var row) && work.Names.Contains(row.Key))
            {
                work.Addresses.TryAdd(NameKey.Fold(record.Name), record.Address);
                work.Present.TryAdd(row.Key, new PresentRecord(record, row, directory.IsOurs(record, entries)));
            }
        }
    }

    // Post offices come before the users that name them (D7). One without our mark is used and never changed (Q197255).
    private IEnumerable<DirectoryRecord> PostOffices(Work work, IReadOnlyList<DirectoryRecord> records)
    {
        foreach (var name in directory.OurPostOffices.Where(name => records.Any(record => record.Address.StartsWith($"{name} ", StringComparison.OrdinalIgnoreCase))))
        {
            var isGateway = NameKey.Fold(name) == NameKey.Fold(directory.Gateway);
            var wanted = new DirectoryRecord(
                name, isGateway ? DirectoryLocation.DirectPostOffice : DirectoryLocation.IndirectPostOffice, isGateway ? "" : directory.Gateway, DirectoryImport.MarkOf(name));
            var present = work.PostOffices.FirstOrDefault(record => NameKey.Fold(record.Name) == NameKey.Fold(name));
            var isRight = present is not null
                && (!DirectoryImport.IsMarked(present, name) || (present.Location == wanted.Location && present.Address.Equals(wanted.Address, StringComparison.OrdinalIgnoreCase)));
            if (!isRight)
            {
                yield return wanted;
            }
        }
    }

    private string ObstacleOf(Work work, WriteStep step)
    {
        var row = step.Step.After!;
        return work.Present.TryGetValue(row.Key, out var present) && !present.IsOurs
            ? $"The name {row.Name} belongs to {present.Row.Address} in {directory.PostOffice}, which is not ours."
            : "";
    }

    private void Sheet(Work work, IReadOnlyList<WriteStep> deletes)
    {
        if (deletes.Count == 0)
        {
            runs.Remove(SheetName);
            return;
        }

        var path = runs.WriteSheet(SheetName, DirectoryImport.DeleteSheet(directory.PostOffice, deletes.Select(step => work.Present[step.Step.Before!.Key].Record)));
        foreach (var step in deletes)
        {
            work.Refuse(step, $"To delete by hand: {directory.PostOffice} is not trusted to take deletes through IMPORT. It stands on the sheet {path}.");
        }
    }

    private static void Settle(Work work, WriteStep step, bool isShown, DirectoryRow row, string otherwise)
    {
        if (isShown)
        {
            work.Done(step);
        }
        else if (work.Reasons.TryGetValue(NameKey.Fold(row.Name), out var reason))
        {
            work.Refuse(step, $"IMPORT refused it: {reason}.");
        }
        else if (work.Trouble is null)
        {
            work.Refuse(step, $"IMPORT ended well, {otherwise}.");
        }
    }

    private static bool IsShown(Work work, DirectoryRow row) => work.Present.TryGetValue(row.Key, out var present) && present.IsOurs && IsSame(present, row) && present.Row.Values.Equals(row.Values);

    private static bool IsSame(PresentRecord present, DirectoryRow row) => present.Row.AddressKey == row.AddressKey;

    private static async Task ReportAsync(Work work, StepKind? kind, Func<StepResult, ValueTask> done)
    {
        foreach (var step in work.Steps.Where(step => (kind is null || step.Step.Kind == kind) && work.IsSettled(step) && work.Told.Add((step.Ordinal, step.Step.Kind))))
        {
            await done(new StepResult(step.Ordinal, step.Step.Kind, work.FaultOf(step)));
        }
    }

    private sealed record PresentRecord(DirectoryRecord Record, DirectoryRow Row, bool IsOurs);

    /// <summary>One application: the steps, what the directory holds under their names, and what is known of each.</summary>
    private sealed class Work(IReadOnlyList<WriteStep> steps)
    {
        private readonly Dictionary<(int, StepKind), string> faults = [];

        public IReadOnlyList<WriteStep> Steps { get; } = steps;

        /// <summary>The names that the steps are about.</summary>
        public HashSet<SortKey> Names { get; } = [.. steps.SelectMany(step => new[] { step.Step.Before?.Key, step.Step.After?.Key }).OfType<SortKey>()];

        public Dictionary<SortKey, PresentRecord> Present { get; } = [];

        /// <summary>The addresses of their records.</summary>
        public Dictionary<string, string> Addresses { get; } = new(StringComparer.Ordinal);

        public List<DirectoryRecord> PostOffices { get; set; } = [];

        /// <summary>What IMPORT said of a name.</summary>
        public Dictionary<string, string> Reasons { get; } = new(StringComparer.Ordinal);

        public HashSet<(int, StepKind)> Told { get; } = [];

        /// <summary>Why nothing more can be done now.</summary>
        public string? Trouble { get; set; }

        public void Done(WriteStep step) => faults[(step.Ordinal, step.Step.Kind)] = "";

        public void Refuse(WriteStep step, string fault) => faults[(step.Ordinal, step.Step.Kind)] = fault;

        public bool IsSettled(WriteStep step) => faults.ContainsKey((step.Ordinal, step.Step.Kind));

        public string FaultOf(WriteStep step) => faults[(step.Ordinal, step.Step.Kind)];

        /// <summary>Why the delete of a plan's row was refused; null when it was not.</summary>
        public string? FaultOf(int ordinal) => faults.GetValueOrDefault((ordinal, StepKind.Delete)) is { Length: > 0 } fault ? fault : null;

        public bool Shows(DirectoryRecord record) =>
            record.IsPostOffice
                ? PostOffices.Exists(known => NameKey.Fold(known.Name) == NameKey.Fold(record.Name))
                : Addresses.TryGetValue(NameKey.Fold(record.Name), out var address) && address.Equals(record.Address, StringComparison.OrdinalIgnoreCase);
    }
}
