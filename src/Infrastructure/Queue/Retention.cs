using System.Globalization;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Queue;

/// <summary>What one round of <see cref="Retention"/> removed.</summary>
/// <param name="ContentDays">Days whose content went.</param>
/// <param name="HistoryDays">Days whose envelope, history and ledger rows went.</param>
public sealed record RetentionRound(int ContentDays, int HistoryDays);

/// <summary>Removes content and history when their time is over: whole partitions, never row by row.</summary>
/// <remarks>
/// <para>
/// Content goes some days after the last delivery of its message has ended (7 unless set otherwise). A day is looked at when that time and one
/// day more has passed since its end, so that little of it is still needed; what is moves to the partition of today, in the transaction that
/// drops the day.
/// </para>
/// <para>
/// History goes by whole days, and stays whole while any delivery of the day waits or ended too lately: its rows are bound to their day by the
/// books. The sums of a day are folded in the transaction that drops it, so the books balance without its rows. A day that is off in the
/// books is never dropped: it is evidence.
/// </para>
/// </remarks>
public sealed partial class Retention(NpgsqlDataSource database, EventLog events, TimeProvider clock)
{
    private readonly HashSet<DateOnly> told = [];

    /// <summary>Removes what is due.</summary>
    /// <exception cref="NpgsqlException">The database is away, or mail holds the tables longer than the lock limit: try again later.</exception>
    public async Task<RetentionRound> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (contentDays, historyDays) = await SettingsAsync(connection, cancellationToken);
        var (content, history) = (0, 0);
        foreach (var day in await OldDaysAsync(connection, "message_content", contentDays, cancellationToken))
        {
            await DropContentAsync(connection, day, contentDays, cancellationToken);
            content++;
        }

        foreach (var day in await OldDaysAsync(connection, "message", historyDays, cancellationToken))
        {
            history += await TryDropHistoryAsync(connection, day, historyDays, cancellationToken) ? 1 : 0;
        }

        return new RetentionRound(content, history);
    }

    private async Task DropContentAsync(NpgsqlConnection connection, DateOnly day, int days, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, TakeTurn, [], cancellationToken);
        await ExecuteAsync(connection, MakeDay, [DateOnly.FromDateTime(now.UtcDateTime)], cancellationToken);
        var moved = await ExecuteAsync(connection, MoveContent(day), [now, now.AddDays(-days)], cancellationToken);
        await ExecuteAsync(connection, Drop("message_content", day), [], cancellationToken);
        await ExecuteAsync(connection, NoteDrop, ["message_content", day, now, days, (long)moved], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await events.WriteAsync(
            EventCodes.ContentRemoved, EventSeverity.Information, "",
            $"The content of mail accepted on {Iso(day)} was removed, {days} days after it had been delivered."
            + (moved > 0 ? $" {moved:N0} parts that are still needed were kept." : ""));
    }

    private async Task<bool> TryDropHistoryAsync(NpgsqlConnection connection, DateOnly day, int days, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, TakeTurn, [], cancellationToken);
        if (await WhyKeptAsync(connection, day, now.AddDays(-days), cancellationToken) is { Length: > 0 } reason)
        {
            await transaction.RollbackAsync(cancellationToken);
            await TellKeptAsync(day, reason);
            return false;
        }

        await ExecuteAsync(connection, FoldDay, [day], cancellationToken);
        await ExecuteAsync(connection, ForgetVersions, [day], cancellationToken);
        foreach (var table in new[] { "message_content", "delivery_event", "delivery_history", "message", "ledger" })
        {
            await ExecuteAsync(connection, Drop(table, day), [], cancellationToken);
        }

        await ExecuteAsync(connection, NoteDrop, ["message", day, now, days, 0L], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await events.WriteAsync(
            EventCodes.HistoryRemoved, EventSeverity.Information, "",
            $"The history of {Iso(day)} was removed after {days} days. Its sums stay in the books.");
        return true;
    }

    private static async Task<string> WhyKeptAsync(NpgsqlConnection connection, DateOnly day, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        await using (var command = connection.Command(StillNeeded, day, limit))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            if (row.GetInt64(0) > 0)
            {
                return $"{row.GetInt64(0):N0} of its deliveries wait";
            }

            if (row.GetInt64(1) > 0)
            {
                return $"{row.GetInt64(1):N0} of its deliveries ended later";
            }
        }

        await using var balance = connection.Command(IsBalanced, day);
        return (bool)(await balance.ExecuteScalarAsync(cancellationToken))! ? "" : "its books are off; see postern books";
    }

    private async Task TellKeptAsync(DateOnly day, string reason)
    {
        if (told.Add(day))
        {
            await events.WriteAsync(
                EventCodes.HistoryKept, EventSeverity.Information, "", $"The history of {Iso(day)} is kept beyond its time: {reason}.",
                "It goes by itself when that has changed.");
        }
    }

    private static async Task<(int ContentDays, int HistoryDays)> SettingsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SettingsSql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt32(0), row.GetInt32(1));
    }

    // A day ends a day after it began, and gets one day more.
    private async Task<List<DateOnly>> OldDaysAsync(NpgsqlConnection connection, string table, int days, CancellationToken cancellationToken)
    {
        var before = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-days - 1);
        await using var command = connection.Command(OldDays, table, before);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<DateOnly>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(row.GetFieldValue<DateOnly>(0));
        }

        return found;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Iso(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
