using System.Globalization;

namespace Postern.Web.Api;

/// <summary>What an address of the API takes behind its question mark: read by it, described to programs, and anything else is refused.</summary>
/// <param name="Minimum">A whole number of at least this; null when it is text.</param>
public sealed record ApiParameter(string Name, string Meaning, int? Minimum = null, int? Maximum = null, int? Default = null)
{
    /// <summary>Rows of a page.</summary>
    public static readonly ApiParameter Limit = new("limit", "The most rows of a page", 1, 1_000, 100);

    /// <summary>Where a page begins.</summary>
    public static readonly ApiParameter After = new("after", "The cursor that the page before gave as part of its next; nothing else is one");

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="ApiException">It is none, or out of bounds.</exception>
    public int? NumberIn(HttpRequest request)
    {
        if (!request.Query.TryGetValue(Name, out var text))
        {
            return Default;
        }

        return int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= (Minimum ?? 0) && number <= (Maximum ?? int.MaxValue)
            ? number
            : throw ApiException.Unclear($"{Name} is a whole number from {Minimum ?? 0} to {Maximum ?? int.MaxValue}.");
    }

    /// <summary>Reads a text; empty when it is not there.</summary>
    public string In(HttpRequest request) => request.Query.TryGetValue(Name, out var text) ? text.ToString().Trim() : "";
}

/// <summary>The parameters of one address.</summary>
public sealed record ApiParameters(IReadOnlyList<ApiParameter> All)
{
    private const int LongestValue = 2_000;

    /// <summary>A word that is misspelt must not be a filter that is left out.</summary>
    /// <exception cref="ApiException">There is one that is not known here, or twice, or too long.</exception>
    public void Check(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (!All.Any(known => known.Name == name))
            {
                throw ApiException.Unclear(All.Count == 0
                    ? "This address takes nothing behind its question mark."
                    : $"There is no parameter “{Components.Shared.VisibleText.Of(name, 60)}” here; there are {string.Join(", ", All.Select(known => known.Name))}.");
            }

            if (values.Count > 1 || values.ToString().Length > LongestValue)
            {
                throw ApiException.Unclear($"{name} stands there more than once, or is longer than {LongestValue} characters.");
            }
        }
    }
}
