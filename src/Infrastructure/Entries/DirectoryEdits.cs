using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Entries;

/// <summary>An entry as a person typed it.</summary>
/// <param name="Id">0 for a new one.</param>
public sealed record EntryDraft(long Id, string DisplayName, string Kind, string Native, IReadOnlyList<string> Proxies);

/// <summary>Why an entry is not taken.</summary>
/// <param name="Path">displayName, native, or <c>proxies[0]</c>; empty when it is the whole.</param>
/// <param name="HolderId">The entry that holds the address already; null when that is not the reason.</param>
public sealed record EntryFault(string Path, string Text, long? HolderId = null);

/// <summary>What became of a wish to save or delete an entry.</summary>
/// <param name="Id">Number of the entry that was saved.</param>
/// <param name="Theirs">As somebody else saved it meanwhile; nothing was saved over it.</param>
public sealed record EntryResult(bool IsDone, long Id, IReadOnlyList<EntryFault> Faults, EntryRow? Theirs = null);

/// <summary>Adds, changes and deletes entries of the directory, one at a time, by the rules of the whole configuration: no address has two holders.</summary>
public sealed class DirectoryEdits(NpgsqlDataSource database, DirectoryView view)
{
    private const int LongestName = 256;

    private const string HoldersSql =
        """
        -- who holds these addresses already
        select a.address, e.id, e.display_name, encode(a.key, 'hex') from entry_address a join entry e on e.id = a.entry_id
         where a.key = any($1) and e.id <> $2
        """;

    /// <summary>Saves an entry.</summary>
    /// <param name="basis">What the draft was made from; null for a new entry.</param>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public async Task<EntryResult> SaveAsync(EntryDraft draft, EntryRow? basis, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        var faults = new List<EntryFault>();
        var wanted = Read(draft, faults);
        if (wanted is null)
        {
            return new EntryResult(false, draft.Id, faults);
        }

        long saved = 0;
        EntryRow? theirs = null;
        SectionDifference<EntryItem> difference = Difference(basis, wanted);
        var isDone = await ChangeAsync(
            who, basis is null ? "add" : "change", wanted.Title, difference,
            async connection =>
            {
                theirs = basis is null ? null : await MovedAsync(basis, cancellationToken);
                if (basis is not null && await GiverFaultAsync(connection, basis, cancellationToken) is { } given)
                {
                    faults.Add(given);
                    return false;
                }

                faults.AddRange(theirs is null ? await CollisionsAsync(connection, wanted, draft, cancellationToken) : []);
                return theirs is null && faults.Count == 0;
            },
            cancellationToken);
        if (isDone)
        {
            saved = basis?.Id ?? await IdOfAsync(wanted.Native, cancellationToken);
        }

