using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Events;

namespace Postern.Web.Components.Events;

/// <summary>The view of the events page as its address has it: severity, connector, code, text, time, and where in the list.</summary>
/// <param name="Within">hour, day, week or month; empty means all that is kept.</param>
/// <param name="From">As it was typed: <c>2026-11-28</c> or <c>2026-11-28T10:15</c>, UTC.</param>
public sealed record EventQuery(
    string Severity = "", string Connector = "", string Code = "", string Text = "", string Within = "", string From = "", string Until = "", long? Before = null)
{
    private const int LongestWord = 200;

    /// <summary>Spans that can be chosen, by the word in the address.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Spans { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["hour"] = TimeSpan.FromHours(1),
        ["day"] = TimeSpan.FromDays(1),
        ["week"] = TimeSpan.FromDays(7),
        ["month"] = TimeSpan.FromDays(30),
    };

    /// <summary>Nothing is filtered.</summary>
    public bool IsAll => this with { Before = null } == new EventQuery();

    /// <summary>Reads the query part of an address; what cannot be read filters nothing.</summary>
    public static EventQuery Parse(string query)
    {
        var words = QueryHelpers.ParseQuery(query);
        var code = Word("code");
        return new EventQuery(
            Word("severity"), Word("connector"), int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? code : "", Word("find"),
            Spans.ContainsKey(Word("within")) ? Word("within") : "", Instant(Word("from")) is null ? "" : Word("from"), Instant(Word("until")) is null ? "" : Word("until"),
            long.TryParse(Word("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null);

        string Word(string name) => words.TryGetValue(name, out var text) && text.ToString().Length <= LongestWord ? text.ToString().Trim() : "";
    }

    /// <summary>What the database is asked for.</summary>
    public EventFilter ToFilter(DateTimeOffset now)
    {
        var from = Instant(From);
        var span = Spans.TryGetValue(Within, out var within) ? now - within : (DateTimeOffset?)null;
        return new EventFilter
        {
            Severity = Severity,
            Connector = Connector,
            Text = Text,
            Code = Code.Length > 0 ? int.Parse(Code, CultureInfo.InvariantCulture) : null,
            From = from > span || span is null ? from : span,
            Until = Instant(Until),
            Before = Before,
        };
    }

    /// <summary>The address that is this view, at the page or at its table for other programs.</summary>
    public string Href(string path = Urls.EventsPath)
    {
        (string Name, string Value)[] words =
        [
            ("severity", Severity), ("connector", Connector), ("code", Code), ("find", Text), ("within", Within), ("from", From), ("until", Until),
            ("before", Before?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ];
        var query = string.Join('&', words.Where(word => word.Value.Length > 0).Select(word => $"{word.Name}={Uri.EscapeDataString(word.Value)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    // Without an offset the time is UTC, as everything in the log is.
    private static DateTimeOffset? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year is > 1990 and < 9000
            ? time
            : null;
}
