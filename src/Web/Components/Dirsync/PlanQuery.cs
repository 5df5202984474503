using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Components.Dirsync;

/// <summary>What the address of a plan's page asks for: which rows, which of them is open, which tab stands beside them.</summary>
public sealed record PlanQuery(ChangeClass? Class, string Text, string Verdict, string Value, int After, int? Row, string Tab)
{
    public const string Collisions = "collisions";
    public const string Selected = "row";
    public const string History = "history";

    private static readonly string[] Verdicts = ["open", "approved", "rejected", "done", "failed"];

    /// <summary>Rows are narrowed down by something else than their class.</summary>
    public bool IsNarrowed => Text.Length > 0 || Verdict.Length > 0 || Value.Length > 0;

    /// <summary>Which rows.</summary>
    public PlanRowFilter Filter => new(Class, Text, Verdict, Value);

    /// <summary>Reads it; what makes no sense is as if it were not there.</summary>
    public static PlanQuery Parse(string query)
    {
        var parts = QueryHelpers.ParseQuery(query);
        string Asked(string key, int longest) => parts.TryGetValue(key, out var text) && text.ToString() is { } value && value.Length <= longest && !value.Contains('\0', StringComparison.Ordinal) ? value : "";
        int Number(string key) => int.TryParse(Asked(key, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new PlanQuery(
            Enum.TryParse<ChangeClass>(Asked("class", 20), ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null,
            Asked("q", 200), Verdicts.Contains(Asked("verdict", 20)) ? Asked("verdict", 20) : "", Asked("value", 80), Number("after"),
            Number("row") is > 0 and var row ? row : null, Asked("tab", 20) is Collisions or Selected or History ? Asked("tab", 20) : "");
    }
}
