using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>What to enter at each post office, as paper: shown, given out with a number, confirmed as entered.</summary>
public sealed partial class SheetsPage : RouteActPage
{
    private static readonly IReadOnlyList<TableColumn<OfficeLine>> Columns =
    [
        new("Post office", line => Cells.Text(line.Office.Name)),
        new("To enter", line => Cells.Plain(line.Needed == line.Confirmed ? "·" : Quantity.Text(line.Needed - line.Confirmed)), "84px") { IsNumber = true },
    ];

    private IReadOnlyList<OfficeLine>? offices;
    private ChangeSheetView? paper;
    private string of = "";

    [Inject]
    private RouteScenes Scenes { get; set; } = null!;

    [Inject]
    private ChangeSheets Sheets { get; set; } = null!;

    private string? CountText => offices is not { } lines ? null
        : lines.Count(line => line.Needed > line.Confirmed) is > 0 and var open ? $"{Quantity.Of(open, "post office has", "post offices have")} something to enter" : "nothing is to be entered anywhere";

    /// <summary>What is on the paper was given out exactly so.</summary>
    private bool IsIssued => paper is { Last: not null, Since: { New.Count: 0, Changed.Count: 0, Gone.Count: 0 } };

    /// <summary>Something of the sheet given out last is still to be entered.</summary>
    private bool IsOutstanding => paper is { Last: { } last } view && last.Sheet.Lines.Any(line => view.Sheet.Lines.Any(open => open.Definition.Key == line.Definition.Key && open.Act == line.Act));

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wanted = query.TryGetValue("of", out var key) ? key.ToString() : "";
        var seen = await Scenes.ReadAsync("", cancellationToken);
        var sheet = wanted.Length > 0 ? await Sheets.OfAsync(wanted, cancellationToken) : null;
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (of != wanted)
        {
            (Done, DoneAct, Refusal) = (null, null, null);
        }

        (offices, paper, of, Person) = ([.. seen.Scene.Offices.OrderBy(line => line.Needed > line.Confirmed ? 0 : 1)], sheet, wanted, who);
    }

    private static string LastWords(IssuedSheet last, ChangeSheetView view) =>
        $"Sheet {last.Number} was issued {Quantity.Exact(last.At)} by {VisibleText.Of(last.By, 60)}. " + (view.Since switch
        {
            null or { New.Count: 0, Changed.Count: 0, Gone.Count: 0 } => "Nothing has changed since.",
            var since => $"Since then: {Quantity.Of(since.New.Count, "new line", "new lines")}, {Quantity.Text(since.Changed.Count)} changed, {Quantity.Text(since.Gone.Count)} done or no longer wanted.",
        });

    private Task IssueAsync() => paper is not { } shown ? Task.CompletedTask
        : KnowAsync($"Sheet {shown.NextNumber} of {VisibleText.Of(shown.PostOffice.Name, 60)} is issued. Print it; what it asks for counts as there once it is confirmed.", who => Sheets.IssueAsync(shown, who, CancellationToken.None));

    private Task ConfirmAsync() => paper is not { Last: { } sheet } shown ? Task.CompletedTask
        : KnowAsync($"Sheet {sheet.Number} is confirmed: {VisibleText.Of(shown.PostOffice.Name, 60)} has what it asked for.", who => Knowledge.ConfirmSheetAsync(sheet, who, CancellationToken.None));
}
