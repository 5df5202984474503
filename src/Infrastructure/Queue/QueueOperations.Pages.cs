namespace Postern.Infrastructure.Queue;

/// <summary>One delivery of an operation.</summary>
/// <param name="IsActedOn">Its turn has come.</param>
/// <param name="IsDone">The operation did to it what it says.</param>
/// <param name="IsRestored">It is back as it was; null when nobody has asked for it.</param>
public sealed record OperationItem(ActionResult Result, bool IsActedOn, bool IsDone, bool? IsRestored);

public sealed partial class QueueOperations
{
    private const string ItemsSql =
        """
        -- what became of each, page by page
          select i.delivery_id, coalesce(d.state, (select h.state from delivery_history h where h.id = i.delivery_id limit 1))::text, i.refusal,
                 i.acted_at is not null, i.is_done, i.restored
            from operation_item i left join delivery d on d.id = i.delivery_id
           where i.operation_id = $1 and i.delivery_id > $2 and (not $3 or i.refusal <> '')
        order by i.delivery_id limit $4
        """;

    /// <summary>Some deliveries of an operation, in the order of their ids.</summary>
    /// <param name="after">Only those with a higher id.</param>
    /// <param name="onlyLeft">Only those it left as they are or could not bring back.</param>
    public Task<IReadOnlyList<OperationItem>> ItemsAsync(long id, long after, bool onlyLeft, int most, CancellationToken cancellationToken) =>
        ReadAsync(
            ItemsSql, [id, after, onlyLeft, most],
            row => new OperationItem(
                new ActionResult(row.GetInt64(0), row.IsDBNull(1) ? null : DeliveryStateText.Parse(row.GetString(1)), row.GetString(2)),
                row.GetBoolean(3), row.GetBoolean(4), row.IsDBNull(5) ? null : row.GetBoolean(5)),
            cancellationToken);
}
