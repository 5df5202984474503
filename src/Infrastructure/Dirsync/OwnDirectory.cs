using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries steps of a plan out in our own directory. An entry keeps its number whatever changes about it, and what it gives up is remembered for the hold-off.</summary>
public sealed partial class OwnDirectory
{
    /// <summary>Everything is changed in place.</summary>
    public static readonly TargetAbility Ability = new(true, true, true);

    /// <summary>Carries out steps within a transaction of the caller, and says of each how it went. Steps that were done before do no harm.</summary>
    public async Task<IReadOnlyList<StepResult>> ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Partner partner, IReadOnlyList<(int Ordinal, ApplyStep Step)> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
        {
            return [];
        }

        // Changes wait for each other here, so that a version has one content.
        await ExecuteAsync(connection, transaction, "select version from configuration for update", cancellationToken);
        var batch = new Batch(connection, transaction, partner);
        await batch.LoadAsync(steps, cancellationToken);
        await batch.SettleAsync(cancellationToken);
        await batch.WriteAsync(cancellationToken);
        await ExecuteAsync(connection, transaction, "update configuration set version = version + 1, changed_at = now()", cancellationToken);
        await ExecuteAsync(connection, transaction, $"notify {ConfigurationStore.Channel}", cancellationToken);
        return batch.Results;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // The entry behind one or two steps of a change.
    private sealed class Work(int ordinal, ApplyStep step)
    {
        public int Ordinal { get; } = ordinal;

        public ApplyStep Step { get; } = step;

        /// <summary>The change as a whole; a step that only gives up the place has no row after.</summary>
        public DirectoryRow? After => Step.After;

        public string BeforeIdentity => (Step.Of.Before ?? Step.Of.After)!.Identity;

        public long EntryId { get; set; }

        /// <summary>What the entry has now.</summary>
        public List<MailAddress> Present { get; } = [];

        /// <summary>What it will have, its native address first.</summary>
        public List<MailAddress> Wanted { get; set; } = [];

        public string Fault { get; set; } = "";

        public bool IsNew => EntryId == 0;

        /// <summary>The entry leaves; a change in two steps only lets its addresses go in the first one.</summary>
        public bool Leaves => Step.Kind == StepKind.Delete && Step.Of.Class == ChangeClass.Delete;
    }

    private sealed class Batch(NpgsqlConnection connection, NpgsqlTransaction transaction, Partner partner)
    {
        private List<Work> works = [];

        public IReadOnlyList<StepResult> Results => [.. works.Select(work => new StepResult(work.Ordinal, work.Step.Kind, work.Fault))];

        public async Task LoadAsync(IReadOnlyList<(int Ordinal, ApplyStep Step)> steps, CancellationToken cancellationToken)
        {
            works = [.. steps.Select(step => new Work(step.Ordinal, step.Step))];
            await FindEntriesAsync(cancellationToken);
            await FindAddressesAsync(cancellationToken);
            foreach (var work in works.Where(work => work.After is not null))
            {
                work.Wanted = AddressesOf(work);
            }
        }

        /// <summary>No address has two holders: a proxy that somebody else has is left out, a step whose own address is taken is not done.</summary>
        public async Task SettleAsync(CancellationToken cancellationToken)
        {
            var holders = await HoldersAsync(works.SelectMany(work => work.Wanted).Select(address => address.Key), cancellationToken);
            bool isSettled;
            do
            {
                isSettled = true;
                var active = works.Where(work => work.Fault.Length == 0).ToList();
                var released = active.Where(work => !work.IsNew).Select(work => work.EntryId).ToHashSet();
                var taken = new Dictionary<string, long>(StringComparer.Ordinal);
                foreach (var work in active.Where(work => work.After is not null))
                {
                    var free = work.Wanted.Where(address => IsFree(address, work, holders, released, taken)).ToList();
                    if (work.Wanted.Count > 0 && (free.Count == 0 || free[0].Key != work.Wanted[0].Key))
                    {
                        work.Fault = $"{work.Wanted[0]} belongs to another entry by now.";
                        isSettled = false;
                        break;
                    }

                    free.ForEach(address => taken.TryAdd(address.Key, work.Ordinal));
                    work.Wanted = free;
                }
            }
            while (!isSettled);
        }

