using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

public sealed partial class ConnectorActions
{
    /// <summary>Days a copy is kept where nobody says otherwise; 1 to 90.</summary>
    public const int DefaultKeepDays = 3;

    /// <summary>Megabytes all copies of a connector may have where nobody says otherwise; 1 to 10,240.</summary>
    public const int DefaultKeepMegabytes = 100;

    private const int MostRetried = 5_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(30);

    // A canary that cannot be sent by then is no answer to who asked for it.
    private static readonly TimeSpan CanaryWish = TimeSpan.FromMinutes(2);

    private const string ActSql =
        """
        -- something told to a connector; told again it holds anew
        insert into connector_act (connector_id, kind, actor, reason, since, until, keep_days, keep_megabytes)
             select id, $2, $3, $4, now(), now() + $5, $6, $7 from connector where name = $1
        on conflict (connector_id, kind) do update
                set actor = excluded.actor, reason = excluded.reason, since = excluded.since, until = excluded.until,
                    keep_days = excluded.keep_days, keep_megabytes = excluded.keep_megabytes
        """;

    private const string EndSql =
        """
        delete from connector_act using connector
         where connector.id = connector_id and connector.name = $1 and connector_act.kind = any($2)
        """;

    private const string RetrySql =
        """
        -- what waits for its next attempt is due, the longest waiting first
        update delivery set due_at = now()
         where id in (select delivery.id from delivery join connector on connector.id = delivery.connector_id
                       where connector.name = $1 and state = 'queued' and due_at > now()
                    order by accepted_at limit $2 for update of delivery skip locked)
        """;

    private const string CanarySql =
        """
        -- may a canary be sent now: is it on, does somebody pause the connector, does the last one still wait?
        select coalesce(c.settings->'canary'->>'recipient', '') <> '',
               exists (select from connector_act a where a.connector_id = c.id and a.kind in ('pause pickup', 'pause delivery', 'drain') and (a.until is null or a.until > now())),
               exists (select from canary join delivery d on d.id = canary.message_id + 1 where canary.connector_id = c.id and canary.post_office = '')
          from connector c where c.name = $1
        """;

    private const string StateSql = "select desired_state from connector where name = $1 for update";

    /// <summary>Fetches nothing new, delivers what waits now, then stops.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> DrainAsync(string name, Operator who, CancellationToken cancellationToken) =>
        ActAsync(name, ConnectorActKind.Drain, null, null, null, who, cancellationToken);

    /// <summary>Fetches nothing for a while; what waits for delivery goes on.</summary>
    /// <param name="pause">Ends by itself after so long; null: until somebody resumes it.</param>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> PausePickupAsync(string name, TimeSpan? pause, Operator who, CancellationToken cancellationToken) =>
        PauseAsync(name, ConnectorActKind.PausePickup, pause, who, cancellationToken);

    /// <summary>Delivers nothing for a while; what comes in waits.</summary>
    /// <param name="pause">Ends by itself after so long; null: until somebody resumes it.</param>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> PauseDeliveryAsync(string name, TimeSpan? pause, Operator who, CancellationToken cancellationToken) =>
        PauseAsync(name, ConnectorActKind.PauseDelivery, pause, who, cancellationToken);

