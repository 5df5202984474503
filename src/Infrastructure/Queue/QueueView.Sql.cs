using System.Text;
using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

public sealed partial class QueueView
{
    // Both tables in one shape. The history lacks what only waiting needs.
    private const string LiveColumns =
        """
        d.id, d.message_id, d.state::text, d.connector_id, d.destination, d.recipient, d.sender, d.subject, d.original_recipient, d.size,
               d.is_report, d.notify, d.attempts, d.crashes, d.may_repeat, d.accepted_at, d.first_attempt_at, d.last_attempt_at,
               d.due_at, d.expires_at, null::timestamptz as finished_at, d.status, d.reply, d.reason, d.remote, '' as report, null::bigint as report_id
        """;

    private const string HistoryColumns =
        """
        d.id, d.message_id, d.state::text, d.connector_id, d.destination, d.recipient, d.sender, d.subject, d.original_recipient, d.size,
               d.is_report, d.notify, d.attempts, 0 as crashes, d.may_repeat, d.accepted_at, d.first_attempt_at, d.last_attempt_at,
               null::timestamptz as due_at, null::timestamptz as expires_at, d.finished_at, d.status, d.reply, d.reason, d.remote, d.report, d.report_id
        """;

    // Numbers and addresses differ from mail to mail; without them one cause is one text.
    private const string CauseOf =
        """
        left(regexp_replace(regexp_replace({0}, '[^\s<>"“”]+@[^\s<>"“”]+', '…', 'g'), '\d+', '#', 'g'), 200)
        """;

    private const string CausesSql =
        """
        -- what waits for a reason, by reason without its numbers: first equal texts, then equal causes
        with reasons as (
            select connector_id, state, reason, min(reply) as reply, count(*) as n, min(coalesce(first_attempt_at, accepted_at)) as since
              from delivery
             where reason <> '' and state in ('queued', 'quarantined')
          group by connector_id, state, reason)
          select {0} as cause, connector_id, state::text, min(reason), min(reply), sum(n)::bigint, min(since), count(*) over ()
            from reasons
        group by cause, connector_id, state
        order by 6 desc, 7, 1 limit $1
        """;

    private const string EffectSql =
        """
        -- what an act on deliveries would touch
        select count(*) filter (where state = 'queued'), count(*) filter (where state = 'leased'),
               count(*) filter (where state = 'held'), count(*) filter (where state = 'quarantined'),
               count(*) filter (where state = any($1::delivery_state[]) and sender = ''),
               count(*) filter (where state = any($1::delivery_state[]) and sender <> '' and notify <> 0 and notify & 4 = 0),
               count(distinct message_id) filter (where state = any($1::delivery_state[]) and sender <> '' and (notify = 0 or notify & 4 <> 0)),
               count(distinct message_id) filter (where state = any($1::delivery_state[])),
               count(distinct sender) filter (where state = any($1::delivery_state[]) and sender <> ''),
               min(accepted_at) filter (where state = any($1::delivery_state[])),
               count(distinct connector_id) filter (where state = any($1::delivery_state[])),
               count(*)
          from delivery d
         where
        """ + " ";

    private const string ByIdsSql =
        $"""
        -- these deliveries, wherever they are now
        select {LiveColumns} from delivery d where d.id = any($1)
        union all
        select {HistoryColumns} from delivery_history d where d.id = any($1)
        """;

    private static readonly string ReasonsStatement = $"-- reasons that are one cause\n{OfCause("$1")}";

    private static readonly string CauseStatement = $"select {Cause("$1::text")}";

    private static readonly string CausesStatement = CausesSql.Replace("{0}", Cause("reason"), StringComparison.Ordinal);

    /// <summary>Adds the conditions of a filter to a statement over one of the two tables, named d.</summary>
    internal static string Where(QueueFilter filter, IReadOnlyList<DeliveryState> states, bool isLive, NpgsqlParameterCollection values)
    {
        var conditions = new List<string>();
        if (!isLive || states.Count < QueueFilter.LiveStates.Count)
        {
            // A subquery is worked out once; a cast of the words, once for every row.
            conditions.Add($"d.state = any(array(select unnest({Add(values, states.Select(state => state.ToSql()).ToArray())}::text[])::delivery_state))");
        }

        AddText(filter, isLive, conditions, values);
        AddNumbers(filter, conditions, values);
        return conditions.Count == 0 ? "true" : string.Join(" and ", conditions);
    }

