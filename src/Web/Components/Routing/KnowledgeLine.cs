using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Components.Routing;

/// <summary>A row that a post office must have, as the tables show it.</summary>
/// <param name="Id">The number of its row.</param>
/// <param name="Needed">The definition and how sure it is.</param>
/// <param name="Stored">Its row with the proof; null when nobody has written it down.</param>
/// <param name="Instead">What is there for that destination, where it goes another way.</param>
/// <param name="IsBad">Mail by it does not arrive.</param>
public sealed record KnowledgeLine(long Id, Knowledge Needed, KnowledgeRow? Stored, KnowledgeRow? Instead, bool IsBad)
{
    public Definition Definition => Needed.Definition;

    public KnowledgeState State => Needed.State;

    /// <summary>The address of its row: the same after every change.</summary>
    public string Address => $"{Definition.OwnerKey}>{Definition.DestinationKey}";
}

/// <summary>A post office with how sure its rows are.</summary>
/// <param name="Needed">How many rows it must have.</param>
/// <param name="Confirmed">How many of them are confirmed.</param>
/// <param name="LeastSure">The state of the least sure one; null when it needs none.</param>
/// <param name="Findings">Counter-examples that begin or end there.</param>
public sealed record OfficeLine(long Id, PostOffice Office, int Needed, int Confirmed, KnowledgeState? LeastSure, int Findings);

/// <summary>Entries that a post office does not see yet.</summary>
/// <param name="Override">Who publishes them all the same; null when nobody does.</param>
public sealed record WithheldLine(long Id, PostOffice Office, Withheld Withheld, PublicationOverride? Override);
