using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;

namespace Postern.Infrastructure.Dirsync;

internal sealed partial class InboundStage
{
    private const int ChunkOfNew = 2_000;

    // What a template made once stays; new entries get what they lack, in an order that is the same whatever the order of the source.
    private void KeepAndMakeAddresses()
    {
        if (templates.Count > 0)
        {
            staging.Execute("create index on staged (address_hash)");
            staging.Execute("create index on staged_proxy (hash)");
        }

        var chunk = new List<NewEntry>();
        foreach (var entry in staging.Stream(
            AddressesSql,
            row => new NewEntry(row.GetInt64(0), Staging.RowOf(row, 2, row.GetString(1)), row.IsDBNull(8) ? null : RowValues.OfText(row.GetString(8)), row.GetString(9)),
            templates.Count > 0))
        {
            if (entry.Held is { } held)
            {
                Keep(entry, OwnRows.ExtrasOf(held).Made);
                continue;
            }

            chunk.Add(entry);
            if (chunk.Count == ChunkOfNew)
            {
                Make(chunk, Missing);
            }
        }

        Make(chunk, Missing);
        staging.Mend();
    }

    /// <summary>Wants everything that is held, with the addresses that the templates make now in place of those that they made before.</summary>
    public void MakeAnew()
    {
        staging.Execute(Staging.WantHeldSql);
        staging.Execute("create index on staged (address_hash)");
        staging.Execute("create index on staged_proxy (hash)");
        var chunk = new List<NewEntry>();
        foreach (var entry in staging.Stream(
            HeldAddressesSql, row => new NewEntry(row.GetInt64(0), Staging.RowOf(row, 2, row.GetString(1)), RowValues.OfText(row.GetString(7)), row.GetString(3))))
        {
            chunk.Add(entry);
            if (chunk.Count == ChunkOfNew)
            {
                Make(chunk, Other);
            }
        }

        Make(chunk, Other);
        staging.Mend();
    }

    private IEnumerable<MailAddress> Missing(NewEntry entry, Func<string, bool> isTaken, List<string> faults) =>
        NewAddresses.Missing(DirectoryEntryOf(entry.Row), templates, isTaken, faults);

    // An address that the source gave is its own affair.
    private IEnumerable<MailAddress> Other(NewEntry entry, Func<string, bool> isTaken, List<string> faults)
    {
        var directoryEntry = DirectoryEntryOf(entry.Row);
        var made = OwnRows.ExtrasOf(entry.Row.Values).Made;
        return templates
            .Where(template => directoryEntry.AddressFor(template.Type) is not { } before || made.Contains(before.ToString(), StringComparer.Ordinal))
            .SelectMany(template => NewAddresses.ByTemplate([directoryEntry], template, isTaken, faults))
            .Select(change => change.After);
    }

    private void Keep(NewEntry entry, IReadOnlyList<string> made)
    {
        var extras = OwnRows.ExtrasOf(entry.Row.Values);
        staging.Mended.Add((entry.Number, OwnRows.Join(entry.Row.Values, extras with { Proxies = [.. extras.Proxies.Union(made, StringComparer.Ordinal)], Made = made }), ""));
    }

    // Asks the database for the keys that it does not know yet, until every number that is tried is known to be free or taken.
    private void Make(List<NewEntry> entries, Func<NewEntry, Func<string, bool>, List<string>, IEnumerable<MailAddress>> addresses)
    {
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        List<(NewEntry Entry, List<MailAddress> Made, List<string> Faults)> results;
        HashSet<string> asked;
        do
        {
            asked = [];
            var given = new HashSet<string>(StringComparer.Ordinal);
            results = [];
            foreach (var entry in entries)
            {
                var faults = new List<string>();
                var made = addresses(entry, IsTaken, faults).ToList();
                made.ForEach(address => given.Add(address.Key));
                results.Add((entry, made, faults));
            }

            bool IsTaken(string key)
            {
                if (!known.TryGetValue(key, out var isTaken))
                {
                    asked.Add(key);
                }

                return isTaken || given.Contains(key);
            }

            AskFor(asked, known);
        }
        while (asked.Count > 0);

        Give(results);
        entries.Clear();
    }

