namespace Postern.Infrastructure.Dirsync.Requestor;

internal sealed partial class RequestorStore
{
    private const string SelectSql =
        """
        -- where a requestor stands, and the highest number that it ever gave to a record that waits
        select requestor.state::text, coalesce((select max(number) from dirsync_record record where record.partner_id = requestor.partner_id), 0),
               requestor.said, requestor.sent_at, requestor.messages
          from dirsync_requestor requestor
         where requestor.partner_id = $1
        """;

    private const string InsertSql = "insert into dirsync_requestor (partner_id, state) values ($1, $2::jsonb) on conflict (partner_id) do nothing";

    private const string UpdateSql = "update dirsync_requestor set state = $2::jsonb where partner_id = $1";

    private const string ConfirmedSql = "delete from dirsync_record where partner_id = $1 and number <= $2";

    private const string WaitingSql =
        """
        -- mail of the server, and reports of any post office on the way there
        select id, sender, has_attachment, arrived_at
          from dirsync_mail
         where recipient_home = $1 and (sender_home = $2 or upper(sender) like '%/POSTMASTER')
         order by id
        """;

    private const string CopyRecordSql = "copy dirsync_record (partner_id, number, address_key, record) from stdin (format binary)";

    private const string SaidSql =
        """
        -- what was said of addresses, among what waits
        select address_key, record from dirsync_record where partner_id = $1 and address_key = any ($2) order by number
        """;
}