        public async Task WriteAsync(CancellationToken cancellationToken)
        {
            var done = works.Where(work => work.Fault.Length == 0).ToList();
            await RememberAsync(done, cancellationToken);
            await ExecuteAsync(
                connection, transaction, "delete from entry where id = any($1)", cancellationToken, done.Where(work => work.Leaves && !work.IsNew).Select(work => work.EntryId).ToArray());
            await ExecuteAsync(
                connection, transaction, "delete from entry_address where entry_id = any($1)", cancellationToken, done.Where(work => !work.IsNew).Select(work => work.EntryId).ToArray());
            var kept = done.Where(work => work.After is not null).ToList();
            // A change in two steps finds its entry again by what it is called after.
            await ExecuteAsync(
                connection, transaction, RenameSql, cancellationToken,
                partner.Id,
                done.Where(work => work is { After: null, Leaves: false, IsNew: false }).Select(work => work.EntryId).ToArray(),
                done.Where(work => work is { After: null, Leaves: false, IsNew: false }).Select(work => work.Step.Of.Identity).ToArray());
            await WriteEntriesAsync(kept, cancellationToken);
            await CopyAddressesAsync(kept, cancellationToken);
            await ExecuteAsync(
                connection, transaction, "delete from former_address where address_key = any($1)", cancellationToken,
                (object)kept.SelectMany(work => work.Wanted).Select(address => address.Key).ToArray());
        }

        private static bool IsFree(MailAddress address, Work work, Dictionary<string, long> holders, HashSet<long> released, Dictionary<string, long> taken) =>
            (!holders.TryGetValue(address.Key, out var holder) || holder == work.EntryId || released.Contains(holder))
            && (!taken.TryGetValue(address.Key, out var other) || other == work.Ordinal);

        private static List<MailAddress> AddressesOf(Work work)
        {
            var texts = OwnRows.ExtrasOf(work.After!.Values).Proxies.Prepend(work.After.Address);
            return [.. texts.Select(text => MailAddress.TryParse(text, out var address, out _) ? address : null).OfType<MailAddress>().DistinctBy(address => address.Key)];
        }

        private async Task FindEntriesAsync(CancellationToken cancellationToken)
        {
            var identities = works.Select(work => work.BeforeIdentity).Concat(works.Select(work => work.Step.Of.Identity)).Distinct(StringComparer.Ordinal).ToArray();
            var found = new Dictionary<string, long>(StringComparer.Ordinal);
            await using (var command = new NpgsqlCommand(FindSql, connection, transaction))
            {
                command.Parameters.Add(new() { Value = partner.Id });
                command.Parameters.Add(new() { Value = identities });
                command.Parameters.Add(new() { Value = identities.Select(identity => NumberOf(identity)).Where(number => number > 0).ToArray() });
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                {
                    found.TryAdd(row.GetString(0), row.GetInt64(1));
                }
            }

            var byAddress = await HoldersAsync(works.Where(work => work.Step.Of.Before is not null).Select(work => work.Step.Of.Before!.AddressKey), cancellationToken);
            foreach (var work in works)
            {
                // By what its partner calls it; an entry that is taken over, or that changed its identity with its address, by the address that it had.
                work.EntryId = found.GetValueOrDefault(work.BeforeIdentity) is > 0 and var id ? id
                    : found.GetValueOrDefault(work.Step.Of.Identity) is > 0 and var same ? same
                    : work.Step.Of.Before is { } before ? byAddress.GetValueOrDefault(before.AddressKey)
                    : 0;
                work.Fault = work.IsNew && work.After is not null && work.Step.Of.Class != ChangeClass.Add ? $"{work.Step.Of.Before!.Name} is not in the directory any more." : "";
            }
        }

        private async Task FindAddressesAsync(CancellationToken cancellationToken)
        {
            var byEntry = works.Where(work => !work.IsNew).ToLookup(work => work.EntryId);
            await using var command = new NpgsqlCommand("select entry_id, address from entry_address where entry_id = any($1) order by entry_id, is_native desc, ordinal", connection, transaction);
            command.Parameters.Add(new() { Value = byEntry.Select(group => group.Key).ToArray() });
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                if (MailAddress.TryParse(row.GetString(1), out var address, out _))
                {
                    foreach (var work in byEntry[row.GetInt64(0)])
                    {
                        work.Present.Add(address);
                    }
                }
            }
        }

        private async Task<Dictionary<string, long>> HoldersAsync(IEnumerable<string> addressKeys, CancellationToken cancellationToken)
        {
            var byHash = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var key in addressKeys)
            {
                byHash[Convert.ToHexString(Staging.HashOf(key))] = key;
            }

