using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Access;

/// <summary>Remembers which operation came of which request of which key, so that a request that is sent again starts nothing a second time.</summary>
/// <remarks>
/// Requests with one idempotency key wait for one another. A process that dies between the start of an operation and the note of it leaves an
/// operation that runs and a request that is not known: the only case in which sending it again starts a second one.
/// </remarks>
public sealed class ApiOperations(NpgsqlDataSource database)
{
    /// <summary>So long is a request known again.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private const string LockSql = "select pg_advisory_lock(hashtext('postern request'), hashtext($1))";
    private const string UnlockSql = "select pg_advisory_unlock(hashtext('postern request'), hashtext($1))";

    private const string FindSql =
        """
        -- the operation of an earlier request with this key
        select operation_id, request_hash = $3 from api_operation
         where key_id = $1 and idempotency_key = $2 and created_at > now() - $4::interval
        """;

    private const string ForgetSql =
        """
        -- what was asked for long ago may be asked for anew; which operation came of it stays known
        update api_operation set idempotency_key = null where key_id = $1 and idempotency_key = $2
        """;

    private const string InsertSql =
        """
        -- an operation that was started with a key
        insert into api_operation (operation_id, key_id, idempotency_key, request_hash) values ($1, $2, $3, $4)
        """;

    /// <summary>Starts an operation for a request, or finds the one that it started before.</summary>
    /// <param name="idempotencyKey">Null when the program sent none.</param>
    /// <returns>The operation, and whether it is an earlier one; null when the idempotency key was used for another request.</returns>
    public async Task<(long Id, bool IsKnown)?> StartAsync(
        long keyId, string? idempotencyKey, byte[] requestHash, Func<Task<OperationSnapshot>> start, CancellationToken cancellationToken)
    {
        if (idempotencyKey is null)
        {
            return (await StartAsync(keyId, null, requestHash, start), false);
        }

        var name = $"{keyId} {idempotencyKey}";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, LockSql, [name], cancellationToken);
        try
        {
            await using (var find = connection.Command(FindSql, keyId, idempotencyKey, requestHash, Memory))
            await using (var row = await find.ExecuteReaderAsync(cancellationToken))
            {
                if (await row.ReadAsync(cancellationToken))
                {
                    return row.GetBoolean(1) ? (row.GetInt64(0), true) : null;
                }
            }

            return (await StartAsync(keyId, idempotencyKey, requestHash, start), false);
        }
        finally
        {
            await ExecuteAsync(connection, UnlockSql, [name], CancellationToken.None);
        }
    }

    // From the start on it is noted too, whoever waits for the answer.
    private async Task<long> StartAsync(long keyId, string? idempotencyKey, byte[] requestHash, Func<Task<OperationSnapshot>> start)
    {
        var operation = await start();
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        if (idempotencyKey is not null)
        {
            await ExecuteAsync(connection, ForgetSql, [keyId, idempotencyKey], CancellationToken.None);
        }

        await using var insert = connection.Command(InsertSql, operation.Id, keyId);
        insert.Parameters.Add(new() { Value = (object?)idempotencyKey ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        insert.Parameters.Add(new() { Value = requestHash });
        await insert.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return operation.Id;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, values);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
