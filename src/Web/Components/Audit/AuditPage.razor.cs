using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Audit;

/// <summary>Who did what, when and why: for administrators, by the address.</summary>
public sealed partial class AuditPage : ActPage
{
    private static readonly IReadOnlyList<TableColumn<AuditRow>> Columns =
    [
        new("When", row => Cells.Age(row.At), "124px") { Css = "soft" },
        new("Who", row => Cells.Text(row.Actor), "150px"),
        new("What", row => Cells.Text(row.Verb), "150px"),
        new("Target", row => Cells.Text(row.Target)),
        new("Reason", row => Cells.Text(row.Reason), "32%") { Css = "reason soft wide" },
    ];

    private IReadOnlyList<AuditRow>? rows;
    private IReadOnlyList<string> actors = [];
    private IReadOnlyList<string> verbs = [];
    private AuditQuery query = AuditQuery.Parse("");
    private AuditRow? open;
    private bool hasMore;
    private string? notAllowed;

    [Inject]
    private AuditView View { get; set; } = null!;

    private IReadOnlyList<ActiveFilter> Active =>
        [.. new[] { "actor", "verb", "find", "from", "to" }.Where(name => query[name].Length > 0).Select(name => new ActiveFilter(Label(name), VisibleText.Of(query[name], 80), query.With(name, "")))];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        new("who", [.. actors.Select(name => new FilterValue(VisibleText.Of(name, 80), null, query.With("actor", name), query["actor"] == name))]),
        new("what", [.. verbs.Select(name => new FilterValue(VisibleText.Of(name, 80), null, query.With("verb", name), query["verb"] == name))]),
    ];

    private IReadOnlyList<FilterField> Fields => [query.Field("from", "from (2026-11-28, UTC)"), query.Field("to", "to (UTC)")];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var who = await Current.WhoAsync();
        var asked = AuditQuery.Parse(Here.Query);
        try
        {
            var (found, more) = await View.PageAsync(asked.Filter, who, cancellationToken);
            var (people, acts) = await View.WordsAsync(who, cancellationToken);
            var goesTo = await Recipient.ReadAsync(who, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            (mail, isHead) = (goesTo, QueryHelpers.ParseQuery(Here.Query).ContainsKey("head"));
            var at = QueryHelpers.ParseQuery(Here.Query).TryGetValue("at", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
            (rows, hasMore, actors, verbs, query, notAllowed) = (found, more, people, acts, asked, null);
            open = found.FirstOrDefault(row => row.Place == at);
        }
        catch (RightMissingException e)
        {
            // What was shown goes too: the right may just have been taken away.
            (rows, open, mail, verdict, notAllowed) = (null, null, null, null, e.Message);
        }
    }

    private void Open(AuditRow row)
    {
        if (open?.Place != row.Place)
        {
            Navigation.NavigateTo(Urls.Audit(string.Join('&', new[] { query.Text, $"at={row.Place}" }.Where(part => part.Length > 0))), replace: open is not null);
        }
    }

    private void CloseDrawer()
    {
        (verdict, Refusal) = (null, null);
        Navigation.NavigateTo(Urls.Audit(query.Text), replace: true);
    }

    private static string Label(string name) => name switch { "actor" => "who", "verb" => "what", "find" => "text", _ => name };
}
