using Npgsql;

namespace Postern.Infrastructure.Database;

/// <summary>What one round of <see cref="PartitionKeeper"/> did.</summary>
/// <param name="DaysMade">Days that had no partitions yet.</param>
/// <param name="RowsRescued">Rows that had landed in the default partitions because their day was missing: an event for the operator.</param>
public sealed record PartitionRound(int DaysMade, long RowsRescued);

/// <summary>Makes the partitions of today and the days ahead, before mail needs them.</summary>
/// <remarks>
/// A day that went missing (a clock that jumped, a long standstill) has its rows in the default partitions. They are moved into the
/// partitions of their day when those are made, because PostgreSQL refuses a partition whose rows lie in the default one.
/// </remarks>
public sealed partial class PartitionKeeper(NpgsqlDataSource database)
{
    /// <summary>Makes today's partitions and those of the next <paramref name="daysAhead"/> days where they are missing.</summary>
    /// <exception cref="NpgsqlException">The database is away, or mail holds the tables longer than the lock limit: try again later.</exception>
    public async Task<PartitionRound> RunOnceAsync(int daysAhead, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var daysMade = 0;
        var rowsRescued = 0L;
        foreach (var day in await MissingDaysAsync(connection, daysAhead, cancellationToken))
        {
            // One day a transaction: making a partition locks the table, and intake waits behind it.
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, TakeTurn, [], cancellationToken);
            await ExecuteAsync(connection, LimitLockWait, [], cancellationToken);
            rowsRescued += await MakeAsync(connection, day, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            daysMade++;
        }

        return new PartitionRound(daysMade, rowsRescued);
    }

    private static async Task<List<DateOnly>> MissingDaysAsync(NpgsqlConnection connection, int daysAhead, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindMissingDays, connection) { Parameters = { new() { Value = daysAhead } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(reader.GetFieldValue<DateOnly>(0));
        }

        return days;
    }

    private static async Task<long> MakeAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellationToken)
    {
        var rescued = new List<string>();
        var rows = 0L;
        foreach (var (table, column) in Partitioned)
        {
            if (await StrayRowsAsync(connection, table, column, day, cancellationToken))
            {
                await ExecuteAsync(connection, SetAside(table, column, day), [], cancellationToken);
                rescued.Add(table);
            }
        }

        await ExecuteAsync(connection, MakeDay, [day], cancellationToken);
        foreach (var table in rescued)
        {
            rows += await ExecuteAsync(connection, PutBack(table), [], cancellationToken);
        }

        return rows;
    }

    private static async Task<bool> StrayRowsAsync(
        NpgsqlConnection connection, string table, string column, DateOnly day, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HasStrayRows(table, column, day), connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
