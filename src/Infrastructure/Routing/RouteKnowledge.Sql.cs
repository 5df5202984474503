using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

public sealed partial class RouteKnowledge
{
    private const string OldSql =
        """
        -- what was last seen too long ago
        select system, owner, destination, via from post_office_knowledge where state = 'confirmed' and seen_at < now() - $1 limit 10000
        """;

    private const string SeenSql =
        """
        -- seen again; nothing else changes
        update post_office_knowledge set seen_at = now()
         where state = 'confirmed' and (owner_key, destination_key) in (select * from unnest($1::text[], $2::text[]))
        """;

    private const string ActsSql =
        """
        -- acts, of one post office or of all
          select id, at, actor, verb, owner_key, reason, jsonb_array_length(after), taken_back_by
            from knowledge_act
           where ($1 = '' or owner_key = $1) and id < $2
        order by id desc limit $3
        """;

    private const string ActSinceSql =
        """
        -- who was faster
        select actor from knowledge_act
         where id > $2 and verb <> 'override' and (owner_key = $1 or before || after @> jsonb_build_array(jsonb_build_object('owner_key', $1)))
         order by id desc limit 1
        """;

    internal static async Task<string> ChangedSinceAsync(NpgsqlConnection connection, PostOffice office, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ActSinceSql, connection) { Parameters = { new() { Value = office.Key }, new() { Value = version } } };
        return await command.ExecuteScalarAsync(cancellationToken) is string actor
            ? $"What {office.Name} knows has changed since this was shown ({actor} was faster). Look at it again; nothing was changed."
            : "";
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }
}
