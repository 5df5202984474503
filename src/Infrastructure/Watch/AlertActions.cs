using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Watch;

/// <summary>What people do about alerts: take one, give it back, write down what they found. None closes one: it closes when it is over.</summary>
public sealed class AlertActions(NpgsqlDataSource database)
{
    private const int LongestNote = 1000;

    private const string TakeSql =
        """
        -- somebody sees to it; an alert that another has taken is taken over
        with before as (select id, owner from alert where id = $1 and closed_at is null for update),
        taken as (update alert a set owner = $2 from before where a.id = before.id and a.owner <> $2 returning a.id),
        noted as (insert into alert_note (alert_id, actor, kind) select id, $2, 'taken' from taken)
        select exists (select from before), exists (select from taken), coalesce((select owner from before), '')
        """;

    private const string GiveBackSql =
        """
        -- nobody sees to it any more
        with before as (select id, owner from alert where id = $1 and closed_at is null for update),
        given as (update alert a set owner = '', told_at = now() from before where a.id = before.id and a.owner <> '' returning a.id),
        noted as (insert into alert_note (alert_id, actor, kind) select id, $2, 'given back' from given)
        select exists (select from before), exists (select from given), coalesce((select owner from before), '')
        """;

    private const string NoteSql =
        """
        -- what somebody found or did; also after it is over
        with before as (select id from alert where id = $1),
        noted as (insert into alert_note (alert_id, actor, kind, text) select id, $2, 'note', $3 from before returning alert_id)
        select exists (select from before), exists (select from noted), ''
        """;

    /// <summary>Whoever acts sees to the alert from now on, and it is not told again. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not take alerts.</exception>
    public Task<string> TakeAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(TakeSql, id, "take alert", who, "It is yours already.", cancellationToken);

    /// <summary>Nobody sees to it any more. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not take alerts.</exception>
    public Task<string> GiveBackAsync(long id, Operator who, CancellationToken cancellationToken) =>
        ActAsync(GiveBackSql, id, "give back alert", who, "Nobody has taken it.", cancellationToken);

    /// <summary>Adds the operator's reason as a note. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not take alerts.</exception>
    public Task<string> NoteAsync(long id, Operator who, CancellationToken cancellationToken) => who.Reason.Trim().Length == 0
        ? Task.FromResult("Write what you found first.")
        : ActAsync(NoteSql, id, "note on alert", who, "", cancellationToken, Storable.Text(who.Reason.Trim(), LongestNote));

    private async Task<string> ActAsync(string sql, long id, string verb, Operator who, string idle, CancellationToken cancellationToken, params object[] more)
    {
        who.Demand(Right.RunConnectors);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (isThere, isDone) = (false, false);
        await using (var command = new NpgsqlCommand(sql, connection))
        {
            foreach (var value in (object[])[id, who.Name, .. more])
            {
                command.Parameters.Add(new() { Value = value });
            }

            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            (isThere, isDone) = (row.GetBoolean(0), row.GetBoolean(1));
        }

        if (!isDone)
        {
            return isThere ? idle : "It is over, or there is no such alert.";
        }

        await AuditLog.WriteAsync(connection, who, verb, $"alert {id}", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "";
    }
}
