using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class FilterBarTests
{
    [Fact]
    public async Task A_filter_in_force_can_be_dropped_by_its_link()
    {
        using var part = await RenderAsync();

        part.Text.ShouldStartWith("connectorccmail-sales");
        part.Body.QuerySelector("a[aria-label='Drop the filter connector ccmail-sales']")!.GetAttribute("href").ShouldBe("/queue");
    }

    [Fact]
    public async Task The_button_and_the_key_f_open_the_choices()
    {
        using var part = await RenderAsync();

        var popup = part.Body.QuerySelector("[popover]")!;
        part.Body.QuerySelector("[data-press=f]")!.GetAttribute("popovertarget").ShouldBe(popup.Id);
        popup.QuerySelector("a[autofocus]")!.GetAttribute("href").ShouldBe("/queue?state=held");
        popup.QuerySelector("a b")!.TextContent.ShouldBe("437");
    }

    [Fact]
    public async Task Words_go_to_the_rest_of_the_address_under_the_key_of_their_field()
    {
        using var part = await RenderAsync();

        part.Body.QuerySelector("[popover] form")!.GetAttribute("data-go").ShouldBe("/queue?connector=ccmail-sales");
        part.Body.QuerySelector("[popover] input[name=domain]")!.GetAttribute("value").ShouldBe("aurora");
        part.Body.QuerySelector("form.find")!.GetAttribute("data-go").ShouldBe("/queue?domain=aurora");
        part.Body.QuerySelector("form.find input[name=find]")!.GetAttribute("aria-label").ShouldBe("in these 437");
    }

    private static Task<PartRenderer> RenderAsync() => PartRenderer.RenderAsync<FilterBar>(new Dictionary<string, object?>
    {
        ["Active"] = new ActiveFilter[] { new("connector", "ccmail-sales", "/queue") },
        ["Choices"] = new FilterChoice[] { new("state", [new("held", 437, "/queue?state=held")]) },
        ["Fields"] = new FilterField[] { new("domain", "domain", "aurora", "/queue?connector=ccmail-sales") },
        ["Find"] = new FilterField("find", "in these 437", "", "/queue?domain=aurora"),
    });
}