    private void AskFor(HashSet<string> asked, Dictionary<string, bool> known)
    {
        if (asked.Count == 0)
        {
            return;
        }

        foreach (var key in asked)
        {
            known[key] = false;
        }

        foreach (var key in staging.Read(TakenSql, row => row.GetString(0), asked.ToArray(), asked.Select(Staging.HashOf).ToArray(), partner.Rules.HoldOffDays))
        {
            known[key] = true;
        }
    }

    private void Give(List<(NewEntry Entry, List<MailAddress> Made, List<string> Faults)> results)
    {
        foreach (var (entry, made, faults) in results)
        {
            faults.ForEach(fault => notes.Add(CycleNotes.Fault, entry.Source, fault));
            if (made.Count > 0)
            {
                var extras = OwnRows.ExtrasOf(entry.Row.Values);
                var texts = made.Select(address => address.ToString()).ToList();
                // The newest first: it is the one that others see.
                List<string> newest = [.. texts.Union(extras.Made, StringComparer.Ordinal)];
                var why = string.Join(' ', made.Select(address => $"{address} is made by the template {templates.First(template => template.Type == address.Type)}."));
                staging.Mended.Add((entry.Number, OwnRows.Join(entry.Row.Values, extras with { Proxies = [.. extras.Proxies.Except(extras.Made, StringComparer.Ordinal), .. newest], Made = newest }), why));
            }
        }

        staging.Mended.Flush();
        using var copy = staging.Connection.BeginBinaryImport("copy staged_proxy (n, address, hash, address_key, is_made) from stdin (format binary)");
        foreach (var (entry, made, _) in results)
        {
            foreach (var address in made)
            {
                copy.StartRow();
                copy.Write(entry.Number, NpgsqlDbType.Bigint);
                copy.Write(address.ToString(), NpgsqlDbType.Text);
                copy.Write(Staging.HashOf(address.Key), NpgsqlDbType.Bytea);
                copy.Write(address.Key, NpgsqlDbType.Text);
                copy.Write(true, NpgsqlDbType.Boolean);
            }
        }

        copy.Complete();
    }

    // A further address that somebody else has, or had lately, is left out, and the rest of the entry is taken.
    private void LeaveTakenProxiesOut()
    {
        foreach (var (number, name, values, source, addresses, whys) in staging.Stream(
            ConflictsSql,
            row => (row.GetInt64(0), row.GetString(1), RowValues.OfText(row.GetString(2)), row.GetString(3), row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5)),
            partner.Id, partner.Rules.HoldOffDays))
        {
            var extras = OwnRows.ExtrasOf(values);
            staging.Mended.Add((number, OwnRows.Join(values, extras with { Proxies = [.. extras.Proxies.Except(addresses, StringComparer.Ordinal)] }), ""));
            foreach (var (address, why) in addresses.Zip(whys))
            {
                notes.Add(CycleNotes.Withheld, source, $"{address} is left out at {name}: {why}.");
            }
        }

        staging.Mend();
    }

    private static DirectoryEntry DirectoryEntryOf(DirectoryRow row) => new()
    {
        Identity = row.Identity,
        Name = row.Name,
        Native = MailAddress.Parse(row.Address),
        Proxies = [.. OwnRows.ExtrasOf(row.Values).Proxies.Select(text => MailAddress.TryParse(text, out var address, out _) ? address : null).OfType<MailAddress>()],
        Kind = row.Kind,
        Values = row.Values,
    };

    // An entry whose addresses are to be completed; what we hold of it, if we do.
    private sealed record NewEntry(long Number, DirectoryRow Row, RowValues? Held, string Source);
}
