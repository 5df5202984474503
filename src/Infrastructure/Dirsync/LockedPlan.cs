using Npgsql;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;

namespace Postern.Infrastructure.Dirsync;

/// <summary>A plan that one transaction has for itself: of two people who decide at the same moment one comes after the other.</summary>
internal sealed record LockedPlan(
    long Id, long PartnerId, string Partner, string Direction, string State, string Hash, IReadOnlyDictionary<ChangeClass, ApprovalMode> Needed, string? Author, long Cycle, long? RevertsId)
{
    private const string LockSql =
        """
        -- the plan, for this transaction alone
        select p.id, p.partner_id, n.name, p.direction, p.state, p.hash, p.needed, p.author, p.cycle, p.reverts_id
          from plan p join partner n on n.id = p.partner_id where p.id = $1 and p.state <> 'making' for update of p
        """;

    public bool CanDecide => State is "waiting" or "approved";

    /// <summary>What the audit calls it.</summary>
    public string Title => $"plan {Id} of {Partner}, {(Direction == "in" ? "into our directory" : "out to the partner")}";

    /// <summary>Why nothing can be decided about it any more, as the rest of a sentence.</summary>
    public string WhyNot => State switch
    {
        "applying" => "is being carried out",
        "applied" => "was carried out",
        "rejected" => "was rejected",
        "failed" => "has failed",
        "superseded" => "was superseded",
        _ => $"is {State}",
    };

    public static async Task<LockedPlan?> TakeAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockSql, connection);
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken) ? null : new LockedPlan(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), PlanRows.ReadNeeded(row.GetFieldValue<string[]>(6)),
            row.IsDBNull(7) ? null : row.GetString(7), row.GetInt64(8), row.IsDBNull(9) ? null : row.GetInt64(9));
    }
}
