using Microsoft.AspNetCore.Components;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Queue;

/// <summary>Deliveries, waiting or past: filtered, sorted and paged by the address; explained and acted on where they stand.</summary>
public sealed partial class QueuePage : LivePage
{
    private const int MostCausesOffered = 8;

    private readonly RowSelection selection = new();
    private readonly List<IDisposable> keys = [];
    private QueueQuery query = QueueQuery.Empty;
    private QueueSeen? shown;
    private long newCount;
    private long newest;
    private string copyText = "Copy link";
    private IReadOnlyList<(string Key, string Reason, long Count)> causes = [];

    [Inject]
    private QueueReader Reader { get; set; } = null!;

    [Inject]
    private PendingAct Pending { get; set; } = null!;

    [Inject]
    private Keyboard Keyboard { get; set; } = null!;

    [Inject]
    private CurrentOperator Current { get; set; } = null!;

    [Inject]
    private PageRights Rights { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool IsBehind => shown is { IsBehind: true };

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        foreach (var (key, verb) in (ReadOnlySpan<(string, DeliveryVerb)>)
            [("t", DeliveryVerb.Retry), ("h", DeliveryVerb.Hold), ("l", DeliveryVerb.Release), ("Delete", DeliveryVerb.Remove)])
        {
            keys.Add(Keyboard.Take(key, () => InvokeAsync(() => ActAsync(verb))));
        }
    }

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var asked = QueueQuery.Parse(Here.Query);
        var isOnlyDrawer = shown is not null && asked.With(("open", null)) == query.With(("open", null)) && asked.Open != query.Open;
        var seen = isOnlyDrawer
            ? shown! with { Open = await Reader.OpenAsync(asked.Open, cancellationToken) }
            : await Reader.ReadAsync(asked, (await Current.WhoAsync()).Name, IsAnew, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (asked.Open is null || asked.Open != query.Open)
        {
            Pending.Drop();
        }

        query = asked;
        shown = seen;
        if (!isOnlyDrawer)
        {
            newCount = 0;
            newest = seen.Newest;
        }
    }

    /// <summary>What the operator works on stays where it is: rows change in place, and what is new is only counted.</summary>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (shown is null || (selection.Count == 0 && query.Open is null && Pending.Effect is null))
        {
            await ReadAsync(cancellationToken);
            return;
        }

        var seen = await Reader.RefreshAsync(query, shown, cancellationToken);
        var more = await Reader.NewSinceAsync(query, newest, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        shown = seen;
        newCount = more;
    }

    /// <inheritdoc/>
    protected override async Task CollectAsync(CancellationToken cancellationToken) =>
        newCount = await Reader.NewSinceAsync(query, newest, cancellationToken);

    /// <inheritdoc/>
    protected override void Leave() => keys.ForEach(key => key.Dispose());

    // Read only for who looks: it goes through all that waits.
    private async Task OfferCausesAsync()
    {
        try
        {
            causes = await Reader.CausesAsync(MostCausesOffered, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            causes = []; // The page itself says that the database does not answer.
        }
    }

    private void OpenRow(DeliverySnapshot row)
    {
        if (query.Open != row.Id)
        {
            Navigation.NavigateTo(query.With(("open", $"{row.Id}")), replace: query.Open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(query.With(("open", null)), replace: true);

    private void ClearSelection() => selection.Clear();

    // Everything that matches is a filter, not a list of numbers: a million fits, and the act is about what matches when it starts.
    private void SelectAll() => selection.SetAll(shown!.Count.Deliveries);

    private async Task CopyLinkAsync() => copyText = await Keyboard.CopyAsync(Navigation.Uri) ? "Link copied" : "Copy it from the address bar";

    private async Task ActAsync(DeliveryVerb verb)
    {
        if (Pending.Effect is not null || !Rights.Ask(Right.ActOnQueue))
        {
            return;
        }

        if (selection.IsAll)
        {
            await Pending.BeginAsync(verb, query.Filter);
        }
        else if (selection.Count > 0 || query.Open is not null)
        {
            await Pending.BeginAsync(verb, selection.Count > 0 ? selection.Ids : [query.Open!.Value]);
        }

        StateHasChanged();
    }

    private async Task CommitAsync(string reason)
    {
        if (await Pending.CommitAsync(reason))
        {
            selection.Clear();
            await RefreshNowAsync();
        }
    }

    private void DropAct()
    {
        Pending.Drop();
        StateHasChanged();
    }
}
