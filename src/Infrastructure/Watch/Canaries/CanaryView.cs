using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>One canary of a connector.</summary>
/// <param name="MessageId">The probe as a message.</param>
public sealed record CanaryFlight(DateTimeOffset SentAt, long MessageId);

/// <summary>How the canary of a connector is doing.</summary>
/// <param name="IsWanted">The connector is to run, and nobody has paused it.</param>
/// <param name="Last">The youngest that was sent.</param>
/// <param name="Back">The youngest that came back.</param>
/// <param name="BackAt">When it did.</param>
/// <param name="IsRefused">The other side refused it while it was handed over: the way out is proven, the way back is not.</param>
/// <param name="ReportId">The report that came back.</param>
/// <param name="Missing">The oldest that has not come back and after which none did.</param>
public sealed record CanaryRow(
    long ConnectorId, string Connector, string Kind, CanarySettings Settings, bool IsWanted, CanaryFlight? Last, CanaryFlight? Back, DateTimeOffset? BackAt, bool IsRefused, long? ReportId,
    CanaryFlight? Missing)
{
    /// <summary>From sending to the report.</summary>
    public TimeSpan? RoundTrip => Back is { } back && BackAt is { } at ? at - back.SentAt : null;

    /// <summary>It should be back and is not.</summary>
    public bool IsLate(DateTimeOffset now) => IsWanted && Missing is { } missing && now - missing.SentAt > Settings.Wait;
}

/// <summary>Reads how the canaries are doing.</summary>
public sealed class CanaryView(NpgsqlDataSource database)
{
    private const string ListSql =
        """
        -- the canary of every connector, those that try a way of a post office aside: the last that was sent, the last that came back, the first that did not come back since
          select c.id, c.name, c.kind, (c.settings->'canary')::text,
                 c.desired_state = 'started' and not exists (
                   select from connector_act a where a.connector_id = c.id and a.kind in ('pause pickup', 'pause delivery', 'drain') and (a.until is null or a.until > now())),
                 last.sent_at, last.message_id, back.sent_at, back.message_id, back.back_at, coalesce(back.way = 'refused', false), back.report_id, missing.sent_at, missing.message_id
            from connector c
                 left join lateral (select sent_at, message_id from canary where connector_id = c.id and post_office = '' and message_id is not null order by sent_at desc limit 1) last on true
                 left join lateral (select sent_at, message_id, back_at, way, report_id from canary where connector_id = c.id and post_office = '' and back_at is not null and message_id is not null order by sent_at desc limit 1) back on true
                 left join lateral (select sent_at, message_id from canary
                                     where connector_id = c.id and post_office = '' and back_at is null and message_id is not null and sent_at > coalesce(back.sent_at, '-infinity') order by sent_at limit 1) missing on true
           where coalesce(c.settings->'canary'->>'recipient', '') <> ''
        order by c.name
        """;

    /// <summary>Every connector whose canary is on, by name.</summary>
    public async Task<IReadOnlyList<CanaryRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ListSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CanaryRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            if (SettingsOf(row.GetString(3)) is { IsOn: true } settings)
            {
                rows.Add(new CanaryRow(
                    row.GetInt64(0), row.GetString(1), row.GetString(2), settings, row.GetBoolean(4), Flight(row, 5), Flight(row, 7),
                    row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9), row.GetBoolean(10), row.IsDBNull(11) ? null : row.GetInt64(11), Flight(row, 12)));
            }
        }

        return rows;
    }

    private static CanaryFlight? Flight(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new CanaryFlight(row.GetFieldValue<DateTimeOffset>(column), row.GetInt64(column + 1));

    private static CanarySettings? SettingsOf(string json)
    {
        try
        {
            return JsonNode.Parse(json).Deserialize<CanarySettings>(SettingsJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