        return new EntryResult(isDone, saved, faults, theirs);
    }

    /// <summary>Deletes an entry. Mail that waits for it goes on as it was routed.</summary>
    /// <exception cref="RightMissingException">They may not change the directory.</exception>
    public async Task<EntryResult> DeleteAsync(EntryRow basis, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ApproveDirectory);
        EntryRow? theirs = null;
        EntryFault? given = null;
        var gone = ItemOf(basis);
        var isDone = await ChangeAsync(
            who, "delete", gone.Title, new SectionDifference<EntryItem>([], [], [gone]),
            async connection => (given = await GiverFaultAsync(connection, basis, cancellationToken)) is null && (theirs = await MovedAsync(basis, cancellationToken)) is null,
            cancellationToken);
        return new EntryResult(isDone, basis.Id, given is null ? [] : [given], theirs);
    }

    // The next cycle would put it back as the partner has it; what is to differ is decided in a plan, and stays decided.
    private static async Task<EntryFault?> GiverFaultAsync(NpgsqlConnection connection, EntryRow basis, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select p.name from entry e join partner p on p.id = e.partner_id where e.id = $1", connection) { Parameters = { new() { Value = basis.Id } } };
        return await command.ExecuteScalarAsync(cancellationToken) is string partner
            ? new EntryFault("", $"{basis.DisplayName} is given by {partner}, and the next cycle would undo this. Change it at {partner}, or decide about it in a plan.")
            : null;
    }

    private async Task<bool> ChangeAsync(
        Operator who, string verb, string target, SectionDifference<EntryItem> difference, Func<NpgsqlConnection, Task<bool>> check, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select version from configuration for update", cancellationToken);
        if (!await check(connection))
        {
            return false;
        }

        await new EntryChange(connection).WriteAsync(difference, cancellationToken);
        await ExecuteAsync(connection, "update configuration set version = version + 1, changed_at = now()", cancellationToken);
        await AuditLog.WriteAsync(connection, who, verb, target, JsonSerializer.Serialize(new { changes = difference.Lines() }), cancellationToken);
        await ExecuteAsync(connection, $"notify {ConfigurationStore.Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static EntryItem? Read(EntryDraft draft, List<EntryFault> faults)
    {
        var name = draft.DisplayName.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            faults.Add(new EntryFault("displayName", $"A name has 1 to {LongestName} characters, and no control character."));
        }

        if (!Enum.TryParse<EntryKind>(draft.Kind, ignoreCase: true, out var kind) || int.TryParse(draft.Kind, out _))
        {
            faults.Add(new EntryFault("kind", "The kind is person, list or board."));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var native = ReadAddress(draft.Native, "native", seen, faults);
        var proxies = draft.Proxies.Select((text, index) => ReadAddress(text, $"proxies[{index}]", seen, faults)).ToList();
        return faults.Count == 0 && native is not null ? new EntryItem(0, draft.Id, name, kind, native, [.. proxies.OfType<MailAddress>()]) : null;
    }

    private static MailAddress? ReadAddress(string text, string path, HashSet<string> seen, List<EntryFault> faults)
    {
        if (!MailAddress.TryParse(text, out var address, out var fault))
        {
            faults.Add(new EntryFault(path, fault));
            return null;
        }

        if (!seen.Add(address.Key))
        {
            faults.Add(new EntryFault(path, $"{address} stands here twice."));
        }

        return address;
    }

    private static SectionDifference<EntryItem> Difference(EntryRow? basis, EntryItem wanted) => basis is null
        ? new SectionDifference<EntryItem>([wanted], [], [])
        : new SectionDifference<EntryItem>([], [(ItemOf(basis), wanted)], []);

    private static EntryItem ItemOf(EntryRow row) => new(
        0, row.Id, row.DisplayName, Enum.Parse<EntryKind>(row.Kind, ignoreCase: true), MailAddress.Parse(row.Native), [.. row.Proxies.Select(MailAddress.Parse)]);

    // As it is now, when it is no longer as it was; an entry that is gone has no addresses.
    private async Task<EntryRow?> MovedAsync(EntryRow basis, CancellationToken cancellationToken)
    {
        var now = await view.FindAsync(basis.Id, cancellationToken) ?? new EntryRow(basis.Id, "", basis.Kind, "", []);
        var isSame = now.DisplayName == basis.DisplayName && now.Kind == basis.Kind && now.Native == basis.Native && now.Proxies.SequenceEqual(basis.Proxies);
        return isSame ? null : now;
    }

    private static async Task<IReadOnlyList<EntryFault>> CollisionsAsync(
        NpgsqlConnection connection, EntryItem wanted, EntryDraft draft, CancellationToken cancellationToken)
    {
        var addresses = wanted.Addresses.ToList();
        await using var command = new NpgsqlCommand(HoldersSql, connection);
        command.Parameters.Add(new() { Value = addresses.Select(AddressKey.Of).ToArray() });
        command.Parameters.Add(new() { Value = draft.Id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var faults = new List<EntryFault>();
        while (await row.ReadAsync(cancellationToken))
        {
            var index = addresses.FindIndex(address => Convert.ToHexStringLower(AddressKey.Of(address)) == row.GetString(3));
            faults.Add(new EntryFault(
                index <= 0 ? "native" : $"proxies[{index - 1}]", $"{row.GetString(0)} is taken: {row.GetString(2)} holds it.", row.GetInt64(1)));
        }

        return faults;
    }

    private async Task<long> IdOfAsync(MailAddress native, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select entry_id from entry_address where key = $1");
        command.Parameters.Add(new() { Value = AddressKey.Of(native) });
        return (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
