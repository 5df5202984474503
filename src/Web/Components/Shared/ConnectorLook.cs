using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Connectors;

namespace Postern.Web.Components.Shared;

/// <summary>Glyph, word and colour of what a connector is doing.</summary>
/// <param name="Note">Its own sentence, or what can be said without one.</param>
/// <param name="IsBad">It is wanted and does not work.</param>
public sealed record ConnectorLook(string Css, string Icon, string Word, string Note, bool IsBad)
{
    /// <summary>Its state in a table.</summary>
    public RenderFragment Cell => Cells.State(Css, Icon, Word);

    /// <summary>How a connector looks.</summary>
    public static ConnectorLook Of(ConnectorRow connector)
    {
        var detail = connector.Detail;
        return connector switch
        {
            { SettingsFault.Length: > 0 } => new("c-bounced", "warn", "unreadable", $"Its settings cannot be read: {connector.SettingsFault}. Open them, set what is missing and save.", true),
            { IsWanted: false, State: "running" } => new("c-held", "pause", "stopping", "finishes what it has begun", false),
            { IsWanted: false } => new("c-removed", "pause", "stopped", "stopped by an operator", false),
            { State: "failed" } => new("c-bounced", "warn", "failed", detail.Length > 0 ? detail : connector.Failure, true),
            { State: "running", Acts.Count: > 0 } when ConnectorActWords.Look(connector) is { } told => told,
            { State: "running" } => new("c-delivered", "check", "running", detail.Length > 0 ? detail : Ways(connector), false),
            { State: "waiting" } => new("c-held", "clock", "waiting", detail, false),
            { State: "starting" } => new("c-leased", "play", "starting", "starting", false),
            _ => new("c-held", "warn", "not running", "no process has it", true),
        };
    }

    private static string Ways(ConnectorRow connector) => connector.Kind == "smtp" ? "to smart hosts" : "both ways";
}
