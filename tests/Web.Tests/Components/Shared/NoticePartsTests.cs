using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class NoticePartsTests
{
    private int pressed;

    [Fact]
    public async Task A_fault_shows_its_message_never_its_stack_and_says_what_was_kept()
    {
        using var part = await PartRenderer.RenderAsync<PageFault>(new Dictionary<string, object?>
        {
            [nameof(PageFault.Fault)] = Thrown("connection <b>refused</b>\u0007"),
            [nameof(PageFault.OnRetry)] = EventCallback.Factory.Create(this, () => pressed++),
        });

        part.Text.ShouldBe("The figures could not be readThe cause was: connection <b>refused</b>␇What is shown is what was read last. Mail goes on; the page tries again by itself.Read again");
        part.Body.QuerySelector("b").ShouldBeNull();
        part.Body.InnerHtml.ShouldNotContain(nameof(Thrown));
        await part.RaiseAsync("onclick", new MouseEventArgs());
        pressed.ShouldBe(1);
    }

    [Fact]
    public async Task A_notice_leads_to_its_event()
    {
        using var part = await PartRenderer.RenderAsync<ErrorNotice>(new Dictionary<string, object?> { [nameof(ErrorNotice.Title)] = "Nothing was done", [nameof(ErrorNotice.EventId)] = 4711L });

        part.Body.QuerySelector("[role=alert] a")!.GetAttribute("href").ShouldBe(Urls.Events(4711));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task What_is_empty_says_what_is_true_and_whether_that_is_good(bool isGood, int good)
    {
        using var part = await PartRenderer.RenderAsync<EmptyState>(new Dictionary<string, object?>
        {
            [nameof(EmptyState.Title)] = "Nothing waits",
            [nameof(EmptyState.Good)] = isGood,
            [nameof(EmptyState.Text)] = (RenderFragment)(builder => builder.AddContent(0, "New deliveries appear here by themselves.")),
        });

        part.Text.ShouldBe("Nothing waits New deliveries appear here by themselves.");
        part.Body.QuerySelectorAll(".good").Length.ShouldBe(good);
    }

    [Fact]
    public async Task A_drawer_is_named_by_its_title_which_can_have_the_focus_and_closes_with_escape()
    {
        var part = await PartRenderer.RenderAsync<Drawer>(new Dictionary<string, object?>
        {
            [nameof(Drawer.Title)] = "ccmail-sales",
            [nameof(Drawer.FocusKey)] = "1",
            [nameof(Drawer.OnClose)] = EventCallback.Factory.Create(this, () => pressed++),
        });

        part.Body.QuerySelector("aside")!.GetAttribute("aria-labelledby").ShouldBe(part.Body.QuerySelector("h2")!.Id);
        part.Body.QuerySelector("h2")!.GetAttribute("tabindex").ShouldBe("-1", "the title can have the focus");
        await part.PressAsync("Escape");
        pressed.ShouldBe(1);
        await part.LeaveAsync();
        await part.Keyboard.Pressed("Escape");
        pressed.ShouldBe(1, "what is no longer there takes no key");
    }

    [Fact]
    public async Task One_without_a_way_to_close_it_has_no_button_for_that()
    {
        using var part = await PartRenderer.RenderAsync<Drawer>(new Dictionary<string, object?> { [nameof(Drawer.Title)] = "Fix and replay" });

        part.Body.QuerySelector("button").ShouldBeNull();
        part.Body.QuerySelector(".foot").ShouldBeNull();
    }

    private static InvalidOperationException Thrown(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
