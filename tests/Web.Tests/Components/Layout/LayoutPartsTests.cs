using Postern.Web.Components.Layout;
using Postern.Web.Components.Security;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Layout;

public sealed class LayoutPartsTests
{
    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/", "/queue", false)]
    [InlineData("/queue", "/queue?state=held", true)]
    [InlineData("/routes", "/routes/drafts/7", true)]
    [InlineData("/routes", "/routes-of-others", false)]
    public async Task An_item_knows_whether_one_is_there_also_after_going_elsewhere(string href, string place, bool isHere)
    {
        using var part = await PartRenderer.RenderAsync<NavItem>(new Dictionary<string, object?> { ["Href"] = href, ["Icon"] = "queue", ["Text"] = "It", ["Count"] = 2393L });

        part.Navigation.NavigateTo(place);

        part.Text.ShouldBe("It2,393");
        part.Body.QuerySelector("a")!.GetAttribute("aria-current").ShouldBe(isHere ? "page" : null);
    }

    [Theory]
    [InlineData("g q", "/queue")]
    [InlineData("g o", "/")]
    [InlineData("g d", "/plans")]
    public async Task Two_letters_lead_to_a_page(string keys, string path)
    {
        using var part = await PartRenderer.RenderAsync<KeyList>();
        part.Navigation.NavigateTo("/events");

        foreach (var key in keys.Split(' '))
        {
            await part.PressAsync(key);
        }

        new Uri(part.Navigation.Uri).AbsolutePath.ShouldBe(path);
        part.Body.QuerySelectorAll("dt").Length.ShouldBe(part.Body.QuerySelectorAll("dd").Length);
    }

    [Fact]
    public async Task The_trace_box_is_a_search_that_has_a_name_and_a_key()
    {
        using var part = await PartRenderer.RenderAsync<TraceBox>();

        part.Body.QuerySelector("form[role=search] input[data-press='/']")!.GetAttribute("aria-label").ShouldNotBeNullOrEmpty();
        part.Body.QuerySelector("form")!.GetAttribute("data-go").ShouldBe(Urls.MessagePath);
    }

    [Fact]
    public async Task A_fault_of_a_form_is_text_that_is_read_out()
    {
        using var part = await PartRenderer.RenderAsync<FormFault>(new Dictionary<string, object?> { [nameof(FormFault.Text)] = "<b>Name</b> or password is wrong." });

        part.Body.QuerySelector("[role=alert]")!.TextContent.Trim().ShouldBe("<b>Name</b> or password is wrong.");
    }

    [Fact]
    public async Task A_code_for_a_camera_has_a_name_and_a_quiet_margin_and_what_does_not_fit_is_not_drawn()
    {
        using var part = await CodeAsync("otpauth://totp/Postern:kim?secret=ABC");
        using var tooLong = await CodeAsync(new string('x', 5000));

        var image = part.Body.QuerySelector("svg").ShouldNotBeNull();
        image.GetAttribute("aria-label").ShouldBe("Code to scan");
        image.QuerySelector("path")!.GetAttribute("d")!.ShouldStartWith("M4 4h1v1h-1z");
        tooLong.Body.QuerySelector("svg").ShouldBeNull();
    }

    private static Task<PartRenderer> CodeAsync(string text) =>
        PartRenderer.RenderAsync<QrImage>(new Dictionary<string, object?> { [nameof(QrImage.Text)] = text, [nameof(QrImage.Label)] = "Code to scan" });
}
