using Postern.Domain.Addresses;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync;

/// <summary>
/// The canary entries of one partner in one cycle: met while its directory is read, looked at afterwards, and written anew once a day. They pass by the plans: nobody
/// approves them, they count as nobody's change, and no entry of ours stands behind them.
/// </summary>
internal sealed partial class PartnerCanaries
{
    private readonly Staging staging;
    private readonly Partner partner;
    private readonly IPartnerDirectory directory;
    private readonly CanaryRules rules;
    private readonly Dictionary<string, Known> known;
    private readonly Dictionary<string, ReadRecord> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Name, DateOnly Day)> theirs = new(StringComparer.Ordinal);

    public PartnerCanaries(Staging staging, Partner partner, IPartnerDirectory directory)
    {
        (this.staging, this.partner, this.directory, rules) = (staging, partner, directory, partner.Rules.Canary);
        known = staging.Read(KnownSql, Known.Of, partner.Id).ToDictionary(canary => canary.Row.AddressKey, StringComparer.Ordinal);
        // Whose address became that of somebody in our directory is not a canary any more.
        foreach (var canary in known.Values.Where(canary => OwnerOf(canary.Row.AddressKey) is not null).ToList())
        {
            known.Remove(canary.Row.AddressKey);
        }
    }

    /// <summary>A row of ours that is a canary: it is remembered, and nobody else sees it.</summary>
    public bool TakesOurs(ReadRecord record)
    {
        if (record is not { IsOurs: true, Held: { } held } || !known.ContainsKey(held.AddressKey))
        {
            return false;
        }

        if (directory.IsReadBack)
        {
            seen.TryAdd(held.AddressKey, record);
        }

        return true;
    }

    /// <summary>An entry of the partner's that is its canary: it is remembered, and does not become an entry of our directory.</summary>
    public bool TakesTheirs(PartnerEntry entry)
    {
        var name = rules.Theirs.Trim();
        if (!CanaryEntry.Is(name, entry.Name, entry.Values) || CanaryEntry.DayOf(entry.Name, entry.Values) is not { } day)
        {
            return false;
        }

        theirs[entry.Address.Key] = (Storable.Text(entry.Name, 100), day);
        return true;
    }

    /// <summary>Writes down what the read showed.</summary>
    public void Look(ReadResult read)
    {
        staging.Execute(ForgetSql, partner.Id, known.Keys.ToArray());
        foreach (var canary in known.Values)
        {
            if (seen.TryGetValue(canary.Row.AddressKey, out var record))
            {
                var day = CanaryEntry.DayOf(record.Held!.Name, record.Held.Values);
                staging.Execute(SeenSql, partner.Id, canary.Row.AddressKey, day is { } bears ? bears : (object)DBNull.Value);
            }
            else if (read.IsComplete && directory.IsReadBack)
            {
                staging.Execute(MissedSql, partner.Id, canary.Row.AddressKey);
            }
        }

        foreach (var (key, (name, day)) in theirs)
        {
            staging.Execute(TheirsSql, partner.Id, key, name, day);
        }

        if (read.IsComplete)
        {
            staging.Execute(LookedSql, partner.Id);
        }

        if (rules.Theirs.Trim().Length == 0 || (theirs.Count > 0 && read is { IsComplete: true, IsChangesOnly: false }))
        {
            staging.Execute("delete from partner_canary where partner_id = $1 and direction = 'in' and address_key <> all($2)", partner.Id, theirs.Keys.ToArray());
        }
    }

    /// <summary>Brings our canary to the day that it is, and takes out what is one no longer.</summary>
    public async Task WriteAsync(ReadResult read, CycleNotes notes, CancellationToken cancellationToken)
    {
        if (!partner.Rules.GivesEntries || (known.Count == 0 && rules.Address.Trim().Length == 0)
            || staging.Scalar<bool>("select exists (select from plan where partner_id = $1 and direction = 'out' and state = 'applying')", partner.Id))
        {
            return; // whoever is at the partner's directory goes first
        }

        var today = DateOnly.FromDateTime(staging.Scalar<DateTime>("select now() at time zone 'UTC'"));
        var works = Works(read, today, notes).ToList();
        if (works.Count == 0)
        {
            return;
        }

        foreach (var wanted in works.Select(work => work.Change.After).OfType<DirectoryRow>())
        {
            // Before it is there: a process that ends behind the write knows the entry again.
            staging.Execute(IntendSql, partner.Id, wanted.AddressKey, wanted.Name, wanted.Address, directory.IsReadBack);
        }

        var faults = await CarryOutAsync(works, cancellationToken);
        foreach (var (ordinal, work) in works.Index())
        {
            Record(work.Change, faults[ordinal], today);
            if (faults[ordinal].Fault is { Length: > 0 } fault)
            {
                notes.Add(CycleNotes.Said, "", $"Our canary at {partner.Name} is not as it should be: {fault}");
            }
        }
    }

    private void Record(Change change, Outcome outcome, DateOnly today)
    {
        if (change.After is null && outcome.Fault.Length == 0)
        {
            staging.Execute("delete from partner_canary where partner_id = $1 and direction = 'out' and address_key = $2", partner.Id, change.Before!.AddressKey);
        }
        else if (outcome.Fault.Length > 0)
        {
            staging.Execute(RefusedSql, partner.Id, (change.After ?? change.Before)!.AddressKey, Storable.Text(outcome.Fault, 500), outcome.IsFinal ? today : (object)DBNull.Value, partner.Version);
        }
        else
        {
            var row = change.After!;
            staging.Execute(WrittenSql, partner.Id, row.AddressKey, row.Name, row.Key.Stored, row.Values.Text, outcome.Place, today);
        }
    }

    private async Task<Outcome[]> CarryOutAsync(List<Work> works, CancellationToken cancellationToken)
    {
        var outcomes = works.Select(_ => new Outcome($"{partner.Name} did not say what became of it.", "", IsFinal: false)).ToArray();
        var steps = works.SelectMany((work, ordinal) => ApplySteps.Of(work.Change, directory.Ability).Select(step => new WriteStep(ordinal, step, step.Kind == StepKind.Add ? "" : work.Place)))
            .OrderBy(step => step.Step.Kind).ToList();
        var refused = new HashSet<int>();
        try
        {
            var before = staging.Scalar<string>("select memory::text from partner where id = $1", partner.Id) ?? "{}";
            var memory = await directory.WriteAsync(
                before,
                steps.ToAsyncEnumerable(),
                result =>
                {
                    if (result.Fault.Length > 0 ? refused.Add(result.Ordinal) : !refused.Contains(result.Ordinal))
                    {
                        outcomes[result.Ordinal] = new Outcome(result.Fault, result.Place, IsFinal: true);
                    }

                    return ValueTask.CompletedTask;
                },
                cancellationToken);
            if (memory != before)
            {
                staging.Execute("update partner set memory = $2::jsonb where id = $1", partner.Id, memory);
            }
        }
        catch (PartnerException e)
        {
            foreach (var (ordinal, outcome) in outcomes.Index().Where(pair => !pair.Item.IsFinal))
            {
                outcomes[ordinal] = outcome with { Fault = e.Message };
            }
        }

        return outcomes;
    }

    // What has to be done to each; nothing for one that is as it should be.
    private IEnumerable<Work> Works(ReadResult read, DateOnly today, CycleNotes notes)
    {
        var wanted = Wanted(today, notes);
        foreach (var canary in known.Values.Where(canary => canary.Row.AddressKey != wanted?.AddressKey && !(wanted is null && rules.Address.Trim().Length > 0)))
        {
            if (Present(canary, read) is not { } gone)
            {
                staging.Execute("delete from partner_canary where partner_id = $1 and direction = 'out' and address_key = $2", partner.Id, canary.Row.AddressKey);
            }
            else if (!canary.WasRefused(today, partner.Version))
            {
                yield return new Work(new Change(ChangeClass.Delete, gone.Row, null), gone.Place);
            }
        }

        if (wanted is null)
        {
            yield break;
        }

        var before = known.TryGetValue(wanted.AddressKey, out var there) ? Present(there, read) : null;
        if (before?.Row.SaysTheSame(wanted, spellingCounts: true) == true)
        {
            if (there!.WrittenDay != today)
            {
                Record(new Change(ChangeClass.Modify, before.Row, wanted), new Outcome("", before.Place, IsFinal: true), today); // by a process that ended before it could say so
            }

            yield break;
        }

        if (there?.WasRefused(today, partner.Version) == true)
        {
            yield break;
        }

        yield return before is null
            ? new Work(new Change(ChangeClass.Add, null, wanted), "")
            : new Work(new Change(before.Row.Key == wanted.Key && before.Row.Name == wanted.Name ? ChangeClass.Modify : ChangeClass.Rename, before.Row, wanted), before.Place);
    }

    // As it was read; of what was not read, as it was written.
    private Standing? Present(Known canary, ReadResult read) =>
        seen.TryGetValue(canary.Row.AddressKey, out var record) ? new Standing(record.Held! with { Identity = canary.Row.AddressKey }, record.Place)
        : (read.IsComplete && directory.IsReadBack) || canary.WrittenDay is null ? null
        : new Standing(canary.Row, canary.Place);

    private DirectoryRow? Wanted(DateOnly today, CycleNotes notes)
    {
        var text = rules.Address.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (!MailAddress.TryParse(text, out var address, out var fault))
        {
            notes.Add(CycleNotes.Said, "", $"The address {text} of our canary cannot be read: {fault}");
            return null;
        }

        DirectoryRow? row = null;
        fault = !directory.AddressTypes.Contains(address.Type) ? $"{text} is none of the addresses that {partner.Name} lists: {string.Join(", ", directory.AddressTypes)}."
            : OwnerOf(address.Key) is { } owner ? $"{text} is the address of {owner}; give the canary one that nobody has."
            : CanaryEntry.TryRow(rules.Name.Trim(), address, today, directory.Names, directory.TryHold, out row, out var unheld) ? "" : unheld;
        if (fault.Length == 0)
        {
            return row! with { Identity = address.Key };
        }

        notes.Add(CycleNotes.Said, "", $"Our canary is not written: {fault}");
        staging.Execute(IntendSql, partner.Id, address.Key, rules.Name.Trim(), address.ToString(), directory.IsReadBack);
        staging.Execute(RefusedSql, partner.Id, address.Key, Storable.Text(fault, 500), DBNull.Value, partner.Version);
        return null;
    }

    private string? OwnerOf(string addressKey) =>
        staging.Scalar<string>("select e.display_name from entry_address a join entry e on e.id = a.entry_id where a.key = $1", Staging.HashOf(addressKey));

    /// <summary>What is to be done to one canary.</summary>
    private sealed record Work(Change Change, string Place);

    /// <summary>A canary in the partner's directory.</summary>
    private sealed record Standing(DirectoryRow Row, string Place);

    /// <param name="IsFinal">The partner has answered.</param>
    private sealed record Outcome(string Fault, string Place, bool IsFinal);

    /// <summary>A canary of ours as it was written last.</summary>
    private sealed record Known(DirectoryRow Row, string Place, DateOnly? WrittenDay, string Fault, DateOnly? TriedDay, long TriedVersion)
    {
        public static Known Of(Npgsql.NpgsqlDataReader row) => new(
            new DirectoryRow
            {
                Identity = row.GetString(0),
                AddressKey = row.GetString(0),
                Name = row.GetString(1),
                Address = row.GetString(2),
                Key = new SortKey(row.GetFieldValue<byte[]>(3)),
                Values = RowValues.OfText(row.GetString(4)),
            },
            row.GetString(5), Day(row, 6), row.GetString(7), Day(row, 8), row.GetInt64(9));

        private static DateOnly? Day(Npgsql.NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

        /// <summary>It was refused on this day, and nobody has changed the partner since.</summary>
        public bool WasRefused(DateOnly today, long version) => Fault.Length > 0 && TriedDay == today && TriedVersion == version;
    }
}
