using Microsoft.AspNetCore.Components;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class PageHeaderTests
{
    private bool? paused;

    [Fact]
    public async Task Paused_it_counts_what_is_new()
    {
        using var part = await RenderAsync(isPaused: true, news: 41);

        var button = part.Body.QuerySelector("button.live")!;
        button.TextContent.ShouldBe("Paused, 41 new");
        button.GetAttribute("aria-pressed").ShouldBe("true");
    }

    [Fact]
    public async Task The_key_p_pauses()
    {
        using var part = await RenderAsync(isPaused: false, news: 0);

        await part.PressAsync("p");

        paused.ShouldBe(true);
    }

    private Task<PartRenderer> RenderAsync(bool isPaused, long news) => PartRenderer.RenderAsync<PageHeader>(new Dictionary<string, object?>
    {
        ["Title"] = "Queue",
        ["Paused"] = isPaused,
        ["NewCount"] = news,
        ["PausedChanged"] = EventCallback.Factory.Create<bool>(this, p => paused = p),
    });
}
