using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>One outcome as the statements take it.</summary>
/// <param name="Kind">The word of the timeline: delivered, bounced, quarantined, deferred.</param>
/// <param name="Report">For bounced: whether a report went, or why none did.</param>
internal sealed record OutcomeRow(
    long Id, AttemptOutcome Outcome, string Kind, TimeSpan Elapsed, TimeSpan? RetryIn, bool MayRepeat, string? Notes, string Report, long? ReportId);

/// <summary>The statements that record outcomes. Each is guarded by the lease: a row that is no longer ours is left alone.</summary>
internal static class OutcomeRows
{
    private const string Guard = "d.state = 'leased' and d.leased_by = $12";
    private const string OperatorGuard = "d.state in ('queued', 'held', 'quarantined') and $12 = 0";

    private const string FinishSql = $"{FinishHead}{Guard}{FinishTail}";
    private const string FinishByOperatorSql = $"{FinishHead}{OperatorGuard}{FinishTail}";

    private const string FinishHead =
        """
        -- deliveries become final: out of the live table, into history, counted in the ledger, noted beyond a first-try success
        with outcome as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                   as o (id, state, status, reply, reason, remote, elapsed, report, report_id, notes, may_repeat)),
        gone as (
          delete from delivery d using outcome o
           where d.id = o.id and
        """ + " ";

    private const string FinishTail =
        """

        returning d.*, o.state as final_state, o.status as final_status, o.reply as final_reply, o.reason as final_reason,
                  o.remote as final_remote, o.elapsed, o.report, o.report_id, o.notes, o.may_repeat as repeats),
        kept as (
          insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient,
                      original_recipient, recipient_class, notify, sender, subject, size, is_report, state, attempts, may_repeat,
                      route_version, first_attempt_at, last_attempt_at, finished_at, status, reply, reason, remote, report, report_id, version_id)
               select id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient,
                      original_recipient, recipient_class, notify, sender, subject, size, is_report, final_state::delivery_state,
                      attempts + $14, may_repeat or repeats, route_version, coalesce(first_attempt_at, now() - elapsed),
                      coalesce(now() - elapsed, last_attempt_at), now(), final_status, final_reply, final_reason, final_remote,
                      report, report_id, version_id
                 from gone
            returning id, accepted_at, connector_id, state),
        noted as (
          insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote, actor, details)
               select id, accepted_at, now(), case when $15 = '' then final_state when final_state = 'bounced' then 'returned' else final_state end,
                      attempts + $14, final_status, final_reply, final_reason, final_remote, $15, notes::jsonb
                 from gone
                where attempts > 0 or final_state <> 'delivered' or notes is not null or may_repeat or repeats),
        counted as (
          insert into ledger (day, batch, connector_id, outcome, deliveries, ids)
               select (accepted_at at time zone 'UTC')::date, $13, connector_id, state, count(*), array_agg(id)
                 from kept group by 1, 3, 4)
        select id from kept
        """;

    private const string DeferSql =
        """
        -- leased deliveries go back to the queue, or into quarantine, with what was said
        with outcome as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                   as o (id, state, status, reply, reason, remote, elapsed, retry_in, notes, may_repeat)),
        back as (
          update delivery d
             set state = o.state::delivery_state, leased_by = null, leased_until = null, attempts = d.attempts + 1,
                 due_at = now() + coalesce(o.retry_in, interval '0'), status = o.status, reply = o.reply, reason = o.reason,
                 remote = o.remote, may_repeat = d.may_repeat or o.may_repeat,
                 first_attempt_at = coalesce(d.first_attempt_at, now() - o.elapsed), last_attempt_at = now() - o.elapsed
            from outcome o
           where d.id = o.id and d.state = 'leased' and d.leased_by = $11
        returning d.id, d.accepted_at, d.attempts, o.state, o.status, o.reply, o.reason, o.remote, o.notes)
        insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, status, reply, reason, remote, details)
             select id, accepted_at, now(), case state when 'queued' then 'deferred' else state end, attempts, status, reply, reason,
                    remote, notes::jsonb
               from back
        """;

    private const string UntriedSql =
        """
        -- what was not tried goes back as it was
        update delivery
           set state = 'queued', leased_by = null, leased_until = null, reason = case when $3 = '' then reason else $3 end
         where id = any($1) and state = 'leased' and leased_by = $2
        """;

    /// <summary>Ends deliveries that this worker had leased.</summary>
    public static NpgsqlBatchCommand Finish(IReadOnlyList<OutcomeRow> rows, long workerId, Guid batch) =>
        Finish(FinishSql, rows, workerId, batch, 1, "");

    /// <summary>Ends deliveries that wait, because an operator, or their age, says so. Returns the ids that were ended.</summary>
    public static NpgsqlBatchCommand FinishWaiting(IReadOnlyList<OutcomeRow> rows, Guid batch, string actor) =>
        Finish(FinishByOperatorSql, rows, 0, batch, 0, actor);

    private static NpgsqlBatchCommand Finish(
        string sql, IReadOnlyList<OutcomeRow> rows, long workerId, Guid batch, int attempts, string actor) => Command(
        sql,
        Array(rows, r => r.Id),
        Array(rows, r => r.Kind),
        Array(rows, r => r.Outcome.Status),
        Array(rows, r => Storable.Text(r.Outcome.Reply)),
        Array(rows, r => Storable.Text(r.Outcome.Reason)),
        Array(rows, r => Storable.Text(r.Outcome.Remote)),
        Array(rows, r => attempts > 0 ? r.Elapsed : (TimeSpan?)null),
        Array(rows, r => r.Report),
        Array(rows, r => r.ReportId),
        Array(rows, r => r.Notes!),
        Array(rows, r => r.MayRepeat),
        new NpgsqlParameter<long> { TypedValue = workerId },
        new NpgsqlParameter<Guid> { TypedValue = batch },
        new NpgsqlParameter<int> { TypedValue = attempts },
        new NpgsqlParameter<string> { TypedValue = actor });

    public static NpgsqlBatchCommand Defer(IReadOnlyList<OutcomeRow> rows, long workerId) => Command(
        DeferSql,
        Array(rows, r => r.Id),
        Array(rows, r => r.Outcome is AttemptOutcome.Quarantined ? "quarantined" : "queued"),
        Array(rows, r => r.Outcome.Status),
        Array(rows, r => Storable.Text(r.Outcome.Reply)),
        Array(rows, r => Storable.Text(r.Outcome.Reason)),
        Array(rows, r => Storable.Text(r.Outcome.Remote)),
        Array(rows, r => r.Elapsed),
        Array(rows, r => r.RetryIn),
        Array(rows, r => r.Notes!),
        Array(rows, r => r.MayRepeat),
        new NpgsqlParameter<long> { TypedValue = workerId });

    public static NpgsqlBatchCommand Untried(long[] ids, string reason, long workerId) => Command(
        UntriedSql,
        new NpgsqlParameter<long[]> { TypedValue = ids },
        new NpgsqlParameter<long> { TypedValue = workerId },
        new NpgsqlParameter<string> { TypedValue = Storable.Text(reason) });

    private static NpgsqlParameter<T[]> Array<T>(IReadOnlyList<OutcomeRow> rows, Func<OutcomeRow, T> value) =>
        new() { TypedValue = [.. rows.Select(value)] };

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
