using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>This process among the workers that share the database.</summary>
/// <param name="Id">Key in table <c>worker</c>; leases carry it.</param>
/// <param name="Node">Machine and data folder: the process that comes after this one on the same folder has the same node.</param>
public sealed record WorkerIdentity(long Id, string Node)
{
    /// <summary>How long a lease holds without being extended.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    public static async Task<WorkerIdentity> RegisterAsync(NpgsqlDataSource database, string node, string version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("insert into worker (node, pid, version) values ($1, $2, $3) returning id");
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = Environment.ProcessId });
        command.Parameters.Add(new() { Value = version });
        return new WorkerIdentity((long)(await command.ExecuteScalarAsync(cancellationToken))!, node);
    }
}
