using Microsoft.AspNetCore.Components;
using Postern.Web.Live;

namespace Postern.Web.Components.Shared;

/// <summary>A table of rows the server has filtered, sorted and paged: cursor row, selection by id, keys, and "next 100" instead of page numbers.</summary>
public partial class DataTable<TRow> : IDisposable
{
    private readonly List<IDisposable> keys = [];
    private readonly Keyboard keyboard;
    private int cursor = -1;
    private long? cursorId;
    private bool showCursor;

    /// <summary>Takes the keys of the window it is drawn in.</summary>
    public DataTable(Keyboard keyboard) => this.keyboard = keyboard;

    [Parameter, EditorRequired]
    public required string Caption { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<TRow> Rows { get; set; }

    [Parameter, EditorRequired]
    public required Func<TRow, long> Key { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<TableColumn<TRow>> Columns { get; set; }

    /// <summary>Words for a row where a voice reads its check box.</summary>
    [Parameter]
    public Func<TRow, string>? RowName { get; set; }

    [Parameter]
    public Func<TRow, string?>? RowCss { get; set; }

    [Parameter]
    public string? Css { get; set; }

    /// <summary>How many rows match in all, for the table's description.</summary>
    [Parameter]
    public long? Total { get; set; }

    /// <summary>Marks are kept here; none means that rows cannot be marked.</summary>
    [Parameter]
    public RowSelection? Selection { get; set; }

    [Parameter]
    public EventCallback SelectionChanged { get; set; }

    /// <summary>Id of the row that the drawer shows.</summary>
    [Parameter]
    public long? Open { get; set; }

    /// <summary>The cursor has come to a row: by a key, a click or Tab.</summary>
    [Parameter]
    public EventCallback<TRow> OnStand { get; set; }

    /// <summary>What rows stand together under one head.</summary>
    [Parameter]
    public Func<TRow, string>? GroupOf { get; set; }

    /// <summary>The head of a group, given its first row.</summary>
    [Parameter]
    public RenderFragment<TRow>? GroupHead { get; set; }

    /// <summary>A row was opened by Enter or by a click.</summary>
    [Parameter]
    public EventCallback<TRow> OnOpen { get; set; }

    [Parameter]
    public string? Sort { get; set; }

    [Parameter]
    public bool Descending { get; set; }

    /// <summary>Address of the view sorted by a column, descending or not.</summary>
    [Parameter]
    public Func<string, bool, string>? SortHref { get; set; }

    /// <summary>The following page; null on the last one.</summary>
    [Parameter]
    public string? NextHref { get; set; }

    /// <summary>The first page; null when this is it.</summary>
    [Parameter]
    public string? FirstHref { get; set; }

    [Parameter]
    public int PageSize { get; set; } = 100;

    private bool AllMarked => Selection is not null && Rows.Count > 0 && Rows.All(r => Selection.Contains(Key(r)));

    // One row takes the focus from Tab: that of the cursor. Arrows lead to the others.
    private string? TabIndexOf(int index) => OnOpen.HasDelegate && index == Math.Max(cursor, 0) ? "0" : null;

    private bool SomeMarked => Selection is not null && !AllMarked && Rows.Any(r => Selection.Contains(Key(r)));

    protected override void OnInitialized()
    {
        foreach (var (key, act) in (ReadOnlySpan<(string, Func<Task>)>)
            [
                ("j", () => MoveAsync(1)), ("ArrowDown", () => MoveAsync(1)), ("k", () => MoveAsync(-1)), ("ArrowUp", () => MoveAsync(-1)),
                ("Home", () => MoveAsync(-Rows.Count)), ("End", () => MoveAsync(Rows.Count)), ("Enter", OpenAsync),
            ])
        {
            keys.Add(keyboard.Take(key, () => InvokeAsync(act)));
        }

        if (Selection is not null)
        {
            keys.Add(keyboard.Take(" ", () => InvokeAsync(ToggleAsync)));
            keys.Add(keyboard.Take("Shift+ArrowDown", () => InvokeAsync(() => ExtendAsync(1))));
            keys.Add(keyboard.Take("Shift+ArrowUp", () => InvokeAsync(() => ExtendAsync(-1))));
            keys.Add(keyboard.Take("Control+a", () => InvokeAsync(() => MarkAllAsync(true))));
        }
    }

    // The cursor follows its row when the rows around it change, and stays in place when the row is gone.
    protected override void OnParametersSet()
    {
        cursorId ??= Open;
        if (cursorId is { } id)
        {
            var found = Rows.Select((row, i) => (row, i)).FirstOrDefault(r => Key(r.row) == id, (default!, -1)).Item2;
            cursor = found >= 0 ? found : Math.Min(cursor, Rows.Count - 1);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (showCursor && cursorId is { } id)
        {
            showCursor = false;
            await keyboard.FollowAsync($"#row-{id}");
        }
    }

    private Task MoveAsync(int by)
    {
        if (Rows.Count > 0)
        {
            cursor = Math.Clamp(cursor < 0 && by > 0 ? by - 1 : cursor + by, 0, Rows.Count - 1);
            cursorId = Key(Rows[cursor]);
            showCursor = true;
            StateHasChanged();
        }

        return cursor < 0 ? Task.CompletedTask : Open is not null ? OnOpen.InvokeAsync(Rows[cursor]) : OnStand.InvokeAsync(Rows[cursor]);
    }

    private Task OpenAsync() => cursor >= 0 && cursor < Rows.Count ? OnOpen.InvokeAsync(Rows[cursor]) : Task.CompletedTask;

    private async Task PointAsync(int index)
    {
        await StandAsync(index);
        await OpenAsync();
    }

    private Task StandAsync(int index)
    {
        cursor = index;
        cursorId = Key(Rows[index]);
        return OnStand.InvokeAsync(Rows[index]);
    }

    private async Task ExtendAsync(int by)
    {
        if (cursor >= 0)
        {
            Selection!.Set(Key(Rows[cursor]), true);
        }

        if (Rows.Count > 0)
        {
            showCursor = true;
            await StandAsync(Math.Clamp(cursor + by, 0, Rows.Count - 1));
            await MarkAsync(Key(Rows[cursor]), true);
        }
    }

    private Task ToggleAsync() =>
        cursor >= 0 && cursor < Rows.Count ? MarkAsync(Key(Rows[cursor]), !Selection!.Contains(Key(Rows[cursor]))) : Task.CompletedTask;

    private async Task MarkAsync(long id, bool on)
    {
        Selection!.Set(id, on);
        StateHasChanged();
        await SelectionChanged.InvokeAsync();
    }

    private async Task MarkAllAsync(bool on)
    {
        foreach (var row in Rows)
        {
            Selection!.Set(Key(row), on);
        }

        StateHasChanged();
        await SelectionChanged.InvokeAsync();
    }

    /// <summary>Gives the keys back.</summary>
    public void Dispose()
    {
        keys.ForEach(k => k.Dispose());
        GC.SuppressFinalize(this);
    }
}