            var holders = new Dictionary<string, long>(StringComparer.Ordinal);
            await using var command = new NpgsqlCommand("select key, entry_id from entry_address where key = any($1)", connection, transaction);
            command.Parameters.Add(new() { Value = byHash.Keys.Select(Convert.FromHexString).ToArray() });
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                holders[byHash[Convert.ToHexString(row.GetFieldValue<byte[]>(0))]] = row.GetInt64(1);
            }

            return holders;
        }

        // Mail under way to an address that was given up must not reach a namesake.
        private async Task RememberAsync(List<Work> done, CancellationToken cancellationToken)
        {
            var given = done.SelectMany(work => work.Wanted).Select(address => address.Key).ToHashSet(StringComparer.Ordinal);
            var gone = done.Where(work => work.Leaves || work.After is not null)
                .SelectMany(work => work.Present.Where(address => !given.Contains(address.Key)).Select(address => (work, address)))
                .DistinctBy(pair => pair.address.Key).ToList();
            await ExecuteAsync(
                connection, transaction, RememberSql, cancellationToken,
                gone.Select(pair => pair.address.Key).ToArray(),
                gone.Select(pair => pair.address.ToString()).ToArray(),
                gone.Select(pair => pair.work.BeforeIdentity).ToArray(),
                gone.Select(pair => pair.work.BeforeIdentity != (pair.work.Step.Of.Before ?? pair.work.Step.Of.After)!.AddressKey).ToArray(),
                gone.Select(pair => (pair.work.Step.Of.Before ?? pair.work.Step.Of.After)!.Name).ToArray());
        }

        private async Task WriteEntriesAsync(List<Work> kept, CancellationToken cancellationToken)
        {
            var added = kept.Where(work => work.IsNew).ToList();
            await using (var reserve = new NpgsqlCommand("select nextval(pg_get_serial_sequence('entry', 'id')) from generate_series(1, $1)", connection, transaction))
            {
                reserve.Parameters.Add(new() { Value = added.Count });
                await using var row = await reserve.ExecuteReaderAsync(cancellationToken);
                foreach (var work in added)
                {
                    await row.ReadAsync(cancellationToken);
                    work.EntryId = row.GetInt64(0);
                }
            }

            var isAdded = added.ToHashSet();
            foreach (var (sql, group) in new[] { (InsertSql, added), (UpdateSql, kept.Where(work => !isAdded.Contains(work)).ToList()) })
            {
                await ExecuteAsync(connection, transaction, sql, cancellationToken, Columns(group));
            }
        }

        private object[] Columns(List<Work> group)
        {
            var extras = group.Select(work => OwnRows.ExtrasOf(work.After!.Values)).ToList();
            return
            [
                partner.Id,
                group.Select(work => work.EntryId).ToArray(),
                group.Select(work => work.After!.Name).ToArray(),
                group.Select(work => OwnRows.WordOf(work.After!.Kind)).ToArray(),
                // What is not this partner's has no identity of its own there.
                group.Select(work => IsHandedBack(work) ? "" : work.After!.Identity).ToArray(),
                group.Select((work, i) => OwnRows.Plain(work.After!.Values).With(OwnRows.Made, string.Join("; ", extras[i].Made)).Text).ToArray(),
                extras.Select(extra => extra.IsHidden).ToArray(),
                extras.Select(extra => extra.Trust).ToArray(),
                extras.Select(extra => extra.Container).ToArray(),
            ];
        }

        // Taking back that an entry was taken over.
        private static bool IsHandedBack(Work work) =>
            NumberOf(work.After!.Identity) > 0 || (work.After.Values[OwnRows.Giver].Length == 0 && work.Step.Of.Before?.Values[OwnRows.Giver] is { Length: > 0 });

        private async Task CopyAddressesAsync(List<Work> kept, CancellationToken cancellationToken)
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy entry_address (entry_id, type, address, key, is_native, ordinal) from stdin (format binary)", cancellationToken);
            foreach (var work in kept)
            {
                foreach (var (ordinal, address) in work.Wanted.Index())
                {
                    await copy.StartRowAsync(cancellationToken);
                    await copy.WriteAsync(work.EntryId, NpgsqlDbType.Bigint, cancellationToken);
                    await copy.WriteAsync(address.Type, NpgsqlDbType.Text, cancellationToken);
                    await copy.WriteAsync(address.ToString(), NpgsqlDbType.Text, cancellationToken);
                    await copy.WriteAsync(AddressKey.Of(address), NpgsqlDbType.Bytea, cancellationToken);
                    await copy.WriteAsync(ordinal == 0, NpgsqlDbType.Boolean, cancellationToken);
                    await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancellationToken);
                }
            }

            await copy.CompleteAsync(cancellationToken);
        }

        private static long NumberOf(string identity) =>
            identity.StartsWith(OwnRows.EntryPrefix, StringComparison.Ordinal) && long.TryParse(identity.AsSpan(OwnRows.EntryPrefix.Length), out var id) ? id : 0;
    }
}
