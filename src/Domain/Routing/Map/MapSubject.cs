using Postern.Domain.Addresses;

namespace Postern.Domain.Routing.Map;

/// <summary>What a map is of: a table, and what is known and found about it.</summary>
/// <param name="CounterExamples">Drawn where they happen.</param>
public sealed record MapSubject(RoutingTable Table, IReadOnlyList<CounterExample> CounterExamples)
{
    /// <summary>By key of a post office: how sure the least sure row of its own table is.</summary>
    public IReadOnlyDictionary<string, KnowledgeState> Knowledge { get; init; } = new Dictionary<string, KnowledgeState>();

    /// <summary>Keys of the boxes that a draft adds or changes: of post offices, and as <see cref="KeyOfSite"/> says of sites.</summary>
    public IReadOnlySet<string> Drafted { get; init; } = new HashSet<string>();

    /// <summary>The key of a site's box.</summary>
    public static string KeyOfSite(string name) => $"site:{NameKey.Fold(name)}";

    /// <summary>The key of the box of what a connector claims by address spaces: internet addresses are one box, all others another.</summary>
    public static string KeyOfSpaces(string connector, string type) => $"space:{NameKey.Fold(connector)}:{(type == SmtpAddress.TypeName ? type : "other")}";
}
