using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Deliveries of an operation that one transaction acts on.</summary>
/// <param name="UndoUntil">Reports that the act causes wait until then.</param>
public sealed record OperationPiece(long OperationId, int Number, DateTimeOffset UndoUntil);

/// <summary>Keeps what an act changes in the transaction that changes it, so that it can be taken back exactly.</summary>
internal static class OperationItems
{
    private const string RememberSql =
        """
        -- the rows as they are, locked in the order of their ids: nothing changes them before the act does
        with locked as (select * from delivery where id = any($2) order by id for update)
        update operation_item i
           set before = to_jsonb(l)
          from locked l
         where i.operation_id = $1 and i.delivery_id = l.id
        """;

    private const string NoteSql =
        """
        -- what became of each, and how far the operation is
        with result as (select * from unnest($2, $3) as r (id, refusal)),
        noted as (
          update operation_item i
             set piece = $4, acted_at = now(), is_done = r.refusal = '', refusal = r.refusal
            from result r
           where i.operation_id = $1 and i.delivery_id = r.id)
        update operation
           set done = done + (select count(*) from result where refusal = ''), refused = refused + (select count(*) from result where refusal <> '')
         where id = $1
        """;

    public static async Task RememberAsync(NpgsqlConnection connection, OperationPiece? piece, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        if (piece is not null)
        {
            await using var command = new NpgsqlCommand(RememberSql, connection);
            command.Parameters.Add(new() { Value = piece.OperationId });
            command.Parameters.Add(new() { Value = ids.ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public static async Task NoteAsync(
        NpgsqlConnection connection, OperationPiece? piece, IReadOnlyList<ActionResult> results, CancellationToken cancellationToken)
    {
        if (piece is not null)
        {
            await using var command = new NpgsqlCommand(NoteSql, connection);
            command.Parameters.Add(new() { Value = piece.OperationId });
            command.Parameters.Add(new() { Value = results.Select(result => result.DeliveryId).ToArray() });
            command.Parameters.Add(new() { Value = results.Select(result => result.Refusal).ToArray() });
            command.Parameters.Add(new() { Value = piece.Number });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
