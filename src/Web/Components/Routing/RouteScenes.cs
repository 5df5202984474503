using Npgsql;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Routing;

/// <summary>What passes on the lines of the map, and what is wrong there.</summary>
/// <param name="Traffic">By box, in words: the mail of all who live behind it; boxes without any are not in it. Null: it is not known.</param>
/// <param name="Troubles">By connector, in a word.</param>
public sealed record RouteRoads(IReadOnlyDictionary<string, string>? Traffic, IReadOnlyDictionary<string, string> Troubles)
{
    public static readonly RouteRoads Unknown = new(null, new Dictionary<string, string>());

    /// <summary>The traffic is being read and worth another look.</summary>
    public bool IsBehind { get; init; }

    /// <summary>How many connectors there are.</summary>
    public int Connectors { get; init; }
}

/// <summary>Routing in force as a page shows it.</summary>
public sealed record RoutesSeen(RouteState State, RouteScene Scene, RouteRoads Roads);

/// <summary>Works out what the routing pages show, once for all windows while nothing changes.</summary>
public sealed class RouteScenes
{
    // A week has its quiet days in it; what it takes to read is taken once in a while only.
    private const int Days = 7;
    private const int LastsTimes = 300;

    // The map does not wait for the figures on it.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private readonly RouteModels models;
    private readonly ConnectorView connectors;
    private readonly SharedReading<IReadOnlyDictionary<string, long>?> homes;
    private readonly TimeProvider clock;

    private Kept? last;

    public RouteScenes(RouteModels models, ConnectorView connectors, RouteTraffic traffic, QueueFigures figures, TimeProvider clock)
    {
        (this.models, this.connectors, this.clock) = (models, connectors, clock);
        homes = figures.Share(cancellation => HomesAsync(traffic, cancellation), LastsTimes);
    }

    /// <summary>Routing in force with what passes on it.</summary>
    /// <param name="of">Key of the one post office to look at; empty for all.</param>
    public async Task<RoutesSeen> ReadAsync(string of, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        var scene = last is { } known && ReferenceEquals(known.State, state) && known.Of == of ? known.Scene : await SceneAsync(state, of, cancellationToken);
        last = new Kept(state, of, scene);
        return new RoutesSeen(state, scene, await RoadsAsync(state.Model.Table, cancellationToken));
    }

    /// <summary>What passes on the lines of a table's map, and what is wrong with its connectors.</summary>
    public async Task<RouteRoads> RoadsAsync(RoutingTable table, CancellationToken cancellationToken)
    {
        var rows = await connectors.ListAsync(cancellationToken);
        var reading = homes.GetAsync(anew: false, cancellationToken);
        var isRead = await Task.WhenAny(reading, Task.Delay(Patience, clock, cancellationToken)) == reading;
        var moved = isRead ? (await reading).Value : null;
        return new RouteRoads(
            moved is null ? null : MapTraffic.Of(table, moved).ToDictionary(box => box.Key, box => Daily(box.Value), StringComparer.Ordinal),
            rows.Select(row => (row.Name, Look: ConnectorLook.Of(row))).Where(pair => pair.Look.IsBad || pair.Look.Css is "c-removed" or "c-held")
                .ToDictionary(pair => pair.Name, pair => pair.Look.Word, StringComparer.OrdinalIgnoreCase))
        {
            Connectors = rows.Count,
            IsBehind = !isRead,
        };
    }

    // A history that is too long to be read in time leaves the lines without figures, and is not tried again at once.
    private static async Task<IReadOnlyDictionary<string, long>?> HomesAsync(RouteTraffic traffic, CancellationToken cancellationToken)
    {
        try
        {
            return await traffic.HomesAsync(TimeSpan.FromDays(Days), cancellationToken);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            return null;
        }
    }

    private static string Daily(long inAWeek) => inAWeek < Days ? "<1 a day" : $"{Quantity.Text(inAWeek / Days)} a day";

    // A proof of a large network takes a second of a processor.
    private static Task<RouteScene> SceneAsync(RouteState state, string of, CancellationToken cancellationToken) =>
        Task.Run(() => RouteScene.Of(state.Model, state.Proof.CounterExamples, state.Rows, UnprovenSites.Of(state), of, None), cancellationToken);

    private sealed record Kept(RouteState State, string Of, RouteScene Scene);
}
