using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;

namespace Postern.Infrastructure.Tests.Dirsync.Support;

/// <summary>What a test does with a partner of any kind: the other side of it, and cycles without a plan that anybody would have to approve.</summary>
internal abstract class PartnerRoom : IAsyncDisposable
{
    private readonly Dictionary<string, DirectoryRow> written = new(StringComparer.Ordinal);
    private string memory = "{}";

    public abstract Task<IPartnerDirectory> OpenAsync();

    /// <summary>An address under which somebody of ours is known there.</summary>
    public abstract string AddressOf(string name);

    /// <summary>Names of ours that the partner lists, asked of its own side.</summary>
    public abstract Task<IReadOnlyList<string>> ListedAsync();

    /// <summary>An entry of the partner's own, made on its side.</summary>
    public abstract Task PutOwnAsync(string name);

    /// <summary>The partner takes no entry of that name from now on; false where it never refuses a single one.</summary>
    public virtual bool TryRefuse(string name) => false;

    /// <summary>Lets the partner do what it does between a cycle of ours and the next one.</summary>
    public virtual Task WorkAsync() => Task.CompletedTask;

    /// <summary>Rows are held from now on, and others no more.</summary>
    protected virtual Task HeldAsync(IReadOnlyCollection<DirectoryRow> rows) => Task.CompletedTask;

    public async Task<(ReadResult Result, List<ReadRecord> Records)> ReadAsync()
    {
        await using var directory = await OpenAsync();
        var records = new List<ReadRecord>();
        var result = await directory.ReadAsync(memory, record =>
        {
            records.Add(record);
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        memory = result.Memory;
        return (result, records);
    }

    /// <summary>A cycle: what is listed is read, compared with who is wanted, and changed.</summary>
    public async Task<Round> CycleAsync(params (string Name, string Address, RowValues Values)[] wanted)
    {
        var (result, records) = await ReadAsync();
        await using var directory = await OpenAsync();
        var rows = new List<DirectoryRow>();
        var unholdable = new List<string>();
        foreach (var (name, address, values) in wanted)
        {
            if (DirectoryRow.TryCreate(directory.Names, "", name, MailAddress.Parse(address), RowKind.Person, values, out var row, out var fault) && directory.TryHold(row, out var held, out fault))
            {
                rows.Add(held);
            }
            else
            {
                unholdable.Add(fault);
            }
        }

        var present = records.Where(record => record.Held is not null && (directory.IsReadBack || !record.IsOurs)).Select(record => new HeldRow(record.IsOurs ? record.Held! with { Identity = record.Held!.AddressKey } : record.Held!, record.IsOurs))
            .Concat(directory.IsReadBack ? [] : written.Values.Select(row => new HeldRow(row, IsOurs: true)));
        var changes = DirectoryComparison.Of(rows, present, new MergeRules { Names = directory.Names, IsComplete = true }).Where(change => change.IsProposal).Order(PlanOrder.Instance).ToList();
        var steps = changes.SelectMany((change, i) => ApplySteps.Of(change, directory.Ability).Select(step => new WriteStep(i + 1, step, ""))).OrderBy(step => step.Step.Kind).ToList();
        return new Round(changes, steps, await WriteAsync(directory, steps), unholdable, result);
    }

    /// <summary>Carries out steps, those that were carried out before included.</summary>
    public async Task<List<StepResult>> WriteAsync(IPartnerDirectory directory, IReadOnlyList<WriteStep> steps)
    {
        var results = new List<StepResult>();
        memory = await directory.WriteAsync(memory, steps.ToAsyncEnumerable(), result =>
        {
            results.Add(result);
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        foreach (var step in steps.Where(step => results.Exists(result => result.Ordinal == step.Ordinal && result.Kind == step.Step.Kind && result.Fault.Length == 0)))
        {
            written.Remove(step.Step.Before?.Identity ?? "");
            if (step.Step.After is { } after)
            {
                written[after.Identity] = after;
            }
        }

        await HeldAsync(written.Values);
        return results;
    }

    public abstract ValueTask DisposeAsync();
}

/// <summary>What a cycle proposed and how it went.</summary>
internal sealed record Round(IReadOnlyList<Change> Changes, IReadOnlyList<WriteStep> Steps, IReadOnlyList<StepResult> Results, IReadOnlyList<string> Unholdable, ReadResult Read)
{
    public IReadOnlyList<string> Sentences => [.. Changes.Select(change => change.Sentence)];

    public IReadOnlyList<string> Faults => [.. Results.Select(result => result.Fault).Where(fault => fault.Length > 0)];
}
