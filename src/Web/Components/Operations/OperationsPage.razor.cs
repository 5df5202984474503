using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Operations;

/// <summary>What operators did to the queue: how far it is, what it left, confirmed by a second operator, stopped, taken back.</summary>
public sealed partial class OperationsPage : ActPage
{
    private const int PageSize = 100;
    private const int ShownLeftovers = 100;

    private static readonly IReadOnlyList<TableColumn<OperationSnapshot>> Columns =
    [
        new("When", row => Cells.Age(row.StartedAt), "100px") { Css = "soft" },
        new("State", row => State(OperationWords.Look(row)), "138px"),
        new("What", row => Cells.Text(OperationWords.What(row))),
        new("By", row => Cells.Text(row.ConfirmedBy.Length > 0 ? $"{row.Actor}, {row.ConfirmedBy}" : row.Actor), "112px") { Css = "soft" },
        new("Done", row => Cells.Plain(Quantity.Text(row.Done)), "64px") { IsNumber = true },
        new("Left", row => Cells.Plain(row.Refused == 0 ? "·" : Quantity.Text(row.Refused)), "60px") { IsNumber = true, Css = "soft counts" },
        new("Taken back", row => Cells.Plain(row.Restored == 0 ? "·" : Quantity.Text(row.Restored)), "92px") { IsNumber = true, Css = "soft counts" },
        new("Reason", row => Cells.Text(row.Reason.Length > 0 ? row.Reason : "·"), "24%") { Css = "soft reason" },
    ];

    private IReadOnlyList<OperationSnapshot>? rows;
    private IReadOnlyList<ActionResult> left = [];
    private OperationSnapshot? open;
    private string view = "";
    private string who = "";
    private long? before;
    private int awaiting;
    private int limit = QueueOperations.StandardConfirmOver;
    private bool hasMore;

    [Inject]
    private QueueOperations Store { get; set; } = null!;

    [Inject]
    private OperationUndo Undo { get; set; } = null!;

    [Inject]
    private OperationRunner Operations { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    private IReadOnlyList<ViewTab> Tabs =>
    [
        new("All", Href(""), view.Length == 0, null),
        new("Waits for a second operator", Href("awaiting"), view == "awaiting", awaiting),
        new("Running", Href("running"), view == "running", null),
        new("Taken back", Href("undone"), view == "undone", null),
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var asked = query.TryGetValue("view", out var word) && word.ToString() is "awaiting" or "running" or "undone" ? word.ToString() : "";
        var from = Number("before");
        OperationState[] states = asked switch
        {
            "awaiting" => [OperationState.Awaiting],
            "running" => [OperationState.Running, OperationState.Undoing],
            "undone" => [OperationState.Undone],
            _ => [],
        };
        var found = await Store.ListAsync(PageSize + 1, cancellationToken, from, states);
        var waiting = await Store.AwaitingAsync(cancellationToken);
        var name = (await Current.WhoAsync()).Name;
        var allowance = await Store.AllowanceAsync(name, cancellationToken);
        var opened = Number("open") is { } id ? await Store.FindAsync(id, cancellationToken) : null;
        var leftovers = opened is null ? [] : await Store.ResultsAsync(opened.Id, onlyLeft: true, ShownLeftovers, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Refusal = opened?.Id == open?.Id ? Refusal : null;
        (rows, hasMore, view, before, awaiting, who, limit, open, left) =
            ([.. found.Take(PageSize)], found.Count > PageSize, asked, from, waiting, name, allowance.Limit, opened, leftovers);

        long? Number(string key) =>
            query.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private void Open(OperationSnapshot row)
    {
        if (open?.Id != row.Id)
        {
            Navigation.NavigateTo(Href(view, before, row.Id), replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Href(view, before), replace: true);

    private Task<bool> ConfirmAsync(string reason) => TryAsync(async _ => await Operations.ConfirmAsync(open!.Id, reason) ?? "");

    private Task<bool> CancelAsync(string reason) => TryAsync(
        async who => await Store.CancelAsync(open!.Id, who, CancellationToken.None) ? "" : "It runs no more.", reason);

    private Task<bool> UndoAsync() => TryAsync(async who => await Undo.RunAsync(open!.Id, who, null, CancellationToken.None) ?? "");

    private static string Href(string view, long? before = null, long? open = null)
    {
        (string Name, string Value)[] words = [("view", view), ("before", Digits(before)), ("open", Digits(open))];
        var query = string.Join('&', words.Where(word => word.Value.Length > 0).Select(word => $"{word.Name}={word.Value}"));
        return query.Length == 0 ? Urls.Operations : $"{Urls.Operations}?{query}";
    }

    private static string RowName(OperationSnapshot row) => $"operation {row.Id}";

    private static RenderFragment State((string Icon, string Css, string Word) look) => Cells.State(look.Css, look.Icon, look.Word);

    private static string Digits(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
