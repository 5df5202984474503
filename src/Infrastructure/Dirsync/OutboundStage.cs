using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Makes two comparable sides of what our directory has for a partner and of what the partner's directory holds.</summary>
internal sealed partial class OutboundStage(Staging staging, Partner partner, IPartnerDirectory directory, OwnershipTable ownership, CycleNotes notes)
{
    private readonly Dictionary<GoneReason, long> kept = [];
    private readonly HashSet<string> containers = new(StringComparer.OrdinalIgnoreCase);
    private ExportScope scope = null!;
    private NameTemplate? names;

    /// <summary>So many entries of our directory were looked at.</summary>
    public long ReadRows { get; private set; }

    /// <summary>So many rows of ours the partner holds.</summary>
    public long HeldRows { get; private set; }

    public void Prepare(ReadResult read, IReadOnlyDictionary<string, RowDecision> decisions, Func<MailAddress, MailAddress?, bool> hasWay)
    {
        scope = new ExportScope
        {
            Partner = partner.Name,
            Mesh = partner.Rules.Export.Mesh,
            Containers = partner.Rules.Export.Containers,
            TrustLimit = partner.Rules.Export.TrustLimit,
            ExportsGiven = partner.Rules.Export.ExportsGiven,
            Kinds = partner.Rules.Export.Kinds,
            AddressTypes = directory.AddressTypes,
            Values = partner.Rules.Export.Values.Count == 0 ? ValueNames.All : partner.Rules.Export.Values,
        };
        names = NameTemplate.TryParse(partner.Rules.Export.NameTemplate, out var template, out _) && partner.Rules.Export.NameTemplate.Length > 0 ? template : null;
        foreach (var entry in staging.Stream(EntriesSql, EntryOf).OfType<DirectoryEntry>())
        {
            Stage(entry, decisions, hasWay);
        }

        staging.Rows.Flush();
        ReadRows = staging.Scalar<long>("select count(*) from staged");
        LoadHeld(read);
        HeldRows = staging.Scalar<long>("select count(*) from held where is_ours");
        staging.Execute("analyze staged");
        staging.Execute("analyze held");
        SayWhatIsKept();
    }

    /// <summary>Remembers what the partner holds, as it was read.</summary>
    public void KeepHeld()
    {
        staging.Execute(ForgetSql, partner.Id);
        staging.Execute(KeepSql, partner.Id);
    }

    private void Stage(DirectoryEntry entry, IReadOnlyDictionary<string, RowDecision> decisions, Func<MailAddress, MailAddress?, bool> hasWay)
    {
        containers.Add(entry.Container);
        var decision = decisions.GetValueOrDefault(entry.Identity);
        var why = "";
        var named = entry;
        if (names is not null && names.Format(NameParts.Of(entry.Name, entry.Values)) is { Length: > 0 } formatted)
        {
            named = entry with { Name = formatted };
            why = formatted == entry.Name ? "" : $"Its name is written by the template {names}.";
        }

        var isHeld = scope.TryRow(named, directory.Names, ownership, hasWay(entry.Native, entry.AddressFor(directory.AddressTypes[0])), out var row, out var reason, out var fault);
        if (isHeld && decision is not null && !decision.IsLeftOut)
        {
            isHeld = decision.TryApply(row, directory.Names, out row, out fault);
            why = $"{why} Decided by hand.".Trim();
        }

        if (isHeld && decision?.IsLeftOut != true)
        {
            isHeld = directory.TryHold(row, out row, out fault);
            if (isHeld)
            {
                why = row.Name == named.Name || why.Length > 0 ? why : $"The name is written as {partner.Name} can hold it.";
                staging.Rows.Add(new StagedRow(row, "", why, null, true));
                return;
            }

            reason = GoneReason.Unholdable;
        }

        Withhold(entry, decision?.IsLeftOut == true ? GoneReason.Scope : reason, fault);
    }

    private void Withhold(DirectoryEntry entry, GoneReason reason, string fault)
    {
        kept[reason] = kept.GetValueOrDefault(reason) + 1;
        if (reason == GoneReason.Unholdable)
        {
            notes.Add(CycleNotes.Withheld, entry.Name, $"{entry.Name} ({entry.Native}) is not sent: {fault}");
        }

        var row = new DirectoryRow { Key = default, Identity = entry.Identity, Name = entry.Name, Address = entry.Native.ToString(), AddressKey = entry.Native.Key };
        staging.Rows.Add(new StagedRow(row, "", "", reason, true));
    }

    // What was read back stands above what was written; of a directory that cannot be read, what was written is believed.
    private void LoadHeld(ReadResult read)
    {
        if (!directory.IsReadBack)
        {
            staging.Execute(HeldAsWrittenSql, partner.Id);
        }
        else
        {
            staging.Execute("analyze seen");
            staging.Execute(HeldAsReadSql, partner.Id);
            if (!read.IsComplete)
            {
                staging.Execute(HeldUnreadSql, partner.Id);
            }
        }

        staging.Execute(OthersAsReadSql);
        if (!read.IsComplete || read.IsChangesOnly)
        {
            staging.Execute(OthersUnreadSql + (read is { IsComplete: true, KnowsAll: true } ? OnlyMentioned : NotGone), partner.Id);
        }
    }

    private void SayWhatIsKept()
    {
        foreach (var (reason, count) in kept.OrderBy(pair => pair.Key))
        {
            notes.Add(CycleNotes.Said, "", $"{count:N0} {(count == 1 ? "entry is" : "entries are")} not sent to {partner.Name}: {Change.Because(reason)}.");
        }

        foreach (var missing in scope.Missing(containers))
        {
            notes.Add(CycleNotes.Said, "", $"The export container {missing} does not exist; the others are exported all the same.");
        }
    }

    private DirectoryEntry? EntryOf(NpgsqlDataReader row)
    {
        MailAddress? native = null;
        var proxies = new List<MailAddress>();
        foreach (var text in row.GetFieldValue<string[]>(8))
        {
            if (!MailAddress.TryParse(text, out var address, out var fault))
            {
                notes.Add(CycleNotes.Fault, row.GetString(1), $"The address “{text}” of {row.GetString(1)} cannot be read: {fault}");
            }
            else if (native is null)
            {
                native = address;
            }
            else
            {
                proxies.Add(address);
            }
        }

        return native is null ? null : new DirectoryEntry
        {
            Identity = row.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture),
            Name = row.GetString(1),
            Native = native,
            Proxies = proxies,
            Kind = OwnRows.KindOf(row.GetString(2)),
            Values = row.GetString(3) is { Length: > 0 } values ? OwnRows.Plain(RowValues.OfText(values)) : RowValues.None,
            Giver = row.GetString(6),
            GiverMesh = row.GetString(7),
            IsHidden = row.GetBoolean(4),
            Trust = row.GetInt32(5),
            Container = row.GetString(9),
        };
    }
}
