using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>What happens to the stored rows of one definition: what is wanted, and what is believed to be there.</summary>
internal sealed record KnowledgeEdit(Definition Definition, KnowledgeEvent? What, KnowledgeProof Proof = KnowledgeProof.None, string ProvedBy = "", int? Sheet = null)
{
    // A row whose time is not known yet gets that of the transaction.
    private static readonly DateTimeOffset Now = DateTimeOffset.MaxValue;

    /// <summary>An operator wants this way, whatever follows from the model.</summary>
    public static KnowledgeEdit Want(Definition definition) => new(definition, null);

    public IEnumerable<KnowledgeRow> Apply(IReadOnlyList<KnowledgeRow> rows)
    {
        var wanted = rows.FirstOrDefault(row => !row.IsThere);
        var there = rows.FirstOrDefault(row => row.IsThere);
        (wanted, there) = What switch
        {
            KnowledgeEvent.Issue => Issued(wanted, there),
            KnowledgeEvent.Confirm => Confirmed(wanted, there),
            KnowledgeEvent.FindMissing => Missing(wanted, there),
            KnowledgeEvent.Lapse => (wanted, there is { State: KnowledgeState.Confirmed } ? In(there, KnowledgeState.Stale) : there),
            _ => (Same(wanted) ? wanted : Same(there) ? null : Fresh(KnowledgeState.Required), there),
        };
        return new[] { wanted, there }.OfType<KnowledgeRow>();
    }

    // One that is confirmed is never printed; a stale one is wanted again.
    private (KnowledgeRow?, KnowledgeRow?) Issued(KnowledgeRow? wanted, KnowledgeRow? there)
    {
        if (Same(there) && there!.State == KnowledgeState.Confirmed)
        {
            return (wanted, there);
        }

        var issued = Same(wanted) && wanted!.State == KnowledgeState.Issued ? wanted with { Sheet = Sheet } : Fresh(KnowledgeState.Issued) with { Sheet = Sheet };
        return (issued, Same(there) ? null : there);
    }

    // A way that is wanted instead stays wanted.
    private (KnowledgeRow?, KnowledgeRow?) Confirmed(KnowledgeRow? wanted, KnowledgeRow? there)
    {
        var since = Same(there) && there!.State == KnowledgeState.Confirmed ? there.Since : default;
        var sheet = Same(wanted) ? wanted!.Sheet : Same(there) ? there!.Sheet : null;
        var row = new KnowledgeRow(new Knowledge(Definition, KnowledgeState.Confirmed), since, Now, Proof, ProvedBy, sheet);
        return (Same(wanted) ? null : wanted, row);
    }

    private (KnowledgeRow?, KnowledgeRow?) Missing(KnowledgeRow? wanted, KnowledgeRow? there) =>
        (Same(wanted) && wanted!.State == KnowledgeState.Issued ? In(wanted, KnowledgeState.Required) : wanted, Same(there) ? null : there);

    private bool Same(KnowledgeRow? row) => row is not null && row.Definition.SaysTheSame(Definition);

    private KnowledgeRow Fresh(KnowledgeState state) => new(new Knowledge(Definition, state), default, null, KnowledgeProof.None, "", null);

    private static KnowledgeRow In(KnowledgeRow row, KnowledgeState state) => row with { Knowledge = row.Knowledge with { State = state }, Since = default };
}
