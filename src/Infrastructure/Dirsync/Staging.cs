using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

/// <summary>A row that a directory should hold, before it is compared.</summary>
/// <param name="Source">Where the entry stood in what was read.</param>
/// <param name="Why">The rules behind it, in words.</param>
/// <param name="Withheld">Why it is not wanted after all; null when it is.</param>
/// <param name="IsStable">The source knows it by an id of its own.</param>
internal sealed record StagedRow(DirectoryRow Row, string Source, string Why, GoneReason? Withheld, bool IsStable);

/// <summary>A row that a directory holds, before it is compared.</summary>
/// <param name="Match">The identity of the wanted row that it belongs to.</param>
internal sealed record HeldEntry(DirectoryRow Row, bool IsOurs, string Match, string Place = "", string SourceIdentity = "");

/// <summary>The tables of one cycle, on one connection: a million rows pass through them while a few thousand are in memory.</summary>
/// <remarks>
/// Temporary tables: nobody else needs the rows, no log is written for them, and a process that ends leaves nothing behind. Work on the connection waits for
/// the database on the thread of the cycle, as the merge does that pulls from it; rows come in through a cursor by the thousand and go out by COPY in between.
/// </remarks>
internal sealed partial class Staging : IAsyncDisposable
{
    private const int Chunk = 4_000;

    private int cursors;

    private Staging(NpgsqlConnection connection)
    {
        Connection = connection;
        Rows = new ChunkedCopy<StagedRow>(connection, CopyStaged, WriteStaged, Chunk);
        Held = new ChunkedCopy<HeldEntry>(connection, CopyHeld, WriteHeld, Chunk);
        Seen = new ChunkedCopy<ReadRecord>(connection, CopySeen, WriteSeen, Chunk);
        Made = new ChunkedCopy<Change>(connection, CopyMade, WriteMade, Chunk);
        Mended = new ChunkedCopy<(long Number, RowValues Values, string Why)>(connection, CopyMended, WriteMended, Chunk);
        Mentions = new ChunkedCopy<(string Identity, bool IsGone)>(connection, CopyMentions, WriteMention, Chunk);
    }

    public NpgsqlConnection Connection { get; }

    public ChunkedCopy<StagedRow> Rows { get; }

    public ChunkedCopy<HeldEntry> Held { get; }

    /// <summary>Rows of the partner's directory as they were read.</summary>
    public ChunkedCopy<ReadRecord> Seen { get; }

    public ChunkedCopy<Change> Made { get; }

    /// <summary>Rows whose values are worked out anew; <see cref="Mend"/> puts them in place.</summary>
    public ChunkedCopy<(long Number, RowValues Values, string Why)> Mended { get; }

    public ChunkedCopy<(string Identity, bool IsGone)> Mentions { get; }

    public static async Task<Staging> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        var staging = new Staging(connection);
        try
        {
            await using var command = new NpgsqlCommand(CreateSql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return staging;
        }
        catch
        {
            await staging.DisposeAsync();
            throw;
        }
    }

    public int Execute(string sql, params object[] values)
    {
        using var command = CommandOf(sql, values);
        return command.ExecuteNonQuery();
    }

    public T? Scalar<T>(string sql, params object[] values)
    {
        using var command = CommandOf(sql, values);
        return command.ExecuteScalar() is T value ? value : default;
    }

    public List<T> Read<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        using var command = CommandOf(sql, values);
        using var row = command.ExecuteReader();
        var found = new List<T>();
        while (row.Read())
        {
            found.Add(read(row));
        }

        return found;
    }

    /// <summary>The rows of a query, some thousand in memory at a time. Needs an open transaction; other commands may run between two rows.</summary>
    public IEnumerable<T> Stream<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        var name = $"dirsync_{++cursors}";
        Execute($"declare {name} no scroll cursor for {sql}", values);
        List<T> chunk;
        do
        {
            chunk = Read($"fetch {Chunk} from {name}", read);
            foreach (var row in chunk)
            {
                yield return row;
            }
        }
        while (chunk.Count == Chunk);

        Execute($"close {name}");
    }

    /// <summary>Empties everything that belongs to one direction.</summary>
    public void Clear() => Execute("truncate staged, held, made, mended");

    public void Flush()
    {
        Rows.Flush();
        Held.Flush();
        Seen.Flush();
        Made.Flush();
        Mentions.Flush();
    }

    /// <summary>Puts the values that were worked out anew in place.</summary>
    public void Mend()
    {
        Mended.Flush();
        Execute(MendSql);
        Execute("truncate mended");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Connection.FullState == System.Data.ConnectionState.Open)
            {
                await using var command = new NpgsqlCommand(DropSql, Connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (NpgsqlException)
        {
            // The connection is broken, and its tables are gone with it.
        }
        finally
        {
            await Connection.DisposeAsync();
        }
    }

    /// <summary>The row at some columns of a reader: key, name, address, address key, kind, values.</summary>
    public static DirectoryRow RowOf(NpgsqlDataReader row, int at, string identity) => new()
    {
        Key = new SortKey(row.GetFieldValue<byte[]>(at)),
        Identity = identity,
        Name = row.GetString(at + 1),
        Address = row.GetString(at + 2),
        AddressKey = row.GetString(at + 3),
        Kind = (RowKind)row.GetInt16(at + 4),
        Values = RowValues.OfText(row.GetString(at + 5)),
    };

    internal static void Write(NpgsqlBinaryImporter copy, DirectoryRow? row)
    {
        if (row is null)
        {
            for (var i = 0; i < 6; i++)
            {
                copy.WriteNull();
            }

            return;
        }

        copy.Write(row.Key.Stored, NpgsqlDbType.Bytea);
        copy.Write(row.Name, NpgsqlDbType.Text);
        copy.Write(row.Address, NpgsqlDbType.Text);
        copy.Write(row.AddressKey, NpgsqlDbType.Text);
        copy.Write((short)row.Kind, NpgsqlDbType.Smallint);
        copy.Write(row.Values.Text, NpgsqlDbType.Text);
    }

    private NpgsqlCommand CommandOf(string sql, object[] values)
    {
        var command = Connection.Command(sql, values);
        command.CommandTimeout = 0;
        return command;
    }
}

/// <summary>Rows on their way into a table, some thousand at a time.</summary>
internal sealed class ChunkedCopy<T>(NpgsqlConnection connection, string sql, Action<NpgsqlBinaryImporter, T, long> write, int size)
{
    private readonly List<T> waiting = new(size);
    private long number;

    /// <summary>So many rows were given.</summary>
    public long Count => number + waiting.Count;

    public void Add(T row)
    {
        waiting.Add(row);
        if (waiting.Count == size)
        {
            Flush();
        }
    }

    public void Flush()
    {
        if (waiting.Count == 0)
        {
            return;
        }

        using var copy = connection.BeginBinaryImport(sql);
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in waiting)
        {
            copy.StartRow();
            write(copy, row, ++number);
        }

        copy.Complete();
        waiting.Clear();
    }
}
