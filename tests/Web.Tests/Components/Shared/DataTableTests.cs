using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class DataTableTests
{
    private readonly RowSelection selection = new();
    private readonly List<long> opened = [];

    [Fact]
    public async Task The_cursor_walks_the_rows_and_stops_at_both_ends()
    {
        using var part = await RenderAsync();

        await part.PressAsync("k");
        Cursor(part).ShouldBe("row-10");
        await part.PressAsync("j");
        await part.PressAsync("ArrowDown");
        await part.PressAsync("j");

        Cursor(part).ShouldBe("row-30");
    }

    [Fact]
    public async Task The_first_press_down_stands_on_the_first_row()
    {
        using var part = await RenderAsync();

        await part.PressAsync("j");

        Cursor(part).ShouldBe("row-10");
    }

    [Fact]
    public async Task Space_selects_by_id_and_enter_opens()
    {
        using var part = await RenderAsync();

        await part.PressAsync("j");
        await part.PressAsync("j");
        await part.PressAsync(" ");
        await part.PressAsync("Enter");

        selection.Ids.ShouldBe([20]);
        opened.ShouldBe([20]);
        part.Body.QuerySelector("#row-20")!.GetAttribute("aria-selected").ShouldBe("true");
    }

    [Fact]
    public async Task Shift_and_arrow_extends_the_selection()
    {
        using var part = await RenderAsync();

        await part.PressAsync("j");
        await part.PressAsync("Shift+ArrowDown");

        selection.Ids.ShouldBe([10, 20]);
    }

    [Fact]
    public async Task The_head_box_selects_what_is_shown_and_keeps_the_rest()
    {
        selection.Set(99, true);
        using var part = await RenderAsync();

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = true });

        selection.Ids.ShouldBe([10, 20, 30, 99]);
        selection.OutsideOf([10, 20, 30]).ShouldBe(1);
    }

    [Fact]
    public async Task A_click_on_a_row_opens_it()
    {
        using var part = await RenderAsync();

        await part.RaiseAsync("onclick", new MouseEventArgs(), RowClick(part, 1));

        opened.ShouldBe([20]);
        Cursor(part).ShouldBe("row-20");
    }

    [Fact]
    public async Task Tab_comes_to_the_row_of_the_cursor_alone_and_the_focus_moves_the_cursor()
    {
        using var part = await RenderAsync();
        part.Body.QuerySelectorAll("tr[tabindex]").Select(row => row.Id).ShouldBe(["row-10"]);

        await part.RaiseAsync("onfocus", new FocusEventArgs(), 2);
        await part.PressAsync("Enter");

        part.Body.QuerySelectorAll("tr[tabindex]").Select(row => row.Id).ShouldBe(["row-30"]);
        opened.ShouldBe([30]);
    }

    [Fact]
    public async Task A_head_sorts_and_turns_round_when_pressed_again()
    {
        using var part = await RenderAsync();

        var head = part.Body.QuerySelector("th[aria-sort]")!;
        head.GetAttribute("aria-sort").ShouldBe("descending");
        head.QuerySelector("a")!.GetAttribute("href").ShouldBe("/queue?sort=age&dir=up");
    }

    [Fact]
    public async Task Keys_are_given_back_when_the_table_goes()
    {
        var part = await RenderAsync();
        await part.LeaveAsync();

        await part.Keyboard.Pressed("Enter");

        opened.ShouldBeEmpty();
    }

    private static string? Cursor(PartRenderer part) => part.Body.QuerySelector("tr.cursor")?.Id;

    // Check boxes stop their clicks by handlers of their own, so the row is found by its place among all of them.
    private static int RowClick(PartRenderer part, int row)
    {
        _ = part;
        return row;
    }

    private Task<PartRenderer> RenderAsync() => PartRenderer.RenderAsync<DataTable<long>>(new Dictionary<string, object?>
    {
        ["Caption"] = "Deliveries",
        ["Rows"] = new long[] { 10, 20, 30 },
        ["Key"] = (Func<long, long>)(r => r),
        ["Columns"] = new TableColumn<long>[] { new("Age", r => b => b.AddContent(0, r)) { Sort = "age" } },
        ["Selection"] = selection,
        ["Sort"] = "age",
        ["Descending"] = true,
        ["SortHref"] = (Func<string, bool, string>)((sort, down) => $"/queue?sort={sort}&dir={(down ? "down" : "up")}"),
        ["OnOpen"] = EventCallback.Factory.Create<long>(this, opened.Add),
    });
}
