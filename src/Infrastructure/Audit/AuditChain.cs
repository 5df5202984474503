using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Postern.Infrastructure.Audit;

/// <summary>Proves that the audit is what was written: each row seals all before it, and a head that was kept elsewhere seals the end.</summary>
/// <remarks>The hashes are worked out here and not by the database, which whoever tampers with rows may have tampered with too.</remarks>
public sealed class AuditChain(NpgsqlDataSource database)
{
    private const string HeadSql = "select place, hash from audit_head";

    private const string RowsSql =
        """
        -- the whole audit in its order; what was put in past the product has no place and comes last
          select place, id, at, actor, verb, target, reason, coalesce(details::text, ''), hash
            from audit
        order by place nulls last, id
        """;

    /// <summary>The newest sealed row.</summary>
    public async Task<AuditHead> HeadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await HeadAsync(connection, cancellationToken);
    }

    /// <summary>Reads all rows in one stream and one snapshot, and works out every hash anew.</summary>
    /// <param name="kept">A head that was written down earlier; null when there is none, and a removed end can be hidden.</param>
    public async Task<AuditVerdict> VerifyAsync(AuditHead? kept, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var stored = await HeadAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(RowsSql, connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        long rows = 0;
        var before = new byte[SHA256.HashSizeInBytes];
        while (await row.ReadAsync(cancellationToken))
        {
            if (FaultOf(row, rows, before) is { } fault)
            {
                return new AuditVerdict(rows, HeadOf(rows, before), fault);
            }

            rows++;
            before = row.GetFieldValue<byte[]>(8);
            if (kept is not null && rows == kept.Place && Convert.ToHexStringLower(before) != kept.Hash)
            {
                return new AuditVerdict(rows - 1, HeadOf(rows, before), $"Row {rows} or one before it is not the one that the head {kept} was taken of: the chain was written anew.");
            }
        }

        return new AuditVerdict(rows, HeadOf(rows, before), EndFault(HeadOf(rows, before), stored, kept));
    }

    private static string? FaultOf(NpgsqlDataReader row, long rows, byte[] before)
    {
        if (row.IsDBNull(0) || row.IsDBNull(8))
        {
            return $"The row with the id {row.GetInt64(1)} has no place in the chain: it was put in past Postern.";
        }

        var place = row.GetInt64(0);
        if (place != rows + 1)
        {
            return place > rows + 1 ? $"Row {rows + 1} is missing; the next one is row {place}." : $"Row {place} stands there twice.";
        }

        return row.GetFieldValue<byte[]>(8).AsSpan().SequenceEqual(HashOf(row, place, before))
            ? null
            : $"Row {place} is not as it was written: {row.GetFieldValue<DateTime>(2):yyyy-MM-dd HH:mm:ss}Z {row.GetString(3)}, {row.GetString(4)}, {row.GetString(5)}.";
    }

    private static string EndFault(AuditHead found, AuditHead stored, AuditHead? kept) =>
        kept is not null && kept.Place > found.Place ? $"Row {found.Place + 1} is missing: the head {kept} was taken when there were {kept.Place}."
        : stored.Place > found.Place ? $"Row {found.Place + 1} is missing: the last row was row {stored.Place}."
        : stored != found ? $"Row {found.Place} is not the last that Postern wrote, which was row {stored.Place}."
        : "";

    private static byte[] HashOf(NpgsqlDataReader row, long place, byte[] before)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Field(place.ToString(CultureInfo.InvariantCulture));
        Field(((row.GetFieldValue<DateTime>(2) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture));
        for (var column = 3; column <= 7; column++)
        {
            Field(row.GetString(column));
        }

        return hash.GetHashAndReset();

        void Field(string value) =>
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(value)}:{value},")));
    }

    private static AuditHead HeadOf(long place, byte[] hash) => new(place, Convert.ToHexStringLower(hash));

    private static async Task<AuditHead> HeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HeadSql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? HeadOf(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : new AuditHead(0, "");
    }
}
