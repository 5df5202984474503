using Npgsql;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

/// <summary>A site of the backbone as it is configured.</summary>
/// <param name="UnknownRecipients">refuse or forward.</param>
public sealed record SiteAnswer(
    string Name, IReadOnlyList<string> SmtpDomains, string CcMailPostOffice, string MsMailNetwork, string MsMailPostOffice, string UnknownRecipients);

/// <summary>A post office as it is configured.</summary>
/// <param name="System">CCMAIL or MS.</param>
/// <param name="Connector">Name of the connector that reaches it directly; empty when none does.</param>
/// <param name="Via">The post office it is reached by; empty when it is reached directly.</param>
public sealed record PostOfficeAnswer(long Id, string System, string Name, string Connector, string Via);

/// <summary>What programs ask about sites and post offices.</summary>
public sealed class RoutingView(NpgsqlDataSource database)
{
    private const string SitesSql =
        """
        -- sites, by name
          select name, smtp_domains, ccmail_post_office, msmail_network, msmail_post_office, unknown_recipients
            from site
           where name > $1
        order by name limit $2
        """;

    private const string PostOfficesSql =
        """
        -- post offices, in the order in which they were made
          select p.id, p.system, p.name, coalesce(c.name, ''), coalesce(v.name, '')
            from post_office p left join connector c on c.id = p.connector_id left join post_office v on v.id = p.via_id
           where p.id > $1
        order by p.id limit $2
        """;

    /// <summary>The number that changes with every change of the configuration.</summary>
    public async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select coalesce(max(version), 0) from configuration");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Some sites after this name, by name.</summary>
    public Task<IReadOnlyList<SiteAnswer>> SitesAsync(string after, int most, CancellationToken cancellationToken) => ReadAsync(
        SitesSql, after, most,
        row => new SiteAnswer(row.GetString(0), row.GetFieldValue<string[]>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5)), cancellationToken);

    /// <summary>Some post offices after this number.</summary>
    public Task<IReadOnlyList<PostOfficeAnswer>> PostOfficesAsync(long after, int most, CancellationToken cancellationToken) => ReadAsync(
        PostOfficesSql, after, most,
        row => new PostOfficeAnswer(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)), cancellationToken);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, object after, int most, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Command(sql, after, most);
        return await command.RowsAsync(read, cancellationToken);
    }
}
