using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>Routing in force as a page shows it.</summary>
public sealed record RoutesSeen(RouteState State, RouteScene Scene)
{
    /// <summary>By connector: what passes on it.</summary>
    public IReadOnlyDictionary<string, string> Traffic { get; init; } = new Dictionary<string, string>();

    /// <summary>By connector: what is wrong with it, in a word.</summary>
    public IReadOnlyDictionary<string, string> Troubles { get; init; } = new Dictionary<string, string>();
}

/// <summary>Works out what the routing pages show, once for all windows while nothing changes.</summary>
public sealed class RouteScenes(RouteModels models, ConnectorView connectors, Throughput throughput)
{
    private const int Days = 7;

    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private Kept? last;

    /// <summary>Routing in force with what passes on it.</summary>
    /// <param name="of">Key of the one post office to look at; empty for all.</param>
    public async Task<RoutesSeen> ReadAsync(string of, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        var scene = last is { } known && ReferenceEquals(known.State, state) && known.Of == of ? known.Scene : await SceneAsync(state, of, cancellationToken);
        last = new Kept(state, of, scene);
        var (traffic, troubles) = await RoadsAsync(cancellationToken);
        return new RoutesSeen(state, scene) { Traffic = traffic, Troubles = troubles };
    }

    /// <summary>What passes on each connector, and what is wrong with it.</summary>
    public async Task<(IReadOnlyDictionary<string, string> Traffic, IReadOnlyDictionary<string, string> Troubles)> RoadsAsync(CancellationToken cancellationToken)
    {
        var rows = await connectors.ListAsync(cancellationToken);
        var chart = await throughput.ReadAsync(ThroughputScale.Week, cancellationToken);
        var moved = chart.Lines.ToDictionary(line => line.Name, line => line.All, StringComparer.OrdinalIgnoreCase);
        return (
            rows.ToDictionary(row => row.Name, row => Daily(moved.GetValueOrDefault(row.Name)), StringComparer.OrdinalIgnoreCase),
            rows.Select(row => (row.Name, Look: ConnectorLook.Of(row))).Where(pair => pair.Look.IsBad || pair.Look.Css is "c-removed" or "c-held")
                .ToDictionary(pair => pair.Name, pair => pair.Look.Word, StringComparer.OrdinalIgnoreCase));
    }

    private static string Daily(long inAWeek) => inAWeek switch
    {
        0 => "nothing",
        < Days => "less than 1 a day",
        _ => $"{Quantity.Text(inAWeek / Days)} a day",
    };

    // A proof of a large network takes a second of a processor.
    private static Task<RouteScene> SceneAsync(RouteState state, string of, CancellationToken cancellationToken) =>
        Task.Run(() => RouteScene.Of(state.Model, state.Proof.CounterExamples, state.Rows, UnprovenSites.Of(state), of, None), cancellationToken);

    private sealed record Kept(RouteState State, string Of, RouteScene Scene);
}
