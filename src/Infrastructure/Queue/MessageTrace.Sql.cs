namespace Postern.Infrastructure.Queue;

public sealed partial class MessageTrace
{
    private const string Columns =
        "m.id, m.last_id, m.accepted_at, m.source, m.peer, m.sender, m.header_id, m.subject, m.size, m.is_report, m.report_of, m.envelope_id, m.hops, m.notes::text";

    // Each look-up goes by a key: an id, or the hash of a Message-ID. However many messages are kept, it reads as many rows as it finds.
    private const string ByIdSql =
        $"""
        -- messages by number
        select {Columns} from message m where m.id = any($1) order by m.id limit 50
        """;

    private const string ByHeaderSql =
        $"""
        -- messages that carry a Message-ID
        select {Columns} from message m
         where m.header_id <> '' and hashtextextended(m.header_id, 0) = hashtextextended($1, 0) and m.header_id = $1 and m.id <> $2
         order by m.id limit 20
        """;

    private const string AnswersSql =
        $"""
        -- what answers a Message-ID, or reports on it
        select {Columns} from message m
         where m.answers <> '' and hashtextextended(m.answers, 0) = hashtextextended($1, 0) and m.answers = $1 and m.id <> $2
         order by m.id limit 50
        """;

    private const string LinksSql =
        """
        -- what a message names: its parent, and the reports written about its deliveries
        select m.answers, m.attachments, array(select distinct h.report_id from delivery_history h where h.id > m.id and h.id <= m.last_id and h.accepted_at = m.accepted_at and h.report_id is not null)
          from message m where m.id = $1 and m.accepted_at = $2
        """;

    // A router of cc:Mail names no Message-ID: who sent it and how it was called tell, among two weeks of mail.
    private const string LikelySql =
        $"""
        -- the message that a report without a Message-ID is most likely about
        select {Columns} from message m
         where m.accepted_at > $1::timestamptz - interval '14 days' and m.accepted_at < $1 and m.subject = $2 and m.sender = any($3) and not m.is_report
         order by m.id desc limit 1
        """;

    private const string RunsSql =
        """
        -- the runs of foreign programs that files went by
          select r.id, r.program, f.file_name, r.started_at, r.ended_at, r.exit_code, r.ending, coalesce(c.name, ''),
                 array(select u.file_name from program_run_refusal u where u.run_id = r.id order by 1)
            from program_run_file f join program_run r on r.id = f.run_id left join connector c on c.id = r.connector_id
           where f.file_name = any($1)
        order by r.id limit 200
        """;

    private const string RunSql =
        """
        -- the run of EXPORT that brought a message
        select r.id, r.program, '', r.started_at, r.ended_at, r.exit_code, r.ending, coalesce(c.name, ''), array[]::text[]
          from program_run r left join connector c on c.id = r.connector_id
         where r.id = $1 and c.name = $2
        """;
}
