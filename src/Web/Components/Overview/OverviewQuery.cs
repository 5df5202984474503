using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Overview;

/// <summary>The view of the overview as its address has it. What cannot be read is left out.</summary>
/// <param name="Scale">How far back the throughput charts look.</param>
/// <param name="AllCharts">Every connector has its chart, not only the busiest.</param>
/// <param name="Figures">The listener or connector whose chart is also shown as a table; empty for none.</param>
public sealed record OverviewQuery(ThroughputScale Scale, bool AllCharts = false, string Figures = "")
{
    private const int LongestName = 100;

    /// <summary>Reads the query of an address.</summary>
    public static OverviewQuery Parse(string query)
    {
        var words = QueryHelpers.ParseQuery(query);
        return new OverviewQuery(ThroughputScale.Of(Word("over")), Word("charts") == "all", Word("figures"));

        string Word(string name) => words.TryGetValue(name, out var value) && value.ToString() is { Length: <= LongestName } word ? word : "";
    }

    /// <summary>The address of this view.</summary>
    public string Href() => Urls.OverviewOf(Scale == ThroughputScale.Hour ? "" : Scale.Name, AllCharts, Figures);
}