    /// <summary>Ends every pause and a drain.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> ResumeAsync(string name, Operator who, CancellationToken cancellationToken) => EndAsync(
        name, "resume", [ConnectorActKind.Drain, ConnectorActKind.PausePickup, ConnectorActKind.PauseDelivery], $"Nothing of {name} is paused.", who, cancellationToken);

    /// <summary>Polls at once, and tries at once what waits for its next attempt.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> RunAsync(string name, Operator who, CancellationToken cancellationToken) =>
        ActAsync(name, ConnectorActKind.Run, null, null, null, who, cancellationToken);

    /// <summary>Sends a canary within seconds, whenever the next one is due.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> SendCanaryAsync(string name, Operator who, CancellationToken cancellationToken) =>
        ActAsync(name, ConnectorActKind.Canary, CanaryWish, null, null, who, cancellationToken);

    /// <summary>Keeps copies of what comes and goes, before and after conversion.</summary>
    /// <param name="days">Days a copy is kept, 1 to 90.</param>
    /// <param name="megabytes">All copies of the connector together, 1 to 10,240; the oldest go first.</param>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> CaptureAsync(string name, int days, int megabytes, Operator who, CancellationToken cancellationToken) =>
        days is < 1 or > 90 ? Task.FromResult("Copies are kept 1 to 90 days.")
        : megabytes is < 1 or > 10_240 ? Task.FromResult("Copies may have 1 to 10,240 MB.")
        : ActAsync(name, ConnectorActKind.Capture, null, days, megabytes, who, cancellationToken);

    /// <summary>Keeps no more copies; those there are stay until their time is over.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> EndCaptureAsync(string name, Operator who, CancellationToken cancellationToken) =>
        EndAsync(name, "end capture", [ConnectorActKind.Capture], $"{name} keeps no copies already.", who, cancellationToken);

    private Task<string> PauseAsync(string name, ConnectorActKind kind, TimeSpan? pause, Operator who, CancellationToken cancellationToken) =>
        pause is { } span && (span <= TimeSpan.Zero || span > LongestPause)
            ? Task.FromResult($"A pause lasts at most {LongestPause.TotalDays.ToString(CultureInfo.InvariantCulture)} days.")
            : ActAsync(name, kind, pause, null, null, who, cancellationToken);

    private async Task<string> ActAsync(
        string name, ConnectorActKind kind, TimeSpan? pause, int? days, int? megabytes, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.RunConnectors);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await StateAsync(connection, name, cancellationToken) is not { } state)
        {
            return $"There is no connector {name}.";
        }

        if (state == "stopped" && (kind is ConnectorActKind.Drain or ConnectorActKind.Run or ConnectorActKind.Canary))
        {
            return $"The connector {name} is stopped. Start it first.";
        }

        if (kind == ConnectorActKind.Canary && await WhyNoCanaryAsync(connection, name, cancellationToken) is { Length: > 0 } obstacle)
        {
            return obstacle;
        }

        await using var command = new NpgsqlCommand(ActSql, connection);
        Add(command, name, ConnectorAct.WordOf(kind), who.Name, Storable.Text(who.Reason, 500));
        command.Parameters.Add(new() { Value = (object?)pause ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = (object?)days ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = (object?)megabytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (kind == ConnectorActKind.Run)
        {
            await using var retry = new NpgsqlCommand(RetrySql, connection);
            Add(retry, name, MostRetried);
            await retry.ExecuteNonQueryAsync(cancellationToken);
        }

        await AuditLog.WriteAsync(connection, who, ConnectorAct.WordOf(kind), $"connector {name}", Details(pause, days, megabytes), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "";
    }

    private async Task<string> EndAsync(
        string name, string verb, ConnectorActKind[] kinds, string nothing, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.RunConnectors);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await StateAsync(connection, name, cancellationToken) is null)
        {
            return $"There is no connector {name}.";
        }

        await using var command = new NpgsqlCommand(EndSql, connection);
        Add(command, name, kinds.Select(ConnectorAct.WordOf).ToArray());
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return nothing;
        }

        await AuditLog.WriteAsync(connection, who, verb, $"connector {name}", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "";
    }

    private static async Task<string> WhyNoCanaryAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CanarySql, connection);
        Add(command, name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2)) switch
        {
            (false, _, _) => $"The connector {name} has no canary. Name a mailbox for it in the settings first.",
            (_, true, _) => $"The connector {name} is paused. Resume it first.",
            (_, _, true) => $"The last canary of {name} still waits in the queue; another would wait behind it.",
            _ => "",
        };
    }

    private static string? Details(TimeSpan? pause, int? days, int? megabytes) =>
        pause is { } span ? $$"""{"for": "{{span}}"}"""
        : days is not null ? $$"""{"keepDays": {{days}}, "keepMegabytes": {{megabytes}}}"""
        : null;

    private static async Task<string?> StateAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(StateSql, connection);
        Add(command, name);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }
}
