using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Dirsync;

public sealed partial class DirsyncCycle
{
    private const int MostNotes = 20;

    private static string Running(Partner partner) => $"A cycle of {partner.Name} is running; wait until it has ended.";

    /// <summary>Makes a plan that takes out every entry which a partner gave: for one that is about to be deleted. A person decides about it, whatever the partner's rules say.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public Task<CycleResult> EmptyAsync(long partnerId, Operator who, CancellationToken cancellationToken) => ProposeAsync(
        partnerId,
        who,
        "empty partner",
        partner => partner.IsEnabled ? $"{partner.Name} is switched on, and its next cycle would bring the entries back; switch it off first." : "",
        partner => $"Takes out what {partner.Name} gave.",
        _ => { },
        cancellationToken);

    /// <summary>
    /// Makes a plan that gives entries the addresses which the templates make now, where an address that a template made is another one. That one stays as a further
    /// address, so that answers to it arrive; addresses that the source gave are left alone. A person decides about it, whatever the partner's rules say.
    /// </summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public Task<CycleResult> ReaddressAsync(long partnerId, Operator who, CancellationToken cancellationToken) => ProposeAsync(
        partnerId,
        who,
        "propose addresses of partner",
        partner => PartnerRules.TemplatesOf(partner.Rules.Import).Count == 0 ? $"{partner.Name} has no template of addresses." : "",
        partner => $"Gives the entries of {partner.Name} the addresses that its templates make now. Those they had stay as further addresses.",
        stage => stage.MakeAnew(),
        cancellationToken);

    private async Task<CycleResult> ProposeAsync(
        long partnerId, Operator who, string verb, Func<Partner, string> refuse, Func<Partner, string> note, Action<InboundStage> prepare, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        await using var staging = await Staging.OpenAsync(database, cancellationToken);
        if (await PartnerStore.FindAsync(staging.Connection, partnerId, cancellationToken) is not { } partner)
        {
            return new CycleResult(0, [], 0, [], "There is no such partner.");
        }

        if (refuse(partner) is { Length: > 0 } refusal)
        {
            return new CycleResult(partner.Cycle, [], 0, [], refusal);
        }

        await using var transaction = await staging.Connection.BeginTransactionAsync(cancellationToken);
        if (!staging.Scalar<bool>("select pg_try_advisory_xact_lock($1)", LockBase + partnerId))
        {
            return new CycleResult(partner.Cycle, [], 0, [], Running(partner));
        }

        var notes = new CycleNotes();
        var stage = new InboundStage(staging, partner, notes);
        stage.Load();
        prepare(stage);
        var made = new PlanMaker(staging, partner).Make(
            new PlanDraft
            {
                Direction = "in",
                Cycle = partner.Cycle,
                Names = OwnRows.Names,
                Consent = partner.Rules.ImportConsent,
                ReadRows = 0,
                HeldRows = stage.HeldRows,
                IsWhole = false,
                Notes = [note(partner), .. notes.First(MostNotes)],
                Author = who.Name,
            },
            isDry: false);
        if (made.Counts.IsEmpty)
        {
            return new CycleResult(partner.Cycle, [], 0, [], "");
        }

        await AuditLog.WriteAsync(staging.Connection, who, verb, partner.Name, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CycleResult(partner.Cycle, [made.Id], made.Counts.Proposed, [made.Hash], "");
    }
}
