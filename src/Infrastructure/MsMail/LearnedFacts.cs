using Npgsql;
using Postern.Domain.Formats.MsMail;

namespace Postern.Infrastructure.MsMail;

/// <summary>What a post office's own files have shown about themselves, kept so that a new start, on whichever machine, need not learn it again.</summary>
internal sealed class LearnedFacts(NpgsqlDataSource database, long connectorId)
{
    public async Task<BodyGap> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select body_gap from msmail_learned where connector_id = $1");
        command.Parameters.Add(new() { Value = connectorId });
        return Enum.TryParse<BodyGap>(await command.ExecuteScalarAsync(cancellationToken) as string, out var gap) ? gap : BodyGap.Unknown;
    }

    public async Task WriteAsync(BodyGap gap, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- what the files of a post office have shown
            insert into msmail_learned (connector_id, body_gap) values ($1, $2)
            on conflict (connector_id) do update set body_gap = excluded.body_gap, learned_at = now()
            """);
        command.Parameters.Add(new() { Value = connectorId });
        command.Parameters.Add(new() { Value = gap.ToString() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
