using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Takes what a partner's directory gives, record by record, into the tables of the cycle.</summary>
internal sealed class PartnerReading
{
    private const int LongestIdentity = 800;

    private readonly Staging staging;
    private readonly Partner partner;
    private readonly IPartnerDirectory directory;
    private readonly OwnershipTable ownership;
    private readonly CycleNotes notes;
    private readonly PartnerCanaries canaries;
    private readonly ImportScope scope;
    private readonly ChunkedCopy<PartnerEntry> source;
    private readonly ChunkedCopy<(long Number, MailAddress Address)> proxies;

    public PartnerReading(Staging staging, Partner partner, IPartnerDirectory directory, OwnershipTable ownership, PartnerCanaries canaries, CycleNotes notes)
    {
        (this.staging, this.partner, this.directory, this.ownership, this.canaries, this.notes) = (staging, partner, directory, ownership, canaries, notes);
        var rules = partner.Rules.Import;
        scope = new ImportScope
        {
            Partner = partner.Name,
            Only = rules.Only,
            Except = rules.Except,
            Trust = rules.Trust,
            Container = rules.Container,
            Containers = rules.Containers.Where(pair => PartnerRules.TryHome(pair.Key, out _, out _))
                .GroupBy(pair => PartnerRules.TryHome(pair.Key, out var key, out _) ? key : "", StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal),
        };
        source = new ChunkedCopy<PartnerEntry>(
            staging.Connection, "copy source_seen (identity, source_id, name, address, proxies, kind, row_values, is_hidden, source) from stdin (format binary)", WriteSource, 2_000);
        proxies = new ChunkedCopy<(long, MailAddress)>(staging.Connection, "copy staged_proxy (n, address, hash, address_key, is_made) from stdin (format binary)", WriteProxy, 4_000);
    }

    /// <summary>So many entries were read.</summary>
    public long Entries { get; private set; }

    /// <summary>Some entries have further addresses.</summary>
    public bool HasProxies => proxies.Count > 0;

    /// <summary>Some entries have no id of their own: they are known by their address.</summary>
    public bool HasUnstable { get; private set; }

    public void Take(ReadRecord record)
    {
        if (record.Fault is { } fault)
        {
            if (record.StillThere.Length == 0 && record.Entry is null)
            {
                notes.AddUnknown(new EntryFaultNote(fault.Source, fault.Sentence));
            }
            else
            {
                notes.Add(CycleNotes.Fault, fault.Source, fault.Sentence);
            }
        }

        if (record.StillThere.Length > 0 || record.Gone.Length > 0)
        {
            staging.Mentions.Add((Identity(record.StillThere.Length > 0 ? record.StillThere : record.Gone), record.StillThere.Length == 0));
        }

        if (record.Held is not null && !canaries.TakesOurs(record))
        {
            staging.Seen.Add(Clean(record));
        }

        if (record.Entry is { } entry && partner.Rules.TakesEntries && !canaries.TakesTheirs(entry))
        {
            if (directory.ReadsChanges)
            {
                source.Add(entry);
            }

            Stage(entry);
        }
    }

    public void Flush()
    {
        staging.Flush();
        source.Flush();
        proxies.Flush();
    }

    /// <summary>Entries that a read of changes did not give again, as the source said them last.</summary>
    /// <param name="knowsAll">The identities of all were read: who is not among them is gone.</param>
    public void RestoreUnread(bool knowsAll)
    {
        foreach (var entry in staging.Stream(
            $"""
            select source_id, name, address, proxies, kind, row_values, is_hidden, source from source_row r
             where partner_id = $1 and not exists (select from source_seen s where s.identity = r.identity)
               and {(knowsAll ? "exists (select from mention m where m.identity = r.identity and not m.is_gone)" : "not exists (select from mention m where m.identity = r.identity and m.is_gone)")}
            """,
            row => (SourceId: row.GetString(0), Name: row.GetString(1), Address: row.GetString(2), Proxies: row.GetFieldValue<string[]>(3), Kind: row.GetInt16(4), Values: row.GetString(5), IsHidden: row.GetBoolean(6), Source: row.GetString(7)),
            partner.Id))
        {
            if (MailAddress.TryParse(entry.Address, out var address, out _))
            {
                Stage(new PartnerEntry
                {
                    SourceId = entry.SourceId,
                    Name = entry.Name,
                    Address = address,
                    Proxies = [.. entry.Proxies.Select(text => MailAddress.TryParse(text, out var proxy, out _) ? proxy : null).OfType<MailAddress>()],
                    Kind = (RowKind)entry.Kind,
                    Values = RowValues.OfText(entry.Values),
                    IsHidden = entry.IsHidden,
                    Source = entry.Source,
                });
            }
        }

        Flush();
    }

