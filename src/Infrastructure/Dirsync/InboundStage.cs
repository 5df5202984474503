using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Makes two comparable sides of what a partner gave and of what our directory holds of it.</summary>
internal sealed partial class InboundStage(Staging staging, Partner partner, CycleNotes notes)
{
    private readonly IReadOnlyList<AddressTemplate> templates = PartnerRules.TemplatesOf(partner.Rules.Import);

    /// <summary>So many of our entries this partner gave.</summary>
    public long HeldRows { get; private set; }

    /// <param name="decisions">What was decided about single entries, by identity.</param>
    public void Prepare(ReadResult read, PartnerReading reading, IReadOnlyDictionary<string, RowDecision> decisions)
    {
        Load();
        if (read.IsChangesOnly)
        {
            reading.RestoreUnread(read.KnowsAll);
            KeepUnread(read);
        }

        staging.Execute("analyze staged");
        staging.Execute("analyze held");
        // An entry that is wanted is not withheld as well, and one that is withheld twice is withheld.
        staging.Execute(OneRowSql);
        SetRepeatsAside("identity", row => row.Identity);
        SetRepeatsAside("address_key", row => row.AddressKey);
        if (reading.HasUnstable)
        {
            staging.Execute(PairSql);
        }

        LoadHolders();
        KeepAndMakeAddresses();
        if (reading.HasProxies || templates.Count > 0)
        {
            LeaveTakenProxiesOut();
        }

        Decide(decisions);
        staging.Execute("analyze held");
    }

    /// <summary>Takes what we hold of the partner into the tables.</summary>
    public void Load()
    {
        foreach (var held in staging.Stream(EntriesSql, HeldOf, partner.Id).OfType<HeldEntry>())
        {
            staging.Held.Add(held);
        }

        staging.Held.Flush();
        HeldRows = staging.Held.Count;
    }

    private HeldEntry? HeldOf(Npgsql.NpgsqlDataReader row)
    {
        var extras = new OwnExtras { IsHidden = row.GetBoolean(4), Trust = row.GetInt32(5), Container = row.GetString(6), Giver = row.GetString(8) };
        if (OwnRows.TryRow(
            row.GetString(0), row.GetString(1), OwnRows.KindOf(row.GetString(2)), row.GetFieldValue<string[]>(7), RowValues.OfText(row.GetString(3)), extras, out var held, out var fault))
        {
            return new HeldEntry(held, IsOurs: true, held.Identity);
        }

        notes.Add(CycleNotes.Fault, row.GetString(1), $"The entry {row.GetString(1)} of our directory cannot be read: {fault}");
        return null;
    }

    // Where the source never said it to us, an entry that it did not give again stays as we hold it.
    private void KeepUnread(ReadResult read) => staging.Execute(
        $"""
        {Staging.WantHeldSql}
           and not exists (select from staged s where s.identity = h.identity)
           and {(read.KnowsAll
            ? "exists (select from mention m where m.identity = h.identity and not m.is_gone)"
            : "not exists (select from mention m where m.identity = h.identity and m.is_gone)")}
        """);

    // Of rows that repeat one counts; another one that we hold already stays as it is.
    private void SetRepeatsAside(string column, Func<DirectoryRow, string> what)
    {
        var before = new Dictionary<DirectoryRow, (long Number, DirectoryRow? Before)>(ReferenceEqualityComparer.Instance);
        var rows = staging.Stream(
            RepeatsSql.Replace("$column", column, StringComparison.Ordinal),
            row => (Number: row.GetInt64(0), Row: Staging.RowOf(row, 2, row.GetString(1)), Before: row.IsDBNull(8) ? null : Staging.RowOf(row, 9, row.GetString(8))));
        var dropped = new List<long>();
        var kept = new List<DirectoryRow>();
        foreach (var (first, repeated) in Repeats.Find(Known(), what, row => before[row].Before is { } held && what(held) == what(row)))
        {
            dropped.Add(before[repeated].Number);
            var own = first.Identity == repeated.Identity ? null : before[repeated].Before;
            if (own is not null)
            {
                kept.Add(own);
            }

            staging.Made.Add(new Change(ChangeClass.Collision, own, repeated)
            {
                Sides =
                [
                    new CollisionSide(first.Identity, first.Name, first.Address, Holds: true, IsOurs: true),
                    new CollisionSide(repeated.Identity, repeated.Name, repeated.Address, Holds: false, IsOurs: true),
                ],
            });
        }

        if (dropped.Count > 0)
        {
            staging.Execute("delete from staged where n = any($1)", dropped.ToArray());
            kept.ForEach(row => staging.Rows.Add(new StagedRow(row, "", "", null, true)));
            staging.Rows.Flush();
        }

        IEnumerable<DirectoryRow> Known()
        {
            foreach (var (number, row, own) in rows)
            {
                before[row] = (number, own);
                yield return row;
            }
        }
    }

    // What a decision says stands above what the source says.
    private void Decide(IReadOnlyDictionary<string, RowDecision> decisions)
    {
        foreach (var chunk in decisions.Values.Chunk(1_000))
        {
            var rows = staging.Read(
                "select n, identity, key, name, address, address_key, kind, row_values from staged where withheld is null and identity = any($1)",
                row => (Number: row.GetInt64(0), Row: Staging.RowOf(row, 2, row.GetString(1))),
                (object)chunk.Select(decision => decision.Identity).ToArray());
            foreach (var (number, row) in rows)
            {
                var decision = decisions[row.Identity];
                if (decision.IsLeftOut)
                {
                    staging.Execute("update staged set withheld = $2 where n = $1", number, (short)GoneReason.Scope);
                }
                else if (decision.TryApply(row, OwnRows.Names, out var decided, out var fault))
                {
                    staging.Execute("update staged set name = $2, row_values = $3, why = why || ' Decided by hand.' where n = $1", number, decided.Name, decided.Values.Text);
                }
                else
                {
                    notes.Add(CycleNotes.Fault, row.Name, fault);
                }
            }
        }
    }

    // Others who have an address that is wanted: their row stands in the way, or is taken over where it is the same mailbox.
    private void LoadHolders()
    {
        foreach (var (held, address, number, values) in staging.Stream(
            HoldersSql,
            row => (
                Held: OwnRows.TryRow(
                    OwnRows.EntryPrefix + row.GetInt64(9), row.GetString(1), OwnRows.KindOf(row.GetString(2)), row.GetFieldValue<string[]>(7), RowValues.OfText(row.GetString(3)),
                    new OwnExtras { IsHidden = row.GetBoolean(4), Trust = row.GetInt32(5), Container = row.GetString(6), Giver = row.GetString(8) }, out var other, out _) ? other : null,
                Address: row.GetString(10), Number: row.GetInt64(11), Values: row.IsDBNull(12) ? null : RowValues.OfText(row.GetString(12))),
            partner.Id))
        {
            // Further addresses that were put in by hand stay with whoever is taken over.
            if (held is not null && values is not null && OwnRows.ExtrasOf(held.Values).Proxies is { Count: > 0 } kept)
            {
                var extras = OwnRows.ExtrasOf(values);
                staging.Mended.Add((number, OwnRows.Join(values, extras with { Proxies = [.. extras.Proxies.Union(kept, StringComparer.Ordinal)], Made = kept }), ""));
            }

            if (held is not null && MailAddress.TryParse(address, out var contested, out _) && OwnRows.Names.TryHold(held.Name, contested, out var place, out _))
            {
                staging.Held.Add(new HeldEntry(held with { Key = place.Key }, IsOurs: false, ""));
            }
        }

        staging.Held.Flush();
        staging.Mend();
    }
}
