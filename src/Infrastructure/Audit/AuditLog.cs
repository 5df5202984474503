using Npgsql;
using NpgsqlTypes;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Audit;

/// <summary>Who did what, and why. Written in the transaction of the act, so that neither exists without the other.</summary>
public static class AuditLog
{
    /// <summary>Writes one row.</summary>
    /// <param name="connection">With the transaction of the act open.</param>
    /// <param name="verb">As the button or the command is called.</param>
    /// <param name="target">What it was done to, in words.</param>
    /// <param name="details">JSON; null when the rest says all.</param>
    public static async Task WriteAsync(
        NpgsqlConnection connection, Operator who, string verb, string target, string? details, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            -- one act of an operator
            insert into audit (actor, verb, target, reason, details) values ($1, $2, $3, $4, $5)
            """,
            connection);
        command.Parameters.Add(new() { Value = who.Name });
        command.Parameters.Add(new() { Value = verb });
        command.Parameters.Add(new() { Value = Storable.Text(target) });
        command.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
        command.Parameters.Add(new() { Value = (object?)details ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
