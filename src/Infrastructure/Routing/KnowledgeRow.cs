using Npgsql;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>What shows that a definition is there.</summary>
public enum KnowledgeProof
{
    None,

    /// <summary>An operator said so.</summary>
    Operator,

    /// <summary>The post office's own table has it.</summary>
    Listing,

    /// <summary>Mail came through.</summary>
    Mail,

    /// <summary>The report of a canary came back.</summary>
    Canary,
}

/// <summary>A stored row of what a post office is believed to know, with its proof.</summary>
/// <param name="Since">When it came into its state.</param>
/// <param name="SeenAt">When something last showed that it is there.</param>
/// <param name="ProvedBy">The operator, or the message that came through.</param>
/// <param name="Sheet">Number of the change sheet that asked for it last; null when none did.</param>
public sealed record KnowledgeRow(Knowledge Knowledge, DateTimeOffset Since, DateTimeOffset? SeenAt, KnowledgeProof Proof, string ProvedBy, int? Sheet)
{
    internal const string Columns = "system, owner, destination, via, state, since, seen_at, proof, proved_by, sheet";

    public Definition Definition => Knowledge.Definition;

    public KnowledgeState State => Knowledge.State;

    /// <summary>It is believed to be there, not only wanted.</summary>
    internal bool IsThere => State is KnowledgeState.Confirmed or KnowledgeState.Stale;

    internal static KnowledgeRow Of(NpgsqlDataReader row) => new(
        new Knowledge(new Definition(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), Enum.Parse<KnowledgeState>(row.GetString(4), ignoreCase: true)),
        row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.GetString(7) is { Length: > 0 } proof ? Enum.Parse<KnowledgeProof>(proof, ignoreCase: true) : KnowledgeProof.None,
        row.GetString(8),
        row.IsDBNull(9) ? null : row.GetInt32(9));
}
