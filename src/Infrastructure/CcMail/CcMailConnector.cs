using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>Takes mail to one cc:Mail post office through its IMPORT program, a few files a run.</summary>
/// <remarks>
/// <para>
/// Each transfer becomes one file (or several, where recipients do not fit one header). A transfer that cannot be converted concerns
/// itself alone. What became of a file is told by exit code, by the files that are gone, and by the undeliverable files.
/// </para>
/// <para>
/// When IMPORT hangs, crashes or stops, the files that are gone were taken; the first that is left is where it stopped. The others go on
/// without it, then it runs alone, and is quarantined when it fails again while others pass. The whole batch is never given twice.
/// </para>
/// <para>Post office locked, program missing, wrong password: nothing is anybody's fault, and everything for it waits.</para>
/// </remarks>
public sealed class CcMailConnector : IConnector
{
    private readonly CcMailLink link;
    private readonly OutboundFiles outbound;
    private readonly FolderSweep sweep;
    private readonly ImportRuns runs;
    private readonly RunRecovery recovery;
    private readonly ProgramSuspects suspects = new();
    private readonly OutboundHealth health;
    private readonly SemaphoreSlim oneCall = new(1);

    /// <param name="accept">Takes notices to the administrator's mailbox.</param>
    public CcMailConnector(CcMailLink link, ContentStore contents, AcceptMessage accept)
    {
        this.link = link;
        sweep = new FolderSweep(link.Place);
        outbound = new OutboundFiles(link, contents);
        runs = new ImportRuns(link, sweep, new AdministratorNotices(link, accept));
        recovery = new RunRecovery(link, runs);
        health = new OutboundHealth(EventCodes.CcMailImportFailed, link.Settings.PostOfficeName, "It is tried again by itself; check the post office, its password and the program.", link.TellAsync);
    }

    public ConnectorLimits Limits => new(link.Settings.MaximumMessagesToImport, CallsPerDestination: 1);

    /// <summary>
    /// Settles what an earlier process left: waits for or ends a program that still runs, and tells of each delivery of an interrupted
    /// run whether it was taken. Called once, before any delivery is handed over.
    /// </summary>
    public async Task<IReadOnlyList<DeliveryResult>> RecoverAsync(CancellationToken cancellationToken)
    {
        await sweep.CompleteFoldersAsync();
        var results = await recovery.ResolveAsync(cancellationToken);
        await sweep.RunAsync(link.Folders.Submit, _ => false, cancellationToken);
        await sweep.RunAsync(link.Folders.Import, _ => false, cancellationToken);
        return results;
    }

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        await oneCall.WaitAsync(cancellationToken);
        var results = new List<DeliveryResult>();
        try
        {
            await sweep.CompleteFoldersAsync();
            results.AddRange(await SettleEarlierAsync(transfers, cancellationToken));
            var settled = results.Select(result => result.DeliveryId).ToHashSet();
            using var files = await outbound.PrepareAsync(transfers, settled, results, suspects.Has, cancellationToken);
            var call = new ImportCall(link, runs, suspects, health, files.Files, results);
            await sweep.RunAsync(link.Folders.Submit, files.IsOne, cancellationToken);
            await call.RunAsync(cancellationToken);
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

    // A run may have taken a delivery whose outcome was never recorded: the answer is known, and it is not sent again.
    private async Task<IReadOnlyList<DeliveryResult>> SettleEarlierAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        if (link.HasOpenRun && !ExternalProgram.IsLocked(link.LockFile))
        {
            await recovery.ResolveOpenAsync(cancellationToken);
        }

        var ids = transfers.SelectMany(transfer => transfer.Deliveries).Select(delivery => delivery.Id).ToArray();
        var results = await recovery.TakenAsync(ids, cancellationToken);
        runs.RemoveSettled(await link.Runs.SettleAsync(link.ConnectorId, cancellationToken));
        return results;
    }
}
