using System.Text.Json;
using Npgsql;
using Postern.Domain.Watch;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Watch;

/// <summary>Opens and closes alerts, each with an event at both ends, and writes down who is to be told.</summary>
/// <remarks>The notices are in the transaction of the change: what opened is told even when the process dies at once.</remarks>
public sealed partial class AlertStore(NpgsqlDataSource database, AlertSettingsStore settings, EventLog events)
{
    private static readonly Dictionary<AlertKind, int> Codes = new()
    {
        [AlertKind.ConnectorSilent] = EventCodes.ConnectorSilent,
        [AlertKind.ConnectorNotRunning] = EventCodes.ConnectorNotRunning,
        [AlertKind.QueueOnlyAges] = EventCodes.QueueOnlyAges,
        [AlertKind.FolderUnusable] = EventCodes.FolderUnusable,
        [AlertKind.DiskLow] = EventCodes.DiskLow,
        [AlertKind.ProgramRunUnended] = EventCodes.ProgramRunUnended,
        [AlertKind.OperationStuck] = EventCodes.OperationStuck,
        [AlertKind.ReportMissing] = EventCodes.ReportMissing,
        [AlertKind.BooksOff] = EventCodes.BooksOff,
        [AlertKind.DefaultPartitionUsed] = EventCodes.DefaultPartitionUsed,
        [AlertKind.MessagesQuarantined] = EventCodes.MessagesQuarantined,
        [AlertKind.ClockOff] = EventCodes.ClockOff,
        [AlertKind.CanaryMissing] = EventCodes.CanaryMissing,
        [AlertKind.CanaryEntryLate] = EventCodes.CanaryEntryLate,
    };

    /// <summary>Raised after alerts have opened, closed or become worse.</summary>
    public event Action? Changed;

    /// <summary>The open alerts that a process on this node may judge: its own, and, for the leader, those that all see.</summary>
    public async Task<IReadOnlyList<OpenAlert>> OpenAsync(string node, bool isLeader, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(OpenSql);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = isLeader });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var open = new List<OpenAlert>();
        while (await row.ReadAsync(cancellationToken))
        {
            if (KindOf(row.GetString(1)) is { } kind)
            {
                open.Add(new OpenAlert(row.GetString(0), kind, AlertWords.SeverityOf(row.GetString(2)), row.GetFieldValue<DateTimeOffset>(3)));
            }
        }

        return open;
    }

    /// <summary>Writes what a look has changed; how many alerts opened, closed or became worse.</summary>
    public async Task<int> ApplyAsync(AlertChanges changes, CancellationToken cancellationToken)
    {
        var told = await settings.ReadAsync(cancellationToken);
        var count = 0;
        foreach (var opened in changes.Opened)
        {
            count += await OneAsync("opened", told, opened.Suspicion.Kind, connection => InsertAsync(connection, opened, cancellationToken), cancellationToken);
        }

        foreach (var kept in changes.Kept)
        {
            count += await OneAsync("worse", told, kept.Suspicion.Kind, connection => UpdateAsync(connection, kept, cancellationToken), cancellationToken);
        }

        foreach (var key in changes.Closed)
        {
            count += await OneAsync("closed", told, KindOf(key.Split('|')[0]), connection => CloseAsync(connection, key, cancellationToken), cancellationToken);
        }

        if (count > 0)
        {
            Changed?.Invoke();
        }

        return count;
    }

    /// <summary>Tells again of what is open and nobody has taken; how many alerts.</summary>
    public async Task<int> RemindAsync(CancellationToken cancellationToken)
    {
        var told = await settings.ReadAsync(cancellationToken);
        if (told.RepeatAfter == TimeSpan.Zero || told.Recipients.Count + told.Webhooks.Count == 0)
        {
            return 0;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await ReadAsync(connection, RemindSql, cancellationToken, told.RepeatAfter, told.MinimumSeverity == AlertSeverity.Error);
        foreach (var alert in due)
        {
            await NotifyAsync(connection, alert, "again", told, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    /// <summary>Closes what only a process could see that is gone; how many.</summary>
    public async Task<int> CloseOfLostNodesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CloseLostSql);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> OneAsync(string what, AlertSettings told, AlertKind? kind, Func<NpgsqlConnection, Task<AlertFacts?>> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await change(connection) is not { } alert)
        {
            await transaction.CommitAsync(cancellationToken);
            return 0;
        }

        if (told.MinimumSeverity == AlertSeverity.Warning || alert.Severity == "error")
        {
            await NotifyAsync(connection, alert, what, told, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        var severity = what == "closed" ? EventSeverity.Information : alert.Severity == "error" ? EventSeverity.Error : EventSeverity.Warning;
        await events.WriteAsync(
            kind is { } known ? Codes[known] : 0,
            severity,
            alert.Connector,
            what == "closed" ? $"It is over, after {AlertText.Lasted(alert.ClosedAt!.Value - alert.Since)}: {alert.Text}" : alert.Text,
            what == "closed" ? "" : alert.NextStep,
            new Dictionary<string, string> { ["alert"] = $"{alert.Id}", ["subject"] = alert.Subject });
        return 1;
    }

    private static async Task NotifyAsync(NpgsqlConnection connection, AlertFacts alert, string what, AlertSettings told, CancellationToken cancellationToken)
    {
        foreach (var target in (string[])[.. told.Recipients.Count > 0 ? [MailTarget] : Array.Empty<string>(), .. told.Webhooks])
        {
            var id = Guid.CreateVersion7();
            await ExecuteAsync(connection, NoticeSql, cancellationToken, id, alert.Id, what, target, JsonSerializer.Serialize(AlertText.BodyOf(id, what, alert), AlertText.Json), target == MailTarget);
        }

        await ExecuteAsync(connection, "update alert set told_at = now() where id = $1", cancellationToken, alert.Id);
    }

    private static Task<AlertFacts?> InsertAsync(NpgsqlConnection connection, Ripe item, CancellationToken cancellationToken)
    {
        var suspicion = item.Suspicion;
        return OneRowAsync(
            connection, InsertSql, cancellationToken, Storable.Text(suspicion.Key), suspicion.Kind.ToWord(), Storable.Text(suspicion.Subject), suspicion.Node, suspicion.Connector,
            item.Severity.ToWord(), Storable.Text(suspicion.Text), Storable.Text(suspicion.NextStep), suspicion.Link, item.Since.ToUniversalTime());
    }

    private static Task<AlertFacts?> UpdateAsync(NpgsqlConnection connection, Ripe item, CancellationToken cancellationToken) => OneRowAsync(
        connection, UpdateSql, cancellationToken, item.Suspicion.Key, item.Severity.ToWord(), Storable.Text(item.Suspicion.Text), Storable.Text(item.Suspicion.NextStep));

    private static Task<AlertFacts?> CloseAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken) =>
        OneRowAsync(connection, CloseSql, cancellationToken, key);

    private static async Task<AlertFacts?> OneRowAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values) =>
        (await ReadAsync(connection, sql, cancellationToken, values)).SingleOrDefault();

    private static async Task<List<AlertFacts>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<AlertFacts>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new AlertFacts(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
                row.GetFieldValue<DateTimeOffset>(8), row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9)));
        }

        return found;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static AlertKind? KindOf(string word) => Enum.GetValues<AlertKind>().Cast<AlertKind?>().FirstOrDefault(kind => kind!.Value.ToWord() == word);
}

/// <summary>An alert as a change left it.</summary>
internal sealed record AlertFacts(
    long Id, string Kind, string Subject, string Connector, string Severity, string Text, string NextStep, string Owner, DateTimeOffset Since, DateTimeOffset? ClosedAt);
