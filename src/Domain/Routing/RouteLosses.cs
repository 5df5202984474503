namespace Postern.Domain.Routing;

/// <summary>What an edit of routing breaks: the counter-examples that the table in force does not have.</summary>
/// <param name="All">All of them.</param>
/// <param name="NotByTakingOut">Those that come from what is added or changed; the others come from routes that are taken out.</param>
public sealed record RouteLosses(IReadOnlyList<CounterExample> All, IReadOnlyList<CounterExample> NotByTakingOut)
{
    public static readonly RouteLosses None = new([], []);

    public bool Any => All.Count > 0;

    /// <summary>Compares an edited model with the one in force.</summary>
    public static RouteLosses Of(RouteModel active, StructureProof activeProof, RouteModel edited, StructureProof editedProof)
    {
        var added = editedProof.NewAgainst(activeProof);
        if (added.Count == 0)
        {
            return None;
        }

        var was = RouteSet.Of(active.Table);
        var changes = RouteSet.Of(edited.Table).Since(was);
        List<RouteChange> removals = [.. changes.Where(change => change.IsRemoval)];
        if (removals.Count == 0)
        {
            return new RouteLosses(added, added);
        }

        if (removals.Count == changes.Count && ReferenceEquals(edited.Table.Connectors, active.Table.Connectors))
        {
            return new RouteLosses(added, []);
        }

        // What fails already where the routes are only taken out fails for that.
        var without = removals.Aggregate(was, (set, change) => set.Without(change.Kind, change.Key));
        var bare = StructureProof.Of(active.Over(without.Over(active.Table, active.Table.Version)));
        return new RouteLosses(added, [.. added.Intersect(editedProof.NewAgainst(bare))]);
    }
}
