using Microsoft.AspNetCore.Components;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class FilterBarTests
{
    private readonly List<string> searches = [];

    [Fact]
    public async Task A_filter_in_force_can_be_dropped_by_its_link()
    {
        using var part = await RenderAsync();

        part.Text.ShouldStartWith("connectorccmail-sales");
        part.Body.QuerySelector("a[aria-label='Drop the filter connector ccmail-sales']")!.GetAttribute("href").ShouldBe("/queue");
    }

    [Fact]
    public async Task The_key_f_opens_the_choices_and_escape_closes_them()
    {
        using var part = await RenderAsync();
        part.Body.QuerySelector(".pop").ShouldBeNull();

        await part.PressAsync("f");
        part.Body.QuerySelector(".pop a")!.GetAttribute("href").ShouldBe("/queue?state=held");
        part.Body.QuerySelector(".pop a b")!.TextContent.ShouldBe("437");

        await part.PressAsync("Escape");
        part.Body.QuerySelector(".pop").ShouldBeNull();
    }

    [Fact]
    public async Task A_search_is_sent_trimmed()
    {
        using var part = await RenderAsync();

        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = " crane " });
        await part.RaiseAsync("onsubmit", EventArgs.Empty);

        searches.ShouldBe(["crane"]);
    }

    private Task<PartRenderer> RenderAsync() => PartRenderer.RenderAsync<FilterBar>(new Dictionary<string, object?>
    {
        ["Active"] = new ActiveFilter[] { new("connector", "ccmail-sales", "/queue") },
        ["Choices"] = new FilterChoice[] { new("state", [new("held", 437, "/queue?state=held")]) },
        ["OnFind"] = EventCallback.Factory.Create<string>(this, searches.Add),
    });
}
