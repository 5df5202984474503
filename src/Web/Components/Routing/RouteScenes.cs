using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Routing;

/// <summary>What passes on the lines of the map, and what is wrong there.</summary>
/// <param name="Traffic">By box, in words: the mail of all who live behind it; boxes without any are not in it.</param>
/// <param name="Troubles">By connector, in a word.</param>
public sealed record RouteRoads(IReadOnlyDictionary<string, string> Traffic, IReadOnlyDictionary<string, string> Troubles)
{
    public static readonly RouteRoads Empty = new(new Dictionary<string, string>(), new Dictionary<string, string>());

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

    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private readonly RouteModels models;
    private readonly ConnectorView connectors;
    private readonly SharedReading<IReadOnlyDictionary<string, long>> homes;

    private Kept? last;

    public RouteScenes(RouteModels models, ConnectorView connectors, RouteTraffic traffic, QueueFigures figures)
    {
        (this.models, this.connectors) = (models, connectors);
        homes = figures.Share(cancellation => traffic.HomesAsync(TimeSpan.FromDays(Days), cancellation), LastsTimes);
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
        var (moved, _) = await homes.GetAsync(anew: false, cancellationToken);
        return new RouteRoads(
            MapTraffic.Of(table, moved).ToDictionary(box => box.Key, box => Daily(box.Value), StringComparer.Ordinal),
            rows.Select(row => (row.Name, Look: ConnectorLook.Of(row))).Where(pair => pair.Look.IsBad || pair.Look.Css is "c-removed" or "c-held")
                .ToDictionary(pair => pair.Name, pair => pair.Look.Word, StringComparer.OrdinalIgnoreCase))
        {
            Connectors = rows.Count,
        };
    }

    private static string Daily(long inAWeek) => inAWeek < Days ? "<1 a day" : $"{Quantity.Text(inAWeek / Days)} a day";

    // A proof of a large network takes a second of a processor.
    private static Task<RouteScene> SceneAsync(RouteState state, string of, CancellationToken cancellationToken) =>
        Task.Run(() => RouteScene.Of(state.Model, state.Proof.CounterExamples, state.Rows, UnprovenSites.Of(state), of, None), cancellationToken);

    private sealed record Kept(RouteState State, string Of, RouteScene Scene);
}
