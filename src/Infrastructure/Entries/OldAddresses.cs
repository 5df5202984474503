using System.Data.Common;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Entries;

/// <summary>Which old addresses are asked for.</summary>
/// <param name="IsUsed">Mail still came to them; null: whether or not.</param>
/// <param name="EntryId">Of this entry; null: of all.</param>
public sealed record OldAddressFilter(bool? IsUsed = null, long? EntryId = null);

/// <summary>An address of an entry that its system is not shown: the one somebody had before they moved or were renamed.</summary>
/// <param name="Uses">Deliveries that came to it, in the history that is kept.</param>
/// <param name="LastUsedAt">When the last of them was accepted; null when there was none.</param>
public sealed record OldAddress(long Id, long EntryId, string DisplayName, string Address, string Native, long Uses, DateTimeOffset? LastUsedAt);

/// <summary>A page of old addresses.</summary>
/// <param name="Used">How many there are to which mail still came.</param>
/// <param name="Unused">How many there are to which none came.</param>
/// <param name="Since">The first day of acceptance that is still known; null while nothing was accepted.</param>
/// <param name="CountedAt">When the history was looked through.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record OldAddressPage(IReadOnlyList<OldAddress> Rows, long Used, long Unused, DateOnly? Since, DateTimeOffset CountedAt, string? Next);

/// <summary>Old addresses and the mail that still comes to them, so that an administrator knows which may go (Q246279, Q121951).</summary>
/// <remarks>
/// Nothing is written when mail is accepted: a delivery keeps the address as it was written beside the mailbox it went to. Who asks has the history
/// looked through, at most once in <see cref="CountedFor"/>. What was written to an old address is compared by the rule of its system. Where a sender of
/// internet mail names an original recipient of its own (RFC 3461), that one is counted.
/// </remarks>
public sealed class OldAddresses(NpgsqlDataSource database, TimeProvider clock) : IDisposable
{
    public const int PageSize = 100;

    /// <summary>A count serves everybody who asks for so long.</summary>
    public static readonly TimeSpan CountedFor = TimeSpan.FromMinutes(1);

    private const string IsOld =
        """
        not a.is_native and exists (select from entry_address s where s.entry_id = a.entry_id and s.type = a.type and (s.is_native or (s.ordinal, s.id) < (a.ordinal, a.id)))
                and ($1::bigint = 0 or a.entry_id = $1)
        """;

    private const string UseSql =
        """
        -- addresses that the directory turned into others, how often, and when last
          select original_recipient, count(*), max(accepted_at)
            from (select original_recipient, recipient, accepted_at from delivery
                  union all
                  select original_recipient, recipient, accepted_at from delivery_history) mail
           where original_recipient <> '' and original_recipient <> recipient
        group by original_recipient
        """;

    private const string SinceSql = "select min(day) from ledger";

    private const string PageSql =
        $"""
        -- addresses that are not the one shown to their system, by the name of their entry
          select a.id, e.id, e.display_name, a.address, n.address, a.key
            from entry_address a join entry e on e.id = a.entry_id join entry_address n on n.entry_id = e.id and n.is_native
           where {IsOld}
             and ($2 = '' or (a.key = any($3)) = ($2 = 'used'))
             and (lower(e.display_name), a.id) > (lower($4), $5)
        order by lower(e.display_name), a.id
           limit $6
        """;

    private const string CountSql = $"select count(*) filter (where a.key = any($2)), count(*) filter (where a.key <> all($2)) from entry_address a where {IsOld}";

    private readonly SemaphoreSlim gate = new(1, 1);
    private Counted? last;

    /// <summary>A page of old addresses by the names of their entries.</summary>
    /// <param name="after">As an earlier page gave it; empty for the first.</param>
    public async Task<OldAddressPage> PageAsync(OldAddressFilter filter, string after, CancellationToken cancellationToken)
    {
        var counted = await CountedAsync(cancellationToken);
        var (name, id) = NameCursor.Read(after);
        var entry = filter.EntryId ?? 0;
        var wanted = filter.IsUsed switch { true => "used", false => "unused", null => "" };
        var rows = await ReadAsync(
            PageSql, [entry, wanted, counted.Keys, name, id, PageSize + 1],
            row => (Cursor: NameCursor.Write(row.GetInt64(0), row.GetString(2)), Row: Of(row, counted)), cancellationToken);
        var (used, unused) = (await ReadAsync(CountSql, [entry, counted.Keys], row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];
        return new OldAddressPage(
            [.. rows.Take(PageSize).Select(row => row.Row)], used, unused, counted.Since, counted.At, rows.Count > PageSize ? rows[PageSize - 1].Cursor : null);
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async Task<Counted> CountedAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            return last is { } known && now - known.At < CountedFor ? known : last = await CountAsync(now, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Counted> CountAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = (await ReadAsync(SinceSql, [], row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellationToken))[0];
        var uses = new Dictionary<string, (long Count, DateTimeOffset LastAt)>(StringComparer.Ordinal);
        foreach (var (written, count, at) in await ReadAsync(UseSql, [], row => (row.GetString(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2)), cancellationToken))
        {
            if (AddressOf(written) is { } address)
            {
                var key = Convert.ToHexString(AddressKey.Of(address));
                var known = uses.GetValueOrDefault(key);
                uses[key] = (known.Count + count, known.LastAt > at ? known.LastAt : at);
            }
        }

        return new Counted(uses, [.. uses.Keys.Select(Convert.FromHexString)], since, now);
    }

    // RFC 3461 writes its type in front: rfc822;jane@site1.example.
    private static MailAddress? AddressOf(string written) =>
        MailAddress.TryParse(written, out var address, out _) ? address
        : written.IndexOf(';', StringComparison.Ordinal) is > 0 and var end && MailAddress.TryParse(written[(end + 1)..], out var typed, out _) ? typed
        : null;

    private static OldAddress Of(DbDataReader row, Counted counted)
    {
        var isUsed = counted.Uses.TryGetValue(Convert.ToHexString(row.GetFieldValue<byte[]>(5)), out var use);
        return new OldAddress(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), use.Count, isUsed ? use.LastAt : null);
    }

    private async Task<List<T>> ReadAsync<T>(string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }

    private sealed record Counted(Dictionary<string, (long Count, DateTimeOffset LastAt)> Uses, byte[][] Keys, DateOnly? Since, DateTimeOffset At);
}
