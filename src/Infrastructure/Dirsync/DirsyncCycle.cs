using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Ownership;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries a plan out as far as it can be now; true when it has ended.</summary>
public delegate Task<bool> CarryOutPlan(long planId, CancellationToken cancellationToken);

/// <summary>What a cycle came to.</summary>
/// <param name="Cycle">Its number; that of the last cycle for a dry run.</param>
/// <param name="Plans">Plans that it stored.</param>
/// <param name="Changes">So many changes are proposed.</param>
/// <param name="Hashes">Fingerprints of the plans, that of our directory first.</param>
/// <param name="Fault">Why it came to nothing; empty when it did not.</param>
public sealed record CycleResult(long Cycle, IReadOnlyList<long> Plans, long Changes, IReadOnlyList<string> Hashes, string Fault)
{
    /// <summary>What each plan proposes, in words.</summary>
    public IReadOnlyList<string> Sentences { get; init; } = [];
}

/// <summary>One cycle of a partner: its directory is read, compared with ours both ways, and what must change becomes plans.</summary>
public sealed partial class DirsyncCycle(NpgsqlDataSource database, PartnerKinds kinds, RouteModels models, EventLog events, CarryOutPlan carryOut, ILogger<DirsyncCycle> logger)
{
    // Two cycles of one partner would compare against each other's half.
    private const long LockBase = 0x44_49_52_00_00_00_00;

    /// <summary>Runs a cycle.</summary>
    /// <param name="isDry">The plans are counted and fingerprinted; nothing is stored.</param>
    public async Task<CycleResult> RunAsync(long partnerId, bool isDry, CancellationToken cancellationToken)
    {
        await using var staging = await Staging.OpenAsync(database, cancellationToken);
        if (await PartnerStore.FindAsync(staging.Connection, partnerId, cancellationToken) is not { } partner)
        {
            return new CycleResult(0, [], 0, [], "There is no such partner.");
        }

        if (!staging.Scalar<bool>("select pg_try_advisory_lock($1)", LockBase + partnerId))
        {
            return new CycleResult(partner.Cycle, [], 0, [], Running(partner));
        }

        try
        {
            await FinishPlansAsync(staging, partner, isDry, cancellationToken);
            var cycle = isDry ? partner.Cycle : staging.Scalar<long>(BeginSql, partnerId);
            try
            {
                // The cycle waits for the database on a thread of its own.
                return await Task.Run(() => RunAsync(staging, partner with { Cycle = cycle }, isDry, cancellationToken), cancellationToken);
            }
            catch (PartnerException e)
            {
                return await FailAsync(partner with { Cycle = cycle }, isDry, e.Message);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException or FormatException or InvalidDataException or System.Text.Json.JsonException or PlanMovedException)
            {
                Log.Failed(logger, partner.Name, e);
                return await FailAsync(partner with { Cycle = cycle }, isDry, e is PlanMovedException ? "A plan began to be carried out meanwhile; the next cycle looks again." : e.Message);
            }
        }
        finally
        {
            if (staging.Connection.FullState == System.Data.ConnectionState.Open)
            {
                staging.Execute("select pg_advisory_unlock($1)", LockBase + partnerId);
            }
        }
    }

    private async Task<CycleResult> RunAsync(Staging staging, Partner partner, bool isDry, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(partner.Kind) ?? throw new PartnerException($"{partner.Name} is of the kind {partner.Kind}, which this program does not have.");
        await using var directory = await kind.OpenAsync(partner, cancellationToken);
        var notes = new CycleNotes();
        var ownership = Ownership(staging);
        var canaries = new PartnerCanaries(staging, partner, directory);
        var reading = new PartnerReading(staging, partner, directory, ownership, canaries, notes);
        var read = await ReadAsync(staging, partner, directory, reading, isDry, cancellationToken);
        if (!isDry)
        {
            canaries.Look(read);
        }

        foreach (var note in read.Notes)
        {
            notes.Add(CycleNotes.Said, "", note);
        }

        var made = new List<MadePlan>();
        if (partner.Rules.TakesEntries)
        {
            Say(staging, partner, isDry, "Compares our directory");
            made.Add(MakeIn(staging, partner, read, reading, notes, isDry));
            cancellationToken.ThrowIfCancellationRequested();
            if (made[0].State == "approved")
            {
                await carryOut(made[0].Id, cancellationToken);
            }
        }

        if (partner.Rules.GivesEntries)
        {
            Say(staging, partner, isDry, $"Compares the directory of {partner.Name}");
            var hasWay = await WayAsync(staging, partner, cancellationToken);
            made.Add(MakeOut(staging, partner, directory, Ownership(staging), read, notes, hasWay, isDry));
            if (made[^1].State == "approved")
            {
                await carryOut(made[^1].Id, cancellationToken);
            }
        }

        if (!isDry)
        {
            await canaries.WriteAsync(read, notes, cancellationToken);
            await EndAsync(staging, partner, read, notes);
        }

        return new CycleResult(
            partner.Cycle, [.. made.Where(plan => plan.Id > 0).Select(plan => plan.Id)], made.Sum(plan => plan.Counts.Proposed), [.. made.Select(plan => plan.Hash)], "")
        {
            Sentences = [.. made.Select(plan => plan.Counts.ToString())],
        };
    }

