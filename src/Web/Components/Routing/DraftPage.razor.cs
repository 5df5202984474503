using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>A draft of routing: map and tables edit the same content, which is proved as it is typed; what was typed outlives live updates.</summary>
public sealed partial class DraftPage : RouteActPage
{
    private RouteState? state;
    private RouteDraft? read;
    private RouteDraft? theirs;
    private RouteSet? content;
    private RouteSet? formBasis;
    private DraftCheck? check;
    private RouteScene? scene;
    private RouteForm? form;
    private IReadOnlyList<RouteDraft> others = [];
    private IReadOnlyList<RouteChange> changes = [];
    private RowPage<ItemLine> items = new([]);
    private RowPage<KnowledgeLine> lines = new([]);
    private RouteRoads roads = RouteRoads.Unknown;
    private bool showsOpen;
    private bool isChecking;
    private bool isStale;
    private string view = "";
    private string formOf = "";

    /// <summary>Number of the draft.</summary>
    [Parameter]
    public long Id { get; set; }

    [Inject]
    private RouteModels Models { get; set; } = null!;

    [Inject]
    private RouteDrafts Drafts { get; set; } = null!;

    [Inject]
    private RouteScenes Scenes { get; set; } = null!;

    // The address changes before the parameter does.
    private long Number => long.TryParse(Here.AbsolutePath[(Here.AbsolutePath.LastIndexOf('/') + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : Id;

    private bool IsTyped => read is not null && read.Id == Number && content is not null && content.Since(read.Content).Count > 0;

    private string? CountText => read is not { } draft ? null
        : $"{Quantity.Of(changes.Count, "change", "changes")}{(IsTyped ? ", not all saved" : $", saved by {VisibleText.Of(draft.ChangedBy, 40)}")}";

    private string? WhyNotEdit => WhyNot(Right.EditRouting);

    private string? WhyNotSave => WhyNotEdit ?? (check is null ? "It is being checked." : DraftVerdict.WhyNotSave(check)) ?? (theirs is not null ? "Somebody has saved a newer one." : IsTyped ? null : "Nothing has been changed.");

    private RouteItemKind Kind => view switch { "sites" => RouteItemKind.Site, "spaces" => RouteItemKind.AddressSpace, _ => RouteItemKind.PostOffice };

    private string AddWords => Kind switch { RouteItemKind.Site => "Add a site", RouteItemKind.AddressSpace => "Add an address space", _ => "Add a post office" };

    private long? OpenId => form is { } open ? items.Rows.FirstOrDefault(line => line.Item.Kind == open.Kind && line.Item.Key == open.Key)?.Id : null;

    private IReadOnlyList<ViewTab> Tabs =>
    [
        new("Post offices", Urls.Draft(Number), view.Length == 0, content!.PostOffices.Count),
        new("Sites", Urls.Draft(Number, "sites"), view == "sites", content.Sites.Count),
        new("Address spaces", Urls.Draft(Number, "spaces"), view == "spaces", content.Spaces.Count),
        new("What each would have to know", Urls.Draft(Number, "knows"), view == "knows", scene!.Lines.Count),
    ];

    /// <inheritdoc/>
    protected override bool IsBehind => roads.IsBehind;

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now.StartsWith(Urls.DraftsPath + "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var before = content;
        var draft = await Drafts.FindAsync(Number, cancellationToken);
        var drafts = await Drafts.ListAsync(cancellationToken);
        var current = await Models.CurrentAsync(cancellationToken);
        var who = await Current.WhoAsync();
        var wanted = draft is null ? null : IsTyped ? content! : draft.Content;
        var checkedNow = draft is null ? null : await Drafts.CheckAsync(IsTyped ? read! : draft, wanted!, cancellationToken);
        var drawn = checkedNow is null ? null : await SceneAsync(current, checkedNow, cancellationToken);
        var passes = await Scenes.RoadsAsync((drawn?.Model ?? current.Model).Table, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (Person, roads) = (who, passes);
        others = [.. drafts.Where(other => other.Id != draft?.Id)];
        if (!ReferenceEquals(before, content))
        {
            // Something was typed meanwhile and has a check of its own.
            Show();
            return;
        }

        (state, check, scene) = (current, checkedNow, drawn);
        if (IsTyped && draft is not null)
        {
            theirs = draft.RowVersion != read!.RowVersion ? draft : null;
        }
        else
        {
            (read, content, theirs) = (draft, draft?.Content, null);
        }

        Show();
    }

    // The address says which table is shown and what of it is open.
    private void Show()
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wanted = Word("view");
        view = wanted is "sites" or "spaces" or "knows" ? wanted : "";
        if (content is not { } set || read is not { } draft)
        {
            return;
        }

        changes = set.Since(draft.Base);
        items = RowPages.Of<ItemLine>(view == "knows" ? [] : ItemLine.Of(set, Kind, changes), Here, Urls.Draft(Number, view));
        lines = RowPages.Of<KnowledgeLine>(scene?.Lines ?? [], Here, Urls.Draft(Number, view));
        var asked = $"{view}|{Word("open")}";
        if (asked != formOf)
        {
            formOf = asked;
            form = Word("open") switch { "" => null, "new" => NewForm(), var key => RouteForm.Of(set, Kind, key) };
            formBasis = set;
        }

        string Word(string name) => query.TryGetValue(name, out var word) ? word.ToString() : "";
    }

    private RouteForm NewForm() => new(Kind, "")
    {
        System = Kind == RouteItemKind.AddressSpace ? "SMTP" : content!.PostOffices is [var first, ..] ? first.System : "MS",
    };

    private static Task<RouteScene> SceneAsync(RouteState current, DraftCheck found, CancellationToken cancellationToken) => Task.Run(
        () => RouteScene.Of(
            current.Model.Over(found.Set.Over(current.Model.Table, current.Version)), [.. found.New, .. found.Open], current.Rows, [], "",
            found.Changes.Where(change => change.Kind != RouteItemKind.AddressSpace)
                .Select(change => change.Kind == RouteItemKind.Site ? MapSubject.KeyOfSite(change.Key) : change.Key).ToHashSet(StringComparer.Ordinal)),
        cancellationToken);

    private string HrefOf(MapNode node) => node.Kind switch
    {
        MapNodeKind.PostOffice => Urls.Draft(Number, "", node.Key),
        MapNodeKind.Site => Urls.Draft(Number, "sites", NameKey.Fold(node.FullName)),
        MapNodeKind.AddressSpace => Urls.Draft(Number, "spaces"),
        _ => Urls.Draft(Number),
    };

    private void Add()
    {
        if (WhyNotEdit is null)
        {
            Navigation.NavigateTo(Urls.Draft(Number, view == "knows" ? "" : view, "new"));
        }
    }

    private void OpenItem(ItemLine line) => Navigation.NavigateTo(Urls.Draft(Number, view, line.Item.Key), replace: form is not null);

    private void CloseForm() => Navigation.NavigateTo(Urls.Draft(Number, view), replace: true);

    // What is typed is checked at once; while a check runs, what is typed meanwhile is checked after it.
    private Task TypedAsync()
    {
        content = form!.ApplyTo(formBasis!);
        return CheckAsync();
    }

    private async Task CheckAsync()
    {
        Show();
        isStale = true;
        if (isChecking)
        {
            return;
        }

        isChecking = true;
        try
        {
            while (isStale && read is { } draft && content is { } set)
            {
                isStale = false;
                var current = await Models.CurrentAsync(CancellationToken.None);
                var found = await Drafts.CheckAsync(draft, set, CancellationToken.None);
                var drawn = await SceneAsync(current, found, CancellationToken.None);
                (state, check, scene) = (current, found, drawn);
                Show();
                StateHasChanged();
            }
        }
        finally
        {
            isChecking = false;
        }
    }

    private async Task TakeOutAsync()
    {
        content = formBasis!.Without(form!.Kind, form.Key);
        CloseForm();
        await CheckAsync();
    }

    private async Task UndoAsync(RouteChange change)
    {
        if (WhyNotEdit is null)
        {
            content = RouteEdits.Undone(content!, read!.Base, change);
            if (form is not null)
            {
                CloseForm();
            }

            await CheckAsync();
        }
    }
}
