using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Hosting;

/// <summary>Is this process ready for mail: the database answers, and the worker has shown life within three of its periods?</summary>
public sealed class ReadyCheck(NpgsqlDataSource database, WorkerIdentity worker) : IHealthCheck
{
    private const string SeenSql = "select now() - seen_at < interval '30 seconds' from worker where id = $1";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand(SeenSql);
            command.Parameters.Add(new() { Value = worker.Id });
            return await command.ExecuteScalarAsync(cancellationToken) is true
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The worker has not shown life for 30 seconds.");
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy($"The database does not answer: {e.Message}");
        }
    }
}
