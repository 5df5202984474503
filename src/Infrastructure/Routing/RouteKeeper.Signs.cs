using Npgsql;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

public sealed partial class RouteKeeper
{
    // What came before the start is looked at as far as a busy hour.
    private const int LookBack = 20_000;

    private const int AtOnce = 5_000;

    private const string NewestSql = "select coalesce(max(id), 0) from message";

    private const string MailSql =
        """
        -- mail that came in by a connector of an old system: where it was written, and the name it was written to
          select m.id, m.sender, coalesce(nullif(d.original_recipient, ''), d.recipient), m.source
            from message m
            join connector c on c.name = m.source and c.kind in ('ccmail', 'msmail')
           cross join lateral (
                 select original_recipient, recipient from delivery where id > m.id and id <= m.last_id
                  union all
                 select original_recipient, recipient from delivery_history where id > m.id and id <= m.last_id and accepted_at = m.accepted_at) d
           where m.id > $1 and m.id <= $2 and m.sender <> ''
        order by m.id limit 5000
        """;

    private const string CanariesSql =
        """
        -- canaries whose report came back from outside, and who wrote it
          select recipient, shadow, reporter, coalesce(report_id, 0), back_at from canary
           where way = 'returned' and reporter <> '' and back_at > coalesce($1, now() - interval '1 day')
        order by back_at limit 1000
        """;

    private long? seenUntil;
    private DateTime? canariesUntil;

    /// <summary>Confirms the definitions by which mail and canaries have come since the last look; how many acts that were.</summary>
    public async Task<int> SeeAsync(CancellationToken cancellationToken)
    {
        var acts = 0;
        var until = await NewestAsync(cancellationToken);
        seenUntil ??= until - LookBack;
        var mails = await ReadAsync(MailSql, row => (Id: row.GetInt64(0), From: row.GetString(1), To: row.GetString(2), By: row.GetString(3)), cancellationToken, Number(seenUntil.Value), Number(until));
        foreach (var (id, from, to, by) in mails)
        {
            if (MailAddress.TryParse(from, out var sender, out _) && MailAddress.TryParse(to, out var recipient, out _) && sender.Type == recipient.Type)
            {
                acts += (await knowledge.ConfirmByMailAsync(sender.HomeKey, recipient.HomeKey, id, cancellationToken, by)).Act is null ? 0 : 1;
            }
        }

        seenUntil = mails.Count < AtOnce ? until : mails[^1].Id;
        foreach (var canary in await ReadAsync(CanariesSql, CanaryOf, cancellationToken, Time(canariesUntil)))
        {
            canariesUntil = canary.At;
            // What a post office on the way says shows nothing of the one behind it.
            if (MailAddress.TryParse(canary.To, out var recipient, out _) && recipient.HomeKey == canary.Reporter)
            {
                acts += (await knowledge.ConfirmByCanaryAsync(recipient.HomeKey, canary.Shadow, canary.Report, cancellationToken)).Act is null ? 0 : 1;
            }
        }

        return acts;
    }

    private static (string To, string Shadow, string Reporter, long Report, DateTime At) CanaryOf(NpgsqlDataReader row) =>
        (row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetDateTime(4));

    private async Task<long> NewestAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(NewestSql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlParameter Number(long value) => new() { Value = value };

    private static NpgsqlParameter Time(DateTime? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.RowsAsync(read, cancellationToken);
    }
}