    private static void AddText(QueueFilter filter, bool isLive, List<string> conditions, NpgsqlParameterCollection values)
    {
        When(filter.Connector, text => DeletedId(text) is { } id ? $"d.connector_id = {Add(values, id)}"
            : $"d.connector_id = coalesce((select id from connector where name = {Add(values, text)}), -1)");
        When(filter.Destination, text => $"d.destination = {Add(values, text)}");
        When(filter.Sender, text => text == "<>" ? "d.sender = ''" : Contains(text, "d.sender"));
        When(filter.Recipient, text => Contains(text, "d.recipient", "d.original_recipient"));
        When(filter.Domain, text => Like("d.recipient", "%@" + Pattern(text), $"CCMAIL:% at {Pattern(text)}", $"MS:{Pattern(text)}/%"));
        When(filter.Subject, text => Contains(text, "d.subject"));
        When(filter.HeaderId, text => OfMessage(Add(values, text.Trim('<', '>', ' '))));
        When(filter.Text, text => Contains(text, "d.recipient", "d.sender", "d.subject", "d.original_recipient"));
        When(filter.Cause, text => filter.Reasons is { } reasons ? $"d.reason = any({Add(values, reasons.ToArray())})" : HasCause(isLive, Add(values, text)));

        void When(string text, Func<string, string> condition)
        {
            if (text.Length > 0)
            {
                conditions.Add(condition(text));
            }
        }

        string Contains(string text, params ReadOnlySpan<string> columns)
        {
            var any = new List<string>();
            foreach (var column in columns)
            {
                any.Add(Like(column, $"%{Pattern(text)}%"));
            }

            return $"({string.Join(" or ", any)})";
        }

        // Case folding by the rules of Unicode costs several times the scan; a pattern of ASCII alone does not need them.
        string Like(string column, params string[] patterns) => patterns.All(pattern => Ascii.IsValid(pattern))
            ? $"lower({column} collate \"C\") like any({Add(values, patterns.Select(pattern => pattern.ToLowerInvariant()).ToArray())})"
            : $"{column} ilike any({Add(values, patterns)})";
    }

    private static void AddNumbers(QueueFilter filter, List<string> conditions, NpgsqlParameterCollection values)
    {
        if (filter.OlderThan is { } older)
        {
            conditions.Add($"d.accepted_at <= now() - {Add(values, older)}::interval");
        }

        if (filter.YoungerThan is { } younger)
        {
            conditions.Add($"d.accepted_at > now() - {Add(values, younger)}::interval");
        }

        if (filter.AttemptsAtLeast is { } attempts)
        {
            conditions.Add($"d.attempts >= {Add(values, attempts)}");
        }

        if (filter.SizeAtLeast is { } size)
        {
            conditions.Add($"d.size >= {Add(values, size)}");
        }

        if (filter.IsReport is { } isReport)
        {
            conditions.Add(isReport ? "d.is_report" : "not d.is_report");
        }

        if (filter.After is { } after)
        {
            conditions.Add($"d.id > {Add(values, after)}");
        }
    }

    internal static string Add(NpgsqlParameterCollection values, object value)
    {
        values.Add(new NpgsqlParameter { Value = value });
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${values.Count}");
    }

    private static string OfMessage(string headerId) =>
        $"d.message_id in (select id from message where hashtextextended(header_id, 0) = hashtextextended({headerId}, 0) and header_id = {headerId})";

    // The offset keeps the pattern from being tried on every row before the few different reasons are known.
    private static string OfCause(string key) => $"select reason, n from (select reason, count(*) as n from delivery group by reason offset 0) r where {Cause("reason")} = {key}";

    private static string HasCause(bool isLive, string key) => isLive
        ? $"d.reason in (select reason from ({OfCause(key)}) c)"
        : $"{Cause("d.reason")} = {key}";

    private static string Cause(string column) => CauseOf.Replace("{0}", column, StringComparison.Ordinal);

    private static string Pattern(string text) => Storable.Text(text)
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    // The value a page is ordered by, as SQL and with its type: the cursor carries it as text.
    private static (string Value, string Type) Ordered(QueueSort sort, bool isLive) => sort switch
    {
        _ when !isLive => ("d.id", "bigint"),
        QueueSort.Due => ("d.due_at", "timestamptz"),
        QueueSort.Attempts => ("d.attempts", "int"),
        QueueSort.Size => ("d.size", "bigint"),
        QueueSort.Recipient => ("left(lower(d.recipient), 200) collate \"C\"", "text"),
        QueueSort.Sender => ("left(lower(d.sender), 200) collate \"C\"", "text"),
        QueueSort.Subject => ("left(lower(d.subject), 200) collate \"C\"", "text"),
        QueueSort.State => ("d.state", "delivery_state"),
        _ => ("d.accepted_at", "timestamptz"),
    };
}