    /// <summary>Remembers what the source said, for reads of changes to come.</summary>
    public void KeepSource(ReadResult read)
    {
        if (!directory.ReadsChanges)
        {
            return;
        }

        if (read is { IsComplete: true, IsChangesOnly: false })
        {
            staging.Execute("delete from source_row r where partner_id = $1 and not exists (select from source_seen s where s.identity = r.identity)", partner.Id);
        }
        else if (read is { IsComplete: true, KnowsAll: true })
        {
            staging.Execute(
                """
                delete from source_row r where partner_id = $1 and not exists (select from source_seen s where s.identity = r.identity)
                   and not exists (select from mention m where m.identity = r.identity and not m.is_gone)
                """,
                partner.Id);
        }
        else
        {
            staging.Execute("delete from source_row r using mention m where r.partner_id = $1 and m.identity = r.identity and m.is_gone", partner.Id);
        }

        staging.Execute(
            """
            insert into source_row (partner_id, identity, source_id, name, address, proxies, kind, row_values, is_hidden, source)
            select distinct on (identity) $1, identity, source_id, name, address, proxies, kind, row_values, is_hidden, source from source_seen
            on conflict (partner_id, identity) do update
                   set source_id = excluded.source_id, name = excluded.name, address = excluded.address, proxies = excluded.proxies, kind = excluded.kind,
                       row_values = excluded.row_values, is_hidden = excluded.is_hidden, source = excluded.source
            """,
            partner.Id);
    }

    private void Stage(PartnerEntry entry)
    {
        Entries++;
        HasUnstable |= entry.SourceId.Length == 0;
        var identity = Identity(entry.Identity);
        var taken = scope.Takes(entry, ownership, out var fault);
        if (!taken)
        {
            notes.Add(CycleNotes.Withheld, entry.Source, fault);
        }

        var others = taken ? entry.Proxies.Where(address => address.Key != entry.Address.Key && OwnRows.CanRide(address)).DistinctBy(address => address.Key).ToList() : [];
        var extras = new OwnExtras
        {
            Proxies = [.. others.Select(address => address.ToString())],
            IsHidden = entry.IsHidden,
            Trust = scope.Trust,
            Container = scope.ContainerOf(entry.Address),
            Giver = partner.Name,
        };
        var values = RowValues.OfText(Storable.Text(OwnRows.Join(entry.Values, extras).Text, 20_000));
        if (!DirectoryRow.TryCreate(OwnRows.Names, identity, entry.Name, entry.Address, entry.Kind, values, out var row, out fault))
        {
            notes.Add(CycleNotes.Fault, entry.Source, fault);
            row = new DirectoryRow { Key = default, Identity = identity, Name = Storable.Text(entry.Name, 200), Address = entry.Address.ToString(), AddressKey = entry.Address.Key };
            staging.Rows.Add(new StagedRow(row, entry.Source, "", GoneReason.Unholdable, entry.SourceId.Length > 0));
            return;
        }

        foreach (var address in others)
        {
            // Rows are numbered in the order in which they are given.
            proxies.Add((staging.Rows.Count + 1, address));
        }

        staging.Rows.Add(new StagedRow(row, entry.Source, "", taken ? null : GoneReason.Scope, entry.SourceId.Length > 0));
    }

    private static ReadRecord Clean(ReadRecord record) => record with
    {
        Held = record.Held! with
        {
            Identity = Identity(record.Held.Identity),
            Name = Storable.Text(record.Held.Name),
            Values = RowValues.OfText(Storable.Text(record.Held.Values.Text, 20_000)),
        },
        Place = Storable.Text(record.Place),
    };

    // An index has no room for more; what is longer is known by its hash.
    private static string Identity(string identity) => identity.Length <= LongestIdentity
        ? Storable.Text(identity)
        : $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(identity)))}";

    private static void WriteSource(Npgsql.NpgsqlBinaryImporter copy, PartnerEntry entry, long number)
    {
        copy.Write(Identity(entry.Identity), NpgsqlDbType.Text);
        copy.Write(entry.SourceId, NpgsqlDbType.Text);
        copy.Write(Storable.Text(entry.Name), NpgsqlDbType.Text);
        copy.Write(entry.Address.ToString(), NpgsqlDbType.Text);
        copy.Write(entry.Proxies.Select(proxy => proxy.ToString()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        copy.Write((short)entry.Kind, NpgsqlDbType.Smallint);
        copy.Write(Storable.Text(entry.Values.Text, 20_000), NpgsqlDbType.Text);
        copy.Write(entry.IsHidden, NpgsqlDbType.Boolean);
        copy.Write(Storable.Text(entry.Source), NpgsqlDbType.Text);
    }

    private static void WriteProxy(Npgsql.NpgsqlBinaryImporter copy, (long Number, MailAddress Address) proxy, long number)
    {
        copy.Write(proxy.Number, NpgsqlDbType.Bigint);
        copy.Write(proxy.Address.ToString(), NpgsqlDbType.Text);
        copy.Write(Staging.HashOf(proxy.Address.Key), NpgsqlDbType.Bytea);
        copy.Write(proxy.Address.Key, NpgsqlDbType.Text);
        copy.Write(false, NpgsqlDbType.Boolean);
    }
}
