using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Queue;

/// <summary>A name for a filter of the queue page.</summary>
/// <param name="Query">As the address of the page has it, without the question mark.</param>
public sealed record SavedView(long Id, string Owner, string Name, string Query, bool IsShared);

/// <summary>Views of the queue that people keep, for themselves or for everybody.</summary>
public sealed class SavedViews(NpgsqlDataSource database)
{
    /// <summary>More than so many of one person are no list any more.</summary>
    public const int Most = 20;

    /// <summary>Longest name.</summary>
    public const int LongestName = 40;

    private const string ListSql =
        """
        -- one's own views, then those of others that everybody sees
          select id, owner, name, query, is_shared from saved_view where owner = $1 or is_shared
        order by owner <> $1, lower(name) limit 40
        """;

    private const string SaveSql =
        """
        -- one view a name; saved again it is replaced
        with room as (select count(*) < $5 as is_left from saved_view where owner = $1 and lower(name) <> lower($2))
        insert into saved_view (owner, name, query, is_shared)
             select $1, $2, $3, $4 from room where is_left
        on conflict (owner, lower(name)) do update set name = excluded.name, query = excluded.query, is_shared = excluded.is_shared
          returning id
        """;

    private const string RemoveSql =
        """
        -- one's own, or anybody's for an administrator
        delete from saved_view where id = $1 and (owner = $2 or $3) returning name
        """;

    /// <summary>What a person sees.</summary>
    public async Task<IReadOnlyList<SavedView>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        await using var command = database.Command(ListSql, owner);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<SavedView>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new SavedView(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4)));
        }

        return found;
    }

    /// <summary>Keeps a view. Null when it is kept; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not look; or not act on the queue, where it is for everybody.</exception>
    public async Task<string?> SaveAsync(string name, string query, bool isShared, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(isShared ? Right.ActOnQueue : Right.View);
        var called = Storable.Text(name.Trim());
        if (called.Length is 0 or > LongestName)
        {
            return $"A name has 1 to {LongestName} characters.";
        }

        await using var command = database.Command(SaveSql, who.Name, called, Storable.Text(query), isShared, Most);
        return await command.ExecuteScalarAsync(cancellationToken) is null ? $"{Most} views are kept already; remove one first." : null;
    }

    /// <summary>Forgets a view; false when it is not theirs to remove.</summary>
    public async Task<bool> RemoveAsync(long id, Operator who, CancellationToken cancellationToken)
    {
        await using var command = database.Command(RemoveSql, id, who.Name, who.May(Right.Configure));
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }
}