    private static async Task<ReadResult> ReadAsync(Staging staging, Partner partner, IPartnerDirectory directory, PartnerReading reading, bool isDry, CancellationToken cancellationToken)
    {
        const long SayEvery = 50_000;
        Say(staging, partner, isDry, $"Reads the directory of {partner.Name}");
        var memory = staging.Scalar<string>("select memory::text from partner where id = $1", partner.Id) ?? "{}";
        var records = 0L;
        var read = await directory.ReadAsync(
            memory,
            record =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                reading.Take(record);
                if (++records % SayEvery == 0)
                {
                    Say(staging, partner, isDry, $"Reads the directory of {partner.Name}: {records:N0} records");
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken);
        reading.Flush();
        return read;
    }

    private static MadePlan MakeIn(Staging staging, Partner partner, ReadResult read, PartnerReading reading, CycleNotes notes, bool isDry)
    {
        using var transaction = staging.Connection.BeginTransaction();
        var stage = new InboundStage(staging, partner, notes);
        stage.Prepare(read, reading, DecisionsOf(staging, partner, "in"));
        var made = new PlanMaker(staging, partner).Make(
            new PlanDraft
            {
                Direction = "in",
                Cycle = partner.Cycle,
                Names = OwnRows.Names,
                Consent = partner.Rules.ImportConsent,
                ReadRows = reading.Entries,
                HeldRows = stage.HeldRows,
                IsComplete = read.IsComplete,
                IsWhole = read.IsComplete && !read.IsChangesOnly,
                DoubtsDeletes = notes.Unknown > 0,
                Notes = read.Notes,
            },
            isDry);
        if (isDry)
        {
            transaction.Rollback();
            return made;
        }

        reading.KeepSource(read);
        Remember(staging, partner, read);
        transaction.Commit();
        return made;
    }

    private static MadePlan MakeOut(
        Staging staging, Partner partner, IPartnerDirectory directory, OwnershipTable ownership, ReadResult read, CycleNotes notes, Func<MailAddress, MailAddress?, bool> hasWay, bool isDry)
    {
        using var transaction = staging.Connection.BeginTransaction();
        staging.Clear();
        var stage = new OutboundStage(staging, partner, directory, ownership, notes);
        stage.Prepare(read, DecisionsOf(staging, partner, "out"), hasWay);
        var made = new PlanMaker(staging, partner).Make(
            new PlanDraft
            {
                Direction = "out",
                Cycle = partner.Cycle,
                Names = directory.Names,
                Consent = partner.Rules.ExportConsent,
                ReadRows = stage.ReadRows,
                HeldRows = stage.HeldRows,
                Notes = read.IsComplete ? [] : ["The directory of the partner was not read to its end; what was not read is believed to be as it was."],
            },
            isDry);
        if (isDry)
        {
            transaction.Rollback();
            return made;
        }

        stage.KeepHeld();
        if (!partner.Rules.TakesEntries)
        {
            Remember(staging, partner, read);
        }

        transaction.Commit();
        return made;
    }

    private static void Remember(Staging staging, Partner partner, ReadResult read) => staging.Execute(
        "update partner set memory = $2 where id = $1", partner.Id, new NpgsqlParameter { Value = read.Memory.Length == 0 ? "{}" : read.Memory, NpgsqlDbType = NpgsqlDbType.Jsonb });

    private static void Say(Staging staging, Partner partner, bool isDry, string progress)
    {
        if (!isDry)
        {
            staging.Execute("update partner set cycle_progress = $2 where id = $1", partner.Id, progress);
        }
    }

    private async Task EndAsync(Staging staging, Partner partner, ReadResult read, CycleNotes notes)
    {
        notes.Write(staging, partner.Id, partner.Cycle);
        if (staging.Scalar<string>(EndSql, partner.Id, read.IsComplete) is { Length: > 0 })
        {
            await events.WriteAsync(EventCodes.DirsyncCycleFailed, EventSeverity.Information, "", $"Cycles of {partner.Name} work again.");
        }
    }

    // The same trouble in every quarter of an hour is one event.
    private async Task<CycleResult> FailAsync(Partner partner, bool isDry, string fault)
    {
        if (!isDry)
        {
            await using var command = database.Command(FailSql, partner.Id, Queue.Storable.Text(fault));
            if ((string?)await command.ExecuteScalarAsync(CancellationToken.None) != fault)
            {
                await events.WriteAsync(
                    EventCodes.DirsyncCycleFailed, EventSeverity.Error, "", $"A cycle of {partner.Name} came to nothing: {fault}",
                    $"Check the partner {partner.Name}; nothing was changed, and the next cycle tries again.");
            }
        }

        return new CycleResult(partner.Cycle, [], 0, [], fault);
    }

    private static partial class Log
    {
        [LoggerMessage(6002, LogLevel.Error, "A cycle of {Partner} ended with an error")]
        public static partial void Failed(ILogger logger, string partner, Exception e);
    }
}
