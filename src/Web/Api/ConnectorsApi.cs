using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Cli;

namespace Postern.Web.Api;

/// <summary>A connector as it is configured and as it is doing.</summary>
/// <param name="Wanted">started or stopped: what an operator wants.</param>
/// <param name="State">running, starting, waiting, failed, stopped; empty when no process has ever had it.</param>
/// <param name="Detail">One sentence on that.</param>
/// <param name="AliveAt">The last transaction, run or poll that ended well.</param>
/// <param name="Failure">The last failure, though it may be mended since.</param>
/// <param name="PostOffices">What it reaches directly.</param>
/// <param name="AddressSpaces">What it claims to reach.</param>
/// <param name="Settings">As its kind has them; secrets by name only.</param>
public sealed record ConnectorAnswer(
    string Name, string Kind, string Wanted, string State, string Detail, DateTimeOffset? AliveAt, DateTimeOffset? FailedAt, string Failure,
    IReadOnlyList<string> PostOffices, IReadOnlyList<string> AddressSpaces, JsonNode? Settings);

/// <summary>Why a connector is started or stopped.</summary>
public sealed record ConnectorRequest
{
    /// <summary>Kept in the audit.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>All connectors, by name.</summary>
public sealed record ConnectorAnswers(IReadOnlyList<ConnectorAnswer> Connectors);

/// <summary><c>connectors</c>: how they are configured, and how they are doing.</summary>
internal static class ConnectorsApi
{
    private const string Tag = "Connectors";

    public static void MapConnectors(this IEndpointRouteBuilder api)
    {
        api.MapGet("/connectors", ListAsync).Answers<ConnectorAnswers>(
            Tag, "All connectors", "How each is configured, whether it shows life, and what failed last.", []);
        api.MapGet("/connectors/{name}", OneAsync).Answers<ConnectorAnswer>(Tag, "One connector", "By its name.", [], 404);
        api.MapGet("/canaries", CanariesAsync).Answers<CanaryAnswers>(
            Tag, "Canaries", "For each connector with a canary: when the last one left, when one came back, how long it took, and whether one is late. For each partner with a canary entry: the day that it bears, and since when it is late.", []);
    }

    public static void MapConnectorActions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/connectors/{name}/start", (string name, HttpContext context, ConnectorActions actions, ConnectorView connectors) =>
            ActAsync(name, context, connectors, (who, token) => actions.StartAsync(name, who, token)))
            .Takes<ConnectorRequest>()
            .Answers<ConnectorAnswer>(Tag, "Start a connector", "Lets it work; its processes follow within a second or two. Needs the scope connectors.", [], 404, 409, 413, 415);
        api.MapPost("/connectors/{name}/canary", (string name, HttpContext context, ConnectorActions actions, ConnectorView connectors) =>
            ActAsync(name, context, connectors, (who, token) => actions.SendCanaryAsync(name, who, token)))
            .Takes<ConnectorRequest>()
            .Answers<ConnectorAnswer>(Tag, "Send a canary", "It leaves within seconds; canaries says when it is back. Needs the scope connectors.", [], 404, 409, 413, 415);
        api.MapPost("/connectors/{name}/stop", (string name, HttpContext context, ConnectorActions actions, ConnectorView connectors) =>
            ActAsync(name, context, connectors, (who, token) => actions.StopAsync(name, who, token)))
            .Takes<ConnectorRequest>()
            .Answers<ConnectorAnswer>(Tag, "Stop a connector", "What it has begun it finishes; what waits stays. Needs the scope connectors.", [], 404, 409, 413, 415);
    }

    /// <summary>One of them.</summary>
    /// <exception cref="ApiException">There is none of that name.</exception>
    internal static async Task<ConnectorAnswer> FindAsync(ConnectorView connectors, string name, CancellationToken cancellationToken) =>
        (await connectors.ListAsync(cancellationToken)).FirstOrDefault(row => row.Name == name) is { } row ? Answer(row) : throw ApiException.Missing(ConnectorNames.Missing(name));

    private static async Task<IResult> ListAsync(HttpContext context, ConnectorView connectors) =>
        Results.Ok(new ConnectorAnswers([.. (await connectors.ListAsync(context.RequestAborted)).Select(Answer)]));

    private static async Task<IResult> CanariesAsync(HttpContext context, CanaryView canaries, PartnerStore partners, TimeProvider clock) =>
        Results.Ok(CanaryAnswers.Of(await canaries.ListAsync(context.RequestAborted), await partners.CanariesAsync(null, context.RequestAborted), clock.GetUtcNow()));

    private static async Task<IResult> OneAsync(string name, HttpContext context, ConnectorView connectors) =>
        Results.Ok(await FindAsync(connectors, name, context.RequestAborted));

    private static async Task<IResult> ActAsync(string name, HttpContext context, ConnectorView connectors, Func<Operator, CancellationToken, Task<string>> act)
    {
        var request = await ApiBody.ReadAsync<ConnectorRequest>(context);
        var who = ApiCaller.Of(context).Who(request.Reason.Trim());
        who.Demand(Right.RunConnectors);
        await FindAsync(connectors, name, context.RequestAborted);
        var refusal = await act(who, context.RequestAborted);
        return refusal.Length > 0 ? throw ApiException.Refused(refusal) : Results.Ok(await FindAsync(connectors, name, context.RequestAborted));
    }

    private static ConnectorAnswer Answer(ConnectorRow row) => new(
        row.Name, row.Kind, row.IsWanted ? "started" : "stopped", row.State, row.Detail, row.AliveAt, row.FailedAt, row.Failure, row.PostOffices, row.AddressSpaces,
        Settings(row.Settings));

    // Secrets never stand in them, only their names do; what looks like one is left out all the same.
    private static JsonNode? Settings(string json)
    {
        try
        {
            var node = JsonNode.Parse(json);
            Clean(node);
            return node;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Clean(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Clean(item);
            }
        }
        else if (node is JsonObject settings)
        {
            foreach (var name in settings.Select(setting => setting.Key).ToList())
            {
                if (settings[name] is JsonValue && (name.EndsWith("password", StringComparison.OrdinalIgnoreCase) || name.EndsWith("token", StringComparison.OrdinalIgnoreCase)))
                {
                    settings.Remove(name);
                }
                else
                {
                    Clean(settings[name]);
                }
            }
        }
    }
}
