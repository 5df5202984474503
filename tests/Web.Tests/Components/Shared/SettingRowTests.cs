using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class SettingRowTests
{
    [Fact]
    public async Task It_says_what_the_setting_means_what_it_was_and_what_the_checks_found()
    {
        using var part = await PartRenderer.RenderAsync<SettingRow>(new Dictionary<string, object?>
        {
            [nameof(SettingRow.Label)] = "Path",
            [nameof(SettingRow.For)] = "f-path",
            [nameof(SettingRow.Meaning)] = "The data directory.",
            [nameof(SettingRow.Default)] = "none",
            [nameof(SettingRow.Was)] = "/srv/old",
            [nameof(SettingRow.Answers)] = new CheckAnswer[] { new("path", false, "It holds no CCPOMBOX file.", "<b>220</b>") },
        });

        part.Body.QuerySelector("label")!.GetAttribute("for").ShouldBe("f-path");
        part.Text.ShouldContain("The data directory. Default none.");
        part.Text.ShouldContain("/srv/old before your change");
        part.Text.ShouldContain("It holds no CCPOMBOX file.");
        part.Body.QuerySelector(".said")!.TextContent.ShouldBe("<b>220</b>");
        part.Body.QuerySelector("b").ShouldBeNull();
    }
}
