using System.Data.Common;
using Npgsql;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Entries;

/// <summary>Which entries a page of the directory shows.</summary>
/// <param name="Text">Part of the name or of any address.</param>
/// <param name="Kind">person, list or board; empty for all.</param>
/// <param name="System">Type of the native address: SMTP, CCMAIL or MS; empty for all.</param>
public sealed record DirectoryFilter(string Text = "", string Kind = "", string System = "")
{
    public bool IsEmpty => Text.Length + Kind.Length + System.Length == 0;
}

/// <summary>One entry as a list shows it.</summary>
public sealed record EntryRow(long Id, string DisplayName, string Kind, string Native, IReadOnlyList<string> Proxies)
{
    /// <summary>The partner that gives it; empty for one of our own.</summary>
    public string Giver { get; init; } = "";

    /// <summary>No partner gets it.</summary>
    public bool IsHidden { get; init; }
}

/// <summary>A page of the directory.</summary>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record DirectoryPage(IReadOnlyList<EntryRow> Rows, long Matching, string? Next);

/// <summary>What pages ask about the directory.</summary>
public sealed class DirectoryView(NpgsqlDataSource database)
{
    public const int PageSize = 100;

    private const string Condition =
        """
        ($1 = '' or e.display_name ilike $1 or exists (select from entry_address a where a.entry_id = e.id and a.address ilike $1))
           and ($2 = '' or e.kind = $2)
           and ($3 = '' or n.type = $3)
        """;

    private const string PageSql =
        $"""
        -- a page of entries by name, each with its native address and its proxies in order
          select e.id, e.display_name, e.kind, n.address, array(select a.address from entry_address a where a.entry_id = e.id and not a.is_native order by a.ordinal, a.id), coalesce(p.name, ''), e.is_hidden
            from entry e
         left join partner p on p.id = e.partner_id
            join entry_address n on n.entry_id = e.id and n.is_native
           where {Condition} and (lower(e.display_name), e.id) > (lower($4), $5)
        order by lower(e.display_name), e.id
           limit $6
        """;

    private const string CountSql =
        $"""
        select count(*) from entry e join entry_address n on n.entry_id = e.id and n.is_native where {Condition}
        """;

    private const string OneSql =
        """
        select e.id, e.display_name, e.kind, n.address, array(select a.address from entry_address a where a.entry_id = e.id and not a.is_native order by a.ordinal, a.id), coalesce(p.name, ''), e.is_hidden
          from entry e join entry_address n on n.entry_id = e.id and n.is_native left join partner p on p.id = e.partner_id
         where e.id = $1
        """;

    private const string WaitingSql =
        """
        -- live mail to any address of an entry
        select count(*) from delivery where recipient in (select address from entry_address where entry_id = $1)
        """;

    private const string UnknownSql =
        """
        -- what becomes of new mail to the SMTP addresses of an entry once nobody holds them
          select a.address, s.name, s.unknown_recipients
            from entry_address a join site s on split_part(a.address, '@', -1) = any(s.smtp_domains)
           where a.entry_id = $1 and a.type = 'SMTP'
        order by a.ordinal
        """;

    /// <summary>A page of the entries that match.</summary>
    /// <param name="after">As an earlier page gave it; empty for the first.</param>
    public async Task<DirectoryPage> PageAsync(DirectoryFilter filter, string after, CancellationToken cancellationToken)
    {
        var (name, id) = NameCursor.Read(after);
        var rows = await ReadAsync(PageSql, [.. Values(filter), name, id, PageSize + 1], Entry, cancellationToken);
        var matching = (await ReadAsync(CountSql, Values(filter), row => row.GetInt64(0), cancellationToken))[0];
        return rows.Count > PageSize
            ? new DirectoryPage([.. rows.Take(PageSize)], matching, NameCursor.Write(rows[PageSize - 1].Id, rows[PageSize - 1].DisplayName))
            : new DirectoryPage(rows, matching, null);
    }

    /// <summary>One entry; null when there is none of this number.</summary>
    public async Task<EntryRow?> FindAsync(long id, CancellationToken cancellationToken) =>
        await ReadAsync(OneSql, [id], Entry, cancellationToken) is [var entry] ? entry : null;

    /// <summary>How many deliveries wait for an entry, by any of its addresses.</summary>
    public async Task<long> WaitingAsync(long id, CancellationToken cancellationToken) =>
        (await ReadAsync(WaitingSql, [id], row => row.GetInt64(0), cancellationToken))[0];

    /// <summary>A sentence for each internet address of an entry: what new mail to it meets once the entry is gone.</summary>
    public Task<IReadOnlyList<string>> AfterwardsAsync(long id, CancellationToken cancellationToken) => ReadAsync(
        UnknownSql, [id],
        row => row.GetString(2) == "forward"
            ? $"New mail to {row.GetString(0)} is forwarded by the best address space, as the site {row.GetString(1)} says."
            : $"New mail to {row.GetString(0)} is refused: the site {row.GetString(1)} takes nobody who is not in the directory.",
        cancellationToken);

    private static object[] Values(DirectoryFilter filter) => [Like(filter.Text.Trim()), filter.Kind, filter.System];

    private static string Like(string text) => text.Length == 0 ? ""
        : $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    private static EntryRow Entry(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4)) { Giver = row.GetString(5), IsHidden = row.GetBoolean(6) };

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }
}
