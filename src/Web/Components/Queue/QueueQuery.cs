using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Queue;

/// <summary>The view of the queue page as its address has it: filter, order, place and the open row. What cannot be read is left out.</summary>
/// <param name="Values">The words of the address, by name; only names of <see cref="Names"/>.</param>
public sealed record QueueQuery(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Names that make up the filter, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<string> FilterNames = [.. QueueFilterText.Words.Select(word => word.Name)];

    private static readonly IReadOnlyList<string> Names = [.. FilterNames, "sort", "after", "open"];

    /// <summary>Everything that waits, oldest first.</summary>
    public static readonly QueueQuery Empty = new(new Dictionary<string, string>());

    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>The delivery whose drawer is open.</summary>
    public long? Open => long.TryParse(this["open"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public bool HasFilter => FilterNames.Any(Values.ContainsKey);

    /// <summary>The filter it asks for.</summary>
    public QueueFilter Filter => QueueFilterText.Read(Values);

    /// <summary>The order it asks for: oldest first unless it names another.</summary>
    public QueueOrder Order
    {
        get
        {
            var text = this["sort"];
            var isDescending = text.StartsWith('-');
            var isNamed = Enum.TryParse<QueueSort>(text.TrimStart('-'), ignoreCase: true, out var sort) && Enum.IsDefined(sort);
            var isPast = Filter.IncludesHistory;
            return isNamed && (!isPast || sort == QueueSort.Age) ? new QueueOrder(sort, isDescending, this["after"])
                : new QueueOrder(QueueSort.Age, !isPast, this["after"]);
        }
    }

    /// <summary>Reads the query of an address.</summary>
    public static QueueQuery Parse(string query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in QueryHelpers.ParseQuery(query))
        {
            var text = value.ToString().Trim();
            if (Names.Contains(name) && text.Length is > 0 and <= QueueFilterText.LongestValue)
            {
                values[name] = text;
            }
        }

        return new QueueQuery(values);
    }

    /// <summary>The address with some words changed; null or empty takes a word out. A changed filter or order starts at the first page again.</summary>
    public string With(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var values = new Dictionary<string, string>(Values, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            if (name is not "open" and not "after")
            {
                values.Remove("after");
            }

            if (string.IsNullOrEmpty(value))
            {
                values.Remove(name);
            }
            else
            {
                values[name] = value;
            }
        }

        return Urls.Queue(string.Join('&', Names.Where(values.ContainsKey).Select(name => $"{name}={Uri.EscapeDataString(values[name])}")));
    }

    /// <summary>The filter in words, one for each name in force.</summary>
    public IEnumerable<(string Name, string Label, string Text)> Shown() =>
        FilterNames.Where(Values.ContainsKey).Select(name => (name, Label(name), name switch
        {
            "state" => this[name] == "all" ? "any, past ones too" : this[name].Replace(",", ", ", StringComparison.Ordinal),
            "age" => AgeRange.InWords(this[name]),
            "tries" => $"{this[name]} or more",
            "size" => Number(this[name]) is { } size ? $"over {Components.Shared.Quantity.Size(size)}" : this[name],
            "report" => this[name] == "yes" ? "only" : "none",
            "find" => $"“{this[name]}”",
            _ => this[name],
        }));

    /// <summary>What a name is called on the screen.</summary>
    public static string Label(string name) => name switch
    {
        "destination" => "to",
        "id" => "Message-ID",
        "find" => "text",
        "cause" => "error",
        "tries" => "attempts",
        "report" => "reports",
        _ => name,
    };

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
