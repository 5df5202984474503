using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Which messages are meant.</summary>
public sealed record MessageFilter
{
    /// <summary>A part of the sender's address; <c>&lt;&gt;</c> is the null sender.</summary>
    public string Sender { get; init; } = "";

    /// <summary>A part of a recipient's address, as it is now or as the sender wrote it.</summary>
    public string Recipient { get; init; } = "";

    /// <summary>A part of the subject.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Message-ID without its brackets.</summary>
    public string HeaderId { get; init; } = "";

    /// <summary>Only reports, or only what is none.</summary>
    public bool? IsReport { get; init; }

    /// <summary>Accepted less than so long ago.</summary>
    public TimeSpan? YoungerThan { get; init; }

    /// <summary>Only those before this one: the page behind. 0 begins with the newest.</summary>
    public long Before { get; init; }
}

/// <summary>Messages page by page, newest first, for programs that read them all.</summary>
public sealed class MessageList(NpgsqlDataSource database)
{
    private const int LimitSeconds = 10;

    private const string PageSql =
        """
        -- a page of messages, newest first
          select m.id, m.last_id, m.accepted_at, m.source, m.peer, m.sender, m.header_id, m.subject, m.size, m.is_report, m.report_of, m.envelope_id,
                 m.hops, m.notes::text
            from message m
           where ($1 = 0 or m.id < $1)
             and ($2::interval is null or m.accepted_at > now() - $2::interval)
             and case $3 when '' then true when '<>' then m.sender = '' else m.sender ilike $4 end
             and ($5 = '' or m.subject ilike $5)
             and ($6 = '' or m.header_id = $6)
             and ($7::boolean is null or m.is_report = $7)
             and ($8 = '' or exists (select from delivery d where d.id > m.id and d.id <= m.last_id and (d.recipient ilike $8 or d.original_recipient ilike $8))
                          or exists (select from delivery_history d where d.id > m.id and d.id <= m.last_id and d.accepted_at = m.accepted_at
                                                                      and (d.recipient ilike $8 or d.original_recipient ilike $8)))
        order by m.id desc limit $9
        """;

    /// <summary>One page, and the number of its last message where there are more behind it.</summary>
    /// <exception cref="QueueViewTimeoutException">It took too long.</exception>
    public async Task<(IReadOnlyList<MessageRow> Rows, long? Next)> PageAsync(MessageFilter filter, int size, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PageSql);
        command.CommandTimeout = LimitSeconds;
        foreach (var value in (ReadOnlySpan<object>)[filter.Before, (object?)filter.YoungerThan ?? DBNull.Value, Storable.Text(filter.Sender), Like(filter.Sender),
            Like(filter.Subject), Storable.Text(filter.HeaderId.Trim('<', '>', ' ')), (object?)filter.IsReport ?? DBNull.Value, Like(filter.Recipient), size + 1])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        try
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<MessageRow>();
            while (await row.ReadAsync(cancellationToken))
            {
                rows.Add(MessageView.Message(row));
            }

            return ([.. rows.Take(size)], rows.Count > size ? rows[size - 1].Id : null);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new QueueViewTimeoutException(TimeSpan.FromSeconds(LimitSeconds), e);
        }
    }

    private static string Like(string text) => text.Length == 0 ? "" : "%" + Storable.Text(text)
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
