using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Directory.Schedules;
using Postern.Web.Live;

namespace Postern.Web.Components.Dirsync;

/// <summary>The week in which cycles begin, in quarter hours: painted with the mouse or with keys.</summary>
public sealed partial class WeekEditor : IDisposable
{
    private const int Cell = 7;
    private const int Row = 26;
    private const int Width = Cell * WeekGrid.QuartersOfDay;
    private const int Height = Row * 7;

    private static readonly DayOfWeek[] Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    private static readonly (string Text, string Grid)[] Usual =
    [
        ("Never", "never"), ("Every night", "Mon-Sun 02:00"), ("Hourly", WeekGrid.Every(4).ToString()), ("Every quarter", "always"), ("Office hours", "Mon-Fri 08:00, 10:00, 12:00, 14:00, 16:00, 18:00"),
    ];

    private readonly List<IDisposable> keys = [];
    private readonly Keyboard keyboard;
    private WeekGrid grid = WeekGrid.Never;
    private (int Day, int Quarter) cursor = (0, 8);
    private (int Day, int Quarter)? anchor;
    private bool isDragging;
    private bool isSetting;
    private bool hasFocus;

    /// <summary>Takes the keys of the window it is drawn in while it has the focus.</summary>
    public WeekEditor(Keyboard keyboard) => this.keyboard = keyboard;

    /// <summary>As <see cref="WeekGrid"/> writes it; empty for never.</summary>
    [Parameter]
    public string Value { get; set; } = "";

    [Parameter]
    public EventCallback<string> ValueChanged { get; set; }

    [Parameter]
    public bool IsReadOnly { get; set; }

    private (int Top, int Bottom, int From, int To)? Marked => anchor is { } from
        ? (Math.Min(from.Day, cursor.Day), Math.Max(from.Day, cursor.Day), Math.Min(from.Quarter, cursor.Quarter), Math.Max(from.Quarter, cursor.Quarter))
        : null;

    private IEnumerable<(int Day, int From, int To)> Spans
    {
        get
        {
            for (var day = 0; day < Days.Length; day++)
            {
                for (var quarter = 0; quarter < WeekGrid.QuartersOfDay; quarter++)
                {
                    var from = quarter;
                    while (quarter < WeekGrid.QuartersOfDay && grid[Days[day], quarter])
                    {
                        quarter++;
                    }

                    if (quarter > from)
                    {
                        yield return (day, from, quarter);
                    }
                }
            }
        }
    }

    private string Place => $"{Days[cursor.Day].ToString()[..3]} {Time(cursor.Quarter)}, {(grid[Days[cursor.Day], cursor.Quarter] ? "a cycle begins" : "none begins")}";

    /// <inheritdoc/>
    protected override void OnParametersSet() => grid = WeekGrid.TryParse(Value, out var parsed, out _) ? parsed : WeekGrid.Never;

    /// <summary>Gives the keys back.</summary>
    public void Dispose() => Leave();

    private static int X(int quarter) => quarter * Cell;

    private static string Time(int quarter) => string.Create(CultureInfo.InvariantCulture, $"{quarter / 4:00}:{quarter % 4 * 15:00}");

    private void Enter()
    {
        hasFocus = true;
        if (keys.Count > 0)
        {
            return;
        }

        foreach (var (key, day, quarter) in (ReadOnlySpan<(string, int, int)>)[("ArrowLeft", 0, -1), ("ArrowRight", 0, 1), ("ArrowUp", -1, 0), ("ArrowDown", 1, 0), ("Home", 0, -WeekGrid.QuartersOfDay), ("End", 0, WeekGrid.QuartersOfDay)])
        {
            keys.Add(keyboard.Take(key, () => InvokeAsync(() => Move(day, quarter, isMarking: false))));
            keys.Add(keyboard.Take($"Shift+{key}", () => InvokeAsync(() => Move(day, quarter, isMarking: true))));
        }

        keys.Add(keyboard.Take(" ", () => InvokeAsync(PaintAsync)));
    }

    private void Leave()
    {
        hasFocus = false;
        keys.ForEach(key => key.Dispose());
        keys.Clear();
    }

    private void Move(int days, int quarters, bool isMarking)
    {
        anchor = isMarking ? anchor ?? cursor : null;
        isSetting = anchor is { } from && !grid[Days[from.Day], from.Quarter];
        cursor = (Math.Clamp(cursor.Day + days, 0, Days.Length - 1), Math.Clamp(cursor.Quarter + quarters, 0, WeekGrid.QuartersOfDay - 1));
        StateHasChanged();
    }

    // The first quarter says whether quarters are set or taken out.
    private void Press(PointerEventArgs e)
    {
        if (!IsReadOnly && e.Button == 0)
        {
            cursor = At(e);
            (anchor, isDragging, isSetting) = (cursor, true, !grid[Days[cursor.Day], cursor.Quarter]);
        }
    }

    private void Drag(PointerEventArgs e)
    {
        if (isDragging)
        {
            cursor = At(e);
        }
    }

    private Task ReleaseAsync()
    {
        var was = isDragging;
        isDragging = false;
        return was ? PaintAsync() : Task.CompletedTask;
    }

    private static (int Day, int Quarter) At(PointerEventArgs e) =>
        (Math.Clamp((int)(e.OffsetY / Row), 0, Days.Length - 1), Math.Clamp((int)(e.OffsetX / Cell), 0, WeekGrid.QuartersOfDay - 1));

    private Task PaintAsync()
    {
        if (IsReadOnly)
        {
            return Task.CompletedTask;
        }

        var box = Marked ?? (cursor.Day, cursor.Day, cursor.Quarter, cursor.Quarter);
        var isSet = anchor is null ? !grid[Days[cursor.Day], cursor.Quarter] : isSetting;
        var painted = grid;
        for (var day = box.Top; day <= box.Bottom; day++)
        {
            for (var quarter = box.From; quarter <= box.To; quarter++)
            {
                painted = painted.With(Days[day], quarter, isSet);
            }
        }

        anchor = null;
        return SetAsync(painted.ToString());
    }

    private Task SetAsync(string text)
    {
        grid = WeekGrid.TryParse(text, out var parsed, out _) ? parsed : grid;
        return ValueChanged.InvokeAsync(grid.IsEmpty ? "" : grid.ToString());
    }
}
