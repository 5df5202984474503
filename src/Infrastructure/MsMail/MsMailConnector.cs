using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>Takes mail to one MS Mail post office through its GTWPUT program, or through a folder from which somebody else's program takes it.</summary>
/// <remarks>
/// <para>
/// A transfer that cannot be converted concerns itself alone. What became of a message is told by its file, which is gone when it was taken, and
/// by the program's errors, which name the message and its line (Q118533).
/// </para>
/// <para>
/// When GTWPUT hangs, crashes or stops, others go on; the message it stopped at runs alone, and is quarantined when it fails again while others
/// pass. Wrong password, missing program, post office in use: nothing is anybody's fault, and everything for it waits.
/// </para>
/// </remarks>
public sealed class MsMailConnector : IConnector
{
    private readonly MsMailLink link;
    private readonly OutboundMessages outbound;
    private readonly FolderSweep sweep;
    private readonly IPutWay way;
    private readonly RunRecovery recovery;
    private readonly ProgramSuspects suspects = new();
    private readonly OutboundHealth health;
    private readonly SemaphoreSlim oneCall = new(1);

    public MsMailConnector(MsMailLink link, ContentStore contents)
    {
        this.link = link;
        sweep = new FolderSweep(link.Place);
        outbound = new OutboundMessages(link, contents);
        var exchange = link.ExchangeFolder.Length > 0 ? new ExchangeFolder(link, sweep) : null;
        way = exchange as IPutWay ?? new PutRuns(link, sweep);
        recovery = new RunRecovery(link, exchange);
        health = new OutboundHealth(EventCodes.MsMailPutFailed, link.Settings.PostOfficeName, "It is tried again by itself; check the post office, the administrator's password and the program.", link.TellAsync);
    }

    public ConnectorLimits Limits => new(MmffWriter.MessageLimit, CallsPerDestination: 1);

    /// <summary>
    /// Settles what an earlier process left: waits for or ends a program that still runs, and tells of each delivery of an interrupted
    /// run whether it was taken. Called once, before any delivery is handed over.
    /// </summary>
    public async Task<IReadOnlyList<DeliveryResult>> RecoverAsync(CancellationToken cancellationToken)
    {
        await sweep.CompleteFoldersAsync();
        await link.RecallAsync(cancellationToken);
        var results = await recovery.ResolveAsync(cancellationToken);
        await sweep.RunAsync(link.Folders.Put, _ => false, cancellationToken);
        return results;
    }

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        await oneCall.WaitAsync(cancellationToken);
        var results = new List<DeliveryResult>();
        try
        {
            await sweep.CompleteFoldersAsync();
            var interrupted = await ResolveOpenAsync(cancellationToken);
            results.AddRange(await SettleEarlierAsync(transfers, cancellationToken));
            using var batch = await outbound.PrepareAsync(
                [.. transfers.Select(transfer => transfer with { MayRepeat = transfer.MayRepeat || transfer.Deliveries.Any(delivery => interrupted.Contains(delivery.Id)) })],
                results, suspects.Has, cancellationToken);
            await new PutCall(link, way, suspects, health, batch.Items, results).RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await health.FailedAsync($"A work folder cannot be used: {e.Message}");
            DeliveryResult.AllWait(transfers, results, $"A work folder of {link.Name} cannot be used: {e.Message}");
        }
        finally
        {
            oneCall.Release();
        }

        return results;
    }

    public ValueTask DisposeAsync()
    {
        oneCall.Dispose();
        return ValueTask.CompletedTask;
    }

    // What a run had in hand when nobody saw its end, and has not taken for certain.
    private async Task<IReadOnlySet<long>> ResolveOpenAsync(CancellationToken cancellationToken) =>
        link.HasOpenRun && !ExternalProgram.IsLocked(link.LockFile)
            ? (await recovery.ResolveOpenAsync(cancellationToken)).Select(result => result.DeliveryId).ToHashSet()
            : new HashSet<long>();

    // A run may have taken a delivery whose outcome was never recorded: the answer is known, and it is not sent again.
    private async Task<IReadOnlyList<DeliveryResult>> SettleEarlierAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        var ids = transfers.SelectMany(transfer => transfer.Deliveries).Select(delivery => delivery.Id).ToArray();
        var results = await recovery.TakenAsync(ids, cancellationToken);
        await link.Runs.SettleAsync(link.ConnectorId, cancellationToken);
        return results;
    }
}
