using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Routing;

/// <summary>An administrator publishes entries to a post office although a way there or back is not confirmed.</summary>
/// <param name="PostOffice">Key of the post office that sees them.</param>
/// <param name="Native">Home key of their mailboxes.</param>
/// <param name="Face">Home key under which they are seen.</param>
public sealed record PublicationOverride(string PostOffice, string Native, string Face, DateTimeOffset At, string By, string Reason);

/// <summary>Entries that are kept from a post office, or would be but for an override.</summary>
/// <param name="Override">Null when they are kept from it.</param>
public sealed record WithheldEntries(string PostOfficeKey, Withheld Withheld, PublicationOverride? Override);

/// <summary>How much is kept from a post office.</summary>
/// <param name="Homes">Homes that it does not see.</param>
/// <param name="Entries">Entries that live there.</param>
/// <param name="Overridden">Homes that it sees only because an administrator said so.</param>
public sealed record WithheldCount(PostOffice PostOffice, int Homes, long Entries, int Overridden);

/// <summary>Which entries each post office may see: those with a confirmed way there and back, and those an administrator lets through. What is confirmed is released by itself.</summary>
public sealed class PublicationGate(NpgsqlDataSource database, RouteModels models)
{
    /// <summary>May this post office see that home now?</summary>
    public async Task<bool> IsPublishedAsync(string postOfficeKey, Home home, CancellationToken cancellationToken) =>
        IsPublished(await models.CurrentAsync(cancellationToken), postOfficeKey, home);

    /// <summary>The same for a state that is at hand: who publishes many entries asks for it once.</summary>
    public static bool IsPublished(RouteState state, string postOfficeKey, Home home) =>
        state.Publication.Publishes(postOfficeKey, home) || (OverrideOf(state, postOfficeKey, home) is not null && state.Publication.HomesFrom(postOfficeKey).Contains(home));

    /// <summary>All that is kept from a post office, or passed by an override, each with the definitions it waits for.</summary>
    public async Task<IReadOnlyList<WithheldEntries>> OfAsync(string postOfficeKey, CancellationToken cancellationToken) => Of(await models.CurrentAsync(cancellationToken), postOfficeKey);

    /// <summary>Every post office from which something is kept, or to which an override lets something through.</summary>
    public async Task<IReadOnlyList<WithheldCount>> CountAsync(CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        if (state.Publication.WithheldPairs == 0)
        {
            return [];
        }

        return
        [
            .. state.Model.Table.PostOffices.OrderBy(office => office.Key, StringComparer.Ordinal).Select(office => CountOf(state, office))
                .Where(count => count.Homes + count.Overridden > 0),
        ];
    }

    /// <summary>Publishes a home to a post office though the way is not confirmed; ends by itself when it is.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public async Task<KnowledgeResult> OverrideAsync(string postOfficeKey, Home home, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        if (who.Reason.Trim().Length == 0)
        {
            return KnowledgeResult.No("Say why these entries are published although nobody knows whether mail for them arrives.");
        }

        var state = await models.CurrentAsync(cancellationToken);
        if (Of(state, postOfficeKey).FirstOrDefault(entries => entries.Withheld.Home == home) is not { } kept)
        {
            return KnowledgeResult.No($"Nothing of {home.Face} is withheld there.");
        }

        return await ChangeAsync(
            "override", kept, who,
            "insert into publication_override (post_office_key, native, face, actor, reason) values ($1, $2, $3, $4, $5) on conflict do nothing",
            [postOfficeKey, home.Native, home.Face, who.Name, Storable.Text(who.Reason)], cancellationToken);
    }

    /// <summary>Keeps a home from a post office again until the way is confirmed.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public async Task<KnowledgeResult> EndOverrideAsync(string postOfficeKey, Home home, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        var withheld = Of(await models.CurrentAsync(cancellationToken), postOfficeKey).FirstOrDefault(entries => entries.Withheld.Home == home)
            ?? new WithheldEntries(postOfficeKey, new Withheld(postOfficeKey, home, [], ""), null);
        return await ChangeAsync(
            "end override", withheld, who, "delete from publication_override where post_office_key = $1 and native = $2 and face = $3", [postOfficeKey, home.Native, home.Face], cancellationToken);
    }

    private async Task<KnowledgeResult> ChangeAsync(string verb, WithheldEntries entries, Operator who, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var writer = new KnowledgeWriter(connection);
        await writer.LockAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return new KnowledgeResult(null, "");
        }

        var act = await writer.ActAsync(
            who, verb, entries.PostOfficeKey, $"{entries.Withheld.Home.Face} at {entries.Withheld.PostOffice}", "[]", "[]", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new KnowledgeResult(act, "");
    }

    private static IReadOnlyList<WithheldEntries> Of(RouteState state, string postOfficeKey) =>
        [.. state.Publication.From(postOfficeKey).Select(withheld => new WithheldEntries(postOfficeKey, withheld, OverrideOf(state, postOfficeKey, withheld.Home)))];

    private static PublicationOverride? OverrideOf(RouteState state, string postOfficeKey, Home home) =>
        state.Overrides.FirstOrDefault(known => known.PostOffice == postOfficeKey && known.Native == home.Native && known.Face == home.Face);

    private static WithheldCount CountOf(RouteState state, PostOffice office)
    {
        var withheld = state.Publication.HomesFrom(office.Key).ToList();
        var passed = state.Overrides.Any(known => known.PostOffice == office.Key) ? withheld.Count(home => OverrideOf(state, office.Key, home) is not null) : 0;
        return new WithheldCount(
            office, withheld.Count - passed, withheld.Where(home => passed == 0 || OverrideOf(state, office.Key, home) is null).Sum(home => home.Entries), passed);
    }
}
