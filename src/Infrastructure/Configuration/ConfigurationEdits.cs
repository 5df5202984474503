using System.Data;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Configuration;

/// <summary>Adds, changes and deletes one site, connector, post office or listener, by the rules and in the transaction of the whole configuration.</summary>
/// <remarks>
/// An item is saved only over the item it was made from: when somebody else has saved meanwhile, the answer holds what they saved and nothing is
/// written. Secrets that come along are stored in the same transaction. What would add a counter-example to the routing in force is refused with it,
/// unless somebody who may says that they have seen it, and why.
/// </remarks>
public sealed partial class ConfigurationEdits(NpgsqlDataSource database, SettingsCatalog catalog, KeyFile keyFile, RouteModels models)
{
    private static readonly SectionDifference<EntryItem> NoEntries = new([], [], []);

    /// <summary>Sites, connectors, post offices and listeners as they are.</summary>
    public async Task<ConfigurationDocument> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return await new StoredConfiguration(connection, catalog).ReadHouseAsync(cancellationToken);
    }

    /// <summary>What is wrong with a draft by itself; nothing is saved.</summary>
    /// <param name="item">The item; null when there are faults.</param>
    public IReadOnlyList<DraftFault> Check(ItemDraft draft, out ConfigurationItem? item)
    {
        var (text, paths) = draft.ToText();
        var faults = new FaultList();
        item = new ConfigurationReader(catalog, faults).Read(text).House.FirstOrDefault();
        var name = draft.Values.FirstOrDefault(value => value.Path == "name")?.Text.Trim() ?? "";
        return [.. faults.InOrder().Select(fault => new DraftFault(paths.GetValueOrDefault(fault.Line, ""), WithoutPlace(fault.Text, name)))];
    }

    /// <summary>Saves a draft.</summary>
    /// <param name="basis">What it was made from; null for a new item.</param>
    /// <param name="secrets">Values of secrets to be set, by their names.</param>
    /// <param name="acceptsLoss">They have seen what mail loses by it; <paramref name="who"/> says why.</param>
    /// <exception cref="RightMissingException">They may not change items of this kind.</exception>
    public async Task<EditResult> SaveAsync(
        ItemDraft draft, ConfigurationItem? basis, IReadOnlyDictionary<string, string> secrets, bool acceptsLoss, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(RightFor(draft.Section));
        if (secrets.Count > 0)
        {
            who.Demand(Right.Configure);
        }

        var faults = Check(draft, out var item);
        return faults.Count > 0 || item is null
            ? EditResult.Refused(faults)
            : await WriteAsync(basis, item, secrets, acceptsLoss, who, cancellationToken);
    }

    /// <summary>Deletes an item, unless something depends on it.</summary>
    /// <param name="acceptsLoss">They have seen what mail loses by it; <paramref name="who"/> says why.</param>
    /// <exception cref="RightMissingException">They may not change items of this kind.</exception>
    public async Task<EditResult> DeleteAsync(ConfigurationItem basis, bool acceptsLoss, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(RightFor(SectionOf(basis)));
        return await WriteAsync(basis, null, new Dictionary<string, string>(), acceptsLoss, who, cancellationToken);
    }

    /// <summary>What mail would lose if an item were deleted now.</summary>
    public async Task<RouteLosses> LossesOfDeletingAsync(ConfigurationItem item, CancellationToken cancellationToken)
    {
        var current = await ReadAsync(cancellationToken);
        return current.House.FirstOrDefault(other => IsSame(other, item)) is { } found
            ? await RouteProving.LossesAsync(models, current, With(current, found, null), NoEntries, cancellationToken)
            : RouteLosses.None;
    }

    /// <summary>Which right an item of a section asks for.</summary>
    public static Right RightFor(string section) => section is ItemDraft.Sites or ItemDraft.PostOffices ? Right.EditRouting : Right.Configure;

    private async Task<EditResult> WriteAsync(
        ConfigurationItem? basis, ConfigurationItem? wanted, IReadOnlyDictionary<string, string> secrets, bool acceptsLoss, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, LockVersion, cancellationToken);
        var stored = new StoredConfiguration(connection, catalog);
        var current = await stored.ReadHouseAsync(cancellationToken);
        var theirs = current.House.FirstOrDefault(item => IsSame(item, basis ?? wanted!));
        if (basis is null && theirs is not null)
        {
            return EditResult.Refused([new DraftFault("name", $"There is a {theirs.Title} already; choose another name.")]);
        }

        if (basis is not null && (theirs is null || !theirs.Facts().SequenceEqual(basis.Facts())))
        {
            var (author, at) = await LastAuthorAsync(connection, basis.Title, cancellationToken);
            return new EditResult(false, null, [], [], [], new EditConflict(theirs, author, at));
        }

        var document = With(current, theirs, wanted);
        var faults = new FaultList();
        new ConfigurationRules(document, faults).Check();
        var difference = ConfigurationDifference.Between(current, document);
        await stored.CheckRemovalsAsync(difference, faults, cancellationToken);
        if (faults.Any)
        {
            return EditResult.Refused(faults.InOrder().Select(fault => new DraftFault("", fault.Text)));
        }

        if (difference.IsEmpty && secrets.Count == 0)
        {
            return EditResult.Done(wanted, [], []);
        }

        var losses = await RouteProving.LossesAsync(models, current, document, NoEntries, cancellationToken);
        return RouteProving.WhyNot(losses, acceptsLoss, who) is { Length: > 0 } refusal
            ? EditResult.Stopped(losses, refusal)
            : await CommitAsync(connection, transaction, stored, (current, document), difference, (basis, wanted), losses, secrets, who, cancellationToken);
    }

    private async Task<EditResult> CommitAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, StoredConfiguration stored, (ConfigurationDocument Before, ConfigurationDocument After) document,
        ConfigurationDifference difference, (ConfigurationItem? Basis, ConfigurationItem? Wanted) item, RouteLosses losses, IReadOnlyDictionary<string, string> secrets,
        Operator who, CancellationToken cancellationToken)
    {
        var lines = difference.Lines();
        await new ConfigurationChange(connection, transaction).WriteAsync(difference, cancellationToken);
        foreach (var (name, value) in secrets)
        {
            await SecretStore.WriteAsync(connection, keyFile, name, value, who, cancellationToken);
            await AuditLog.WriteAsync(connection, who, "set secret", name, null, cancellationToken);
        }

        await ExecuteAsync(connection, RaiseVersion, cancellationToken);
        var notes = await stored.MissingSecretsAsync(document.After, cancellationToken);
        var verb = item.Wanted is null ? "delete" : item.Basis is null ? "add" : "change";
        await AuditLog.WriteAsync(
            connection, who, verb, (item.Wanted ?? item.Basis!).Title, Details(lines, losses), cancellationToken);
        await RouteHistory.NoteAsync(connection, document.Before, document.After, who, cancellationToken);
        await ExecuteAsync(connection, $"notify {ConfigurationStore.Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        IReadOnlyList<string> own = item.Wanted is ConnectorItem connector ? [.. notes.Where(note => note.Contains(connector.Name, StringComparison.Ordinal))] : [];
        return EditResult.Done(item.Wanted, lines, own) with { Losses = losses };
    }

    private static string Details(IReadOnlyList<string> lines, RouteLosses losses) => losses.Any
        ? JsonSerializer.Serialize(new { changes = lines, acceptedLosses = RouteProving.Told(losses) })
        : JsonSerializer.Serialize(new { changes = lines });

    private static ConfigurationDocument With(ConfigurationDocument current, ConfigurationItem? before, ConfigurationItem? wanted) => (wanted ?? before) switch
    {
        SiteItem => current with { Sites = Replaced(current.Sites!, before, wanted) },
        ConnectorItem => current with { Connectors = Replaced(current.Connectors!, before, wanted) },
        PostOfficeItem => current with { PostOffices = Replaced(current.PostOffices!, before, wanted) },
        _ => current with { Listeners = Replaced(current.Listeners!, before, wanted) },
    };

    private static List<T> Replaced<T>(IReadOnlyList<T> items, ConfigurationItem? before, ConfigurationItem? wanted)
        where T : ConfigurationItem
    {
        var kept = items.Where(item => !ReferenceEquals(item, before));
        return wanted is T added ? [.. kept, added] : [.. kept];
    }

    private static bool IsSame(ConfigurationItem one, ConfigurationItem other) => one.GetType() == other.GetType() && one.Identity == other.Identity;

    private static string SectionOf(ConfigurationItem item) => item switch
    {
        SiteItem => ItemDraft.Sites,
        PostOfficeItem => ItemDraft.PostOffices,
        ListenerItem => ItemDraft.Listeners,
        _ => ItemDraft.Connectors,
    };

    // “Connector sales, settings: port is …” stands beside the field; it need not name the connector.
    private static string WithoutPlace(string text, string name)
    {
        foreach (var word in (string[])["Connector", "Site", "Post office", "Listener"])
        {
            var place = $"{word} {name}";
            if (name.Length > 0 && text.StartsWith(place, StringComparison.Ordinal) && text.IndexOf(": ", place.Length, StringComparison.Ordinal) is > 0 and var colon)
            {
                return char.ToUpperInvariant(text[colon + 2]) + text[(colon + 3)..];
            }
        }

        return text;
    }
}
