using System.Text.Json;
using NpgsqlTypes;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;

namespace Postern.Infrastructure.Dirsync;

/// <summary>What a plan is made of, beside the two sides in the tables of the cycle.</summary>
internal sealed record PlanDraft
{
    /// <summary>in: our directory changes; out: the partner's does.</summary>
    public required string Direction { get; init; }

    public required long Cycle { get; init; }

    public required NameRule Names { get; init; }

    public required ConsentRules Consent { get; init; }

    public required long ReadRows { get; init; }

    public required long HeldRows { get; init; }

    public bool IsComplete { get; init; } = true;

    /// <summary>Everything was read, so that refused changes which were not met can be forgotten.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Records that nobody could read may be those of the entries that seem to be gone: a person looks at deletes.</summary>
    public bool DoubtsDeletes { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Who made the plan by hand; null for a cycle.</summary>
    public string? Author { get; init; }
}

/// <summary>A plan that was made.</summary>
/// <param name="Id">0 when it was only counted, or when one is being carried out and none could be made.</param>
internal sealed record MadePlan(long Id, string State, PlanCounts Counts, string Hash);

/// <summary>Compares the two sides that lie in the tables of a cycle, and stores what must change as a plan.</summary>
internal sealed partial class PlanMaker(Staging staging, Partner partner)
{
    /// <summary>Makes the plan within the open transaction.</summary>
    /// <param name="isDry">It is counted and fingerprinted; nothing is stored.</param>
    public MadePlan Make(PlanDraft draft, bool isDry)
    {
        var counts = Compare(draft);
        var verdict = new ApprovalPolicy(ModesOf(draft.Consent), draft.Consent.Thresholds).Judge(counts, draft.HeldRows);
        var needed = verdict.Needed.ToDictionary(pair => pair.Key, pair => pair.Value);
        var notes = draft.Notes.ToList();
        if (draft.DoubtsDeletes && counts[ChangeClass.Delete] > 0 && needed[ChangeClass.Delete] == ApprovalMode.Automatic)
        {
            needed[ChangeClass.Delete] = ApprovalMode.Approve;
            notes.Add("Some records could not be read, and may be those of entries that seem to be gone; so a person looks at the deletes.");
        }

        if (draft.Author is not null)
        {
            // Somebody asked for it, and sees it before it is carried out.
            foreach (var kind in needed.Keys.Where(kind => needed[kind] == ApprovalMode.Automatic).ToList())
            {
                needed[kind] = ApprovalMode.Approve;
            }
        }

        if (isDry)
        {
            return new MadePlan(0, "dry", counts, Fingerprint());
        }

        var open = staging.Read(OpenSql, row => (Id: row.GetInt64(0), State: row.GetString(1)), partner.Id, draft.Direction).FirstOrDefault();
        if (open.State == "applying")
        {
            return new MadePlan(0, open.State, counts, "");
        }

        var id = InsertPlan(draft, counts, verdict, needed, notes);
        var hash = Fingerprint();
        staging.Execute(StoreSql, id, needed.Where(pair => pair.Value == ApprovalMode.Automatic).Select(pair => (short)pair.Key).ToArray());
        staging.Execute(MailSql[draft.Direction], id);
        var state = counts.IsEmpty ? "applied" : "waiting";
        if (open.Id > 0)
        {
            CarryOver(open.Id, id);
        }

        if (!counts.IsEmpty && staging.Scalar<long>(UndecidedSql, id, needed.Where(pair => pair.Value == ApprovalMode.Never).Select(pair => (short)pair.Key).ToArray()) == 0
            && staging.Scalar<bool>("select exists (select from plan_row where plan_id = $1 and verdict = 'approved')", id))
        {
            state = "approved";
        }

        if (counts.IsEmpty && open.Id == 0 && draft.Author is null && EmptyBefore(id, draft, hash) is { } before)
        {
            return new MadePlan(before, state, counts, hash);
        }

        staging.Execute(FinishSql, id, state, hash);
        return new MadePlan(id, state, counts, hash);
    }

