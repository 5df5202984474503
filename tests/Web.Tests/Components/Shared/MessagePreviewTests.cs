using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class MessagePreviewTests
{
    [Fact]
    public async Task The_frame_has_an_empty_sandbox()
    {
        using var part = await PartRenderer.RenderAsync<MessagePreview>(new Dictionary<string, object?> { ["Text"] = "hello" });

        var frame = part.Body.QuerySelector("iframe")!;
        frame.GetAttribute("sandbox").ShouldBe("");
        frame.HasAttribute("src").ShouldBeFalse();
        frame.GetAttribute("srcdoc")!.ShouldContain("default-src 'none'");
    }

    [Fact]
    public void Text_cannot_become_markup()
    {
        var document = PreviewDocument.OfText("</pre><script>alert(1)</script>");

        document.ShouldNotContain("<script>");
        document.ShouldContain("&lt;script&gt;");
    }

    [Fact]
    public void The_policy_stands_before_anything_of_the_message()
    {
        var document = PreviewDocument.OfHtml("<meta http-equiv=refresh content='0;url=http://evil.example'><p>hello</p>");

        document.IndexOf("Content-Security-Policy", StringComparison.Ordinal).ShouldBeLessThan(document.IndexOf("evil.example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_message_says_that_it_goes_on()
    {
        using var part = await PartRenderer.RenderAsync<MessagePreview>(new Dictionary<string, object?> { ["Text"] = "hello", ["IsCut"] = true });

        part.Text.ShouldContain("It is longer than this; download it to see the rest.");
    }
}
