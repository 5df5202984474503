using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Audit;

/// <summary>What the address of the audit page asks for, and the addresses of the views beside it.</summary>
public sealed class AuditQuery
{
    private const int LongestWord = 200;
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly string[] Names = ["actor", "verb", "find", "from", "to", "before"];

    private readonly Dictionary<string, string> words;

    private AuditQuery(Dictionary<string, string> words) => this.words = words;

    /// <summary>Reads an address; what cannot be meant is left out.</summary>
    public static AuditQuery Parse(string query)
    {
        var given = QueryHelpers.ParseQuery(query);
        var words = Names.Where(given.ContainsKey).Select(name => (Name: name, Word: given[name].ToString().Trim()))
            .Where(pair => pair.Word.Length is > 0 and <= LongestWord && IsMeant(pair.Name, pair.Word))
            .ToDictionary(pair => pair.Name, pair => pair.Word, StringComparer.Ordinal);
        return new AuditQuery(words);
    }

    /// <summary>One word of the address; empty when it is not there.</summary>
    public string this[string name] => words.GetValueOrDefault(name, "");

    /// <summary>The address without the page's path; empty when it asks for nothing.</summary>
    public string Text => TextOf(words);

    /// <summary>What to ask the audit for.</summary>
    public AuditFilter Filter => new()
    {
        Actor = this["actor"],
        Verb = this["verb"],
        Text = this["find"],
        From = Day("from"),
        To = Day("to")?.AddDays(1),
        Before = long.TryParse(this["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null,
    };

    /// <summary>The view with one word changed; a filter begins at the first page again.</summary>
    public string With(string name, string word)
    {
        var changed = words.Where(pair => pair.Key != name && pair.Key != "before").ToDictionary(StringComparer.Ordinal);
        if (word.Length > 0)
        {
            changed[name] = word;
        }

        return Urls.Audit(TextOf(changed));
    }

    /// <summary>A property to be filtered by typed words.</summary>
    public FilterField Field(string key, string name) => new(key, name, this[key], With(key, ""));

    private DateTimeOffset? Day(string name) =>
        DateOnly.TryParseExact(this[name], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;

    private static bool IsMeant(string name, string word) => name switch
    {
        "from" or "to" => DateOnly.TryParseExact(word, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue,
        "before" => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    private static string TextOf(Dictionary<string, string> words) =>
        string.Join('&', Names.Where(words.ContainsKey).Select(name => $"{name}={Uri.EscapeDataString(words[name])}"));
}
