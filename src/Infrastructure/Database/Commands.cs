using Npgsql;

namespace Postern.Infrastructure.Database;

/// <summary>Makes commands whose values stand in the order of their places, <c>$1</c> first.</summary>
internal static class Commands
{
    /// <summary>A command on this connection, in its transaction if it has one.</summary>
    /// <param name="values">Null is the null of SQL; a parameter is taken as it is.</param>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values) => new NpgsqlCommand(sql, connection).With(values);

    /// <summary>A command on a connection of its own.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params ReadOnlySpan<object?> values) => database.CreateCommand(sql).With(values);

    /// <summary>All rows of a command, each read by <paramref name="read"/>.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.RowsAsync(read, cancellationToken);
    }

    /// <summary>All rows of the result at which a reader stands.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlDataReader row, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }

    private static NpgsqlCommand With(this NpgsqlCommand command, ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
