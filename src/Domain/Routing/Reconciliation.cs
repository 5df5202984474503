using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>What reading a post office's own table proposes about one row.</summary>
public enum ProposedChange
{
    /// <summary>The row is there as we believed or wanted it.</summary>
    Confirm,

    /// <summary>There is a row that we did not know of.</summary>
    Add,

    /// <summary>The row goes another way than we believed.</summary>
    ChangeWay,

    /// <summary>A row that we believed in is not there.</summary>
    Remove,
}

/// <summary>One proposed change of what we believe; nothing happens before an operator takes it.</summary>
public sealed record KnowledgeProposal(ProposedChange Change, Definition Definition, Knowledge? Before)
{
    public string Sentence => Change switch
    {
        ProposedChange.Confirm => $"{Definition.Owner} has {Definition.Destination}, {Definition.How}, as {(Before is { State: KnowledgeState.Issued } ? "the sheet asked" : "it should")}.",
        ProposedChange.Add => $"{Definition.Owner} also has {Definition.Destination}, {Definition.How}.",
        ProposedChange.ChangeWay => $"{Definition.Owner} has {Definition.Destination}, {Definition.How}, not {Before?.Definition.How}.",
        _ => $"{Definition.Owner} does not have {Definition.Destination}, which was believed to be {Definition.How}.",
    };
}

/// <summary>A post office that the listing proposes for our own table, or to take out of it.</summary>
/// <param name="IsAdd">Reached via the post office whose listing it is; whatever line that one uses itself does not concern us (Q197182).</param>
public sealed record PostOfficeProposal(bool IsAdd, PostOffice PostOffice)
{
    public string Sentence => IsAdd
        ? $"{PostOffice.Name} becomes known here, reached via {PostOffice.Via}."
        : $"{PostOffice.Name} is no longer reached via {PostOffice.Via}.";
}

/// <summary>A post office's own table beside what we believe of it: each add and remove as a proposal, as Upload Routing showed them.</summary>
public sealed record Reconciliation(IReadOnlyList<KnowledgeProposal> Knowledge, IReadOnlyList<PostOfficeProposal> PostOffices)
{
    /// <summary>Compares a listing with the model. A listing without a row that could be read proposes nothing.</summary>
    public static Reconciliation Of(RouteModel model, PostOffice owner, PostOfficeListing listing)
    {
        if (listing.Definitions.Count == 0)
        {
            return new Reconciliation([], []);
        }

        var listed = listing.Definitions.ToDictionary(row => row.DestinationKey, StringComparer.Ordinal);
        var believed = model.Knowledge.Where(row => row.Definition.OwnerKey == owner.Key)
            .GroupBy(row => row.Definition.DestinationKey, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        return new Reconciliation(
            [.. listing.Definitions.Select(row => Seen(row, believed.GetValueOrDefault(row.DestinationKey))), .. Missing(believed, listed)],
            [.. NewOffices(model, owner, listing), .. LostOffices(model, owner, listed)]);
    }

    /// <summary>What we believe once some of the proposals are taken.</summary>
    public static IReadOnlyList<Knowledge> Apply(IReadOnlyList<Knowledge> believed, IReadOnlyList<KnowledgeProposal> taken)
    {
        var changed = taken.ToDictionary(proposal => proposal.Definition.Key);
        return
        [
            .. believed.Where(row => !changed.ContainsKey(row.Definition.Key)),
            .. taken.Where(proposal => proposal.Change != ProposedChange.Remove).Select(proposal => new Knowledge(proposal.Definition, KnowledgeState.Confirmed)),
            .. taken.Where(proposal => proposal.Change == ProposedChange.Remove).Select(proposal => new Knowledge(proposal.Definition, KnowledgeState.Required)),
        ];
    }

    private static KnowledgeProposal Seen(Definition row, List<Knowledge>? believed) =>
        believed is null ? new KnowledgeProposal(ProposedChange.Add, row, null)
        : believed.Find(known => known.Definition.SaysTheSame(row)) is { } same ? new KnowledgeProposal(ProposedChange.Confirm, row, same)
        : new KnowledgeProposal(ProposedChange.ChangeWay, row, believed[0]);

    private static IEnumerable<KnowledgeProposal> Missing(Dictionary<string, List<Knowledge>> believed, Dictionary<string, Definition> listed) =>
        from rows in believed
        where !listed.ContainsKey(rows.Key)
        let row = rows.Value.Find(row => row.State is KnowledgeState.Confirmed or KnowledgeState.Stale)
        where row is not null
        select new KnowledgeProposal(ProposedChange.Remove, row.Definition, row);

    // What it reaches through one of our own names comes back to us and is none of its post offices.
    private static IEnumerable<PostOfficeProposal> NewOffices(RouteModel model, PostOffice owner, PostOfficeListing listing)
    {
        var ours = model.Table.Sites.SelectMany(RoutingTable.HomeKeys).ToHashSet(StringComparer.Ordinal);
        var known = model.Table.PostOffices.Select(office => office.Key).Concat(ours).ToHashSet(StringComparer.Ordinal);
        return listing.Definitions
            .Where(row => !known.Contains(row.DestinationKey) && !ours.Contains(PostOffice.KeyOf(row.System, row.Via)))
            .Where(row => row.System != MsMailAddress.TypeName || PostOfficeNames.FaultOf(row.System, row.Destination).Length == 0)
            .Select(row => new PostOfficeProposal(IsAdd: true, new PostOffice(row.System, row.Destination, "", owner.Name)));
    }

    private static IEnumerable<PostOfficeProposal> LostOffices(RouteModel model, PostOffice owner, Dictionary<string, Definition> listed) =>
        model.Table.PostOffices
            .Where(office => office.Via.Length > 0 && PostOffice.KeyOf(office.System, office.Via) == owner.Key && !listed.ContainsKey(office.Key))
            .Select(office => new PostOfficeProposal(IsAdd: false, office));
}