    private PlanCounts Compare(PlanDraft draft)
    {
        var refused = staging.Read(
            "select encode(hash, 'hex') from refused_change where partner_id = $1 and direction = $2", row => row.GetString(0), partner.Id, draft.Direction);
        var given = new Dictionary<SortKey, string>();
        foreach (var (key, identity) in staging.Read(
            "select key, identity from given_name where partner_id = $1 and direction = $2", row => (new SortKey(row.GetFieldValue<byte[]>(0)), row.GetString(1)), partner.Id, draft.Direction))
        {
            given[key] = identity;
        }

        var rejections = new Rejections(refused);
        if (refused.Count > 0)
        {
            KeepRefused(draft, rejections, given);
        }

        var merge = new DirectoryMerge(new MergeRules
        {
            Names = draft.Names,
            IsComplete = draft.IsComplete,
            CanDelete = draft.Consent.Delete != ApprovalMode.Never,
            CanRename = draft.Consent.Rename != ApprovalMode.Never,
            CanMove = draft.Consent.Move != ApprovalMode.Never,
            GivenNames = given,
        });
        foreach (var change in rejections.LeaveOut(merge.Compare(staging.Stream(WantedSql, WantedOf), staging.Stream(PresentSql, PresentOf))))
        {
            staging.Made.Add(change);
        }

        staging.Made.Flush();
        if (draft is { IsComplete: true, IsWhole: true } && refused.Count > 0)
        {
            staging.Execute(
                "delete from refused_change where partner_id = $1 and direction = $2 and hash = any($3)", partner.Id, draft.Direction, rejections.Unmet.Select(Convert.FromHexString).ToArray());
        }

        var counts = new long[(int)ChangeClass.Collision + 1];
        foreach (var (kind, count) in staging.Read("select class, count(*) from made group by class", row => (row.GetInt16(0), row.GetInt64(1))))
        {
            counts[kind] = count;
        }

        return PlanRows.ReadCounts(counts);
    }

    private static WantedRow WantedOf(Npgsql.NpgsqlDataReader row) =>
        new(Staging.RowOf(row, 1, row.GetString(0)), row.IsDBNull(7) ? null : Staging.RowOf(row, 8, row.GetString(7)));

    private static PresentRow PresentOf(Npgsql.NpgsqlDataReader row) => new(
        Staging.RowOf(row, 1, row.GetString(0)),
        row.GetBoolean(7),
        row.IsDBNull(8) ? null : new SortKey(row.GetFieldValue<byte[]>(8)),
        row.IsDBNull(9) ? GoneReason.Source : (GoneReason)row.GetInt16(9),
        row.IsDBNull(10) ? null : row.GetString(10));

    private long InsertPlan(PlanDraft draft, PlanCounts counts, PlanVerdict verdict, Dictionary<ChangeClass, ApprovalMode> needed, List<string> notes)
    {
        var thresholds = verdict.Thresholds.Select(judged => new PlanThreshold(
            judged.Threshold.Class, judged.Threshold.Number, judged.Threshold.Percent, judged.Count, judged.Held, judged.IsExceeded, judged.Sentence));
        return staging.Scalar<long>(
            InsertSql,
            partner.Id, draft.Direction, draft.Cycle, draft.ReadRows, draft.HeldRows,
            Enum.GetValues<ChangeClass>().Select(kind => counts[kind]).ToArray(),
            draft.IsComplete, PlanRows.NeededText(needed),
            new Npgsql.NpgsqlParameter { Value = JsonSerializer.Serialize(thresholds, PlanRows.Json), NpgsqlDbType = NpgsqlDbType.Jsonb },
            notes.Select(note => Queue.Storable.Text(note)).ToArray(),
            new Npgsql.NpgsqlParameter { Value = (object?)draft.Author ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
    }

    // Over the rows' own hashes, in the order of the plan.
    private string Fingerprint()
    {
        using var hash = new PlanHash();
        foreach (var row in staging.Stream(HashesSql, row => row.GetFieldValue<byte[]>(0)))
        {
            hash.AddHash(row);
        }

        return hash.End();
    }

    // Only what moved asks again. The old plan is taken for this transaction first, so that nobody decides about it meanwhile.
    private void CarryOver(long open, long id)
    {
        if (staging.Scalar<string>("select state from plan where id = $1 for update", open) is not ("waiting" or "approved"))
        {
            throw new PlanMovedException();
        }

        staging.Execute(CarryOverSql, open, id);
        staging.Execute(CarryPlanSql, open, id);
        staging.Execute($"update plan set state = 'superseded', tally = (select {PlanStore.TallySql} from plan_row where plan_id = $1 and class <> 5) where id = $1", open);
        staging.Execute(ForgetSql, open);
    }

    // One line of history tells that a cycle proposed nothing, however often it did so.
    private long? EmptyBefore(long id, PlanDraft draft, string hash)
    {
        var last = staging.Read(LastSql, row => row.GetInt64(0), partner.Id, draft.Direction, id, hash);
        if (last.Count == 0)
        {
            return null;
        }

        staging.Execute("delete from plan_row where plan_id = $1", last[0]);
        staging.Execute("update plan_row set plan_id = $1 where plan_id = $2", last[0], id);
        staging.Execute(TakePlaceSql, last[0], id, hash);
        staging.Execute("delete from plan where id = $1", id);
        return last[0];
    }

    private static IEnumerable<KeyValuePair<ChangeClass, ApprovalMode>> ModesOf(ConsentRules rules) =>
    [
        new(ChangeClass.Delete, rules.Delete), new(ChangeClass.Move, rules.Move), new(ChangeClass.Rename, rules.Rename), new(ChangeClass.Modify, rules.Modify), new(ChangeClass.Add, rules.Add),
    ];
}

/// <summary>A plan began to be carried out while another one was about to take its place.</summary>
internal sealed class PlanMovedException : Exception;
