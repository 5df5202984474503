using System.Text.RegularExpressions;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed partial class IconTests
{
    [Fact]
    public void Every_icon_that_markup_names_is_in_the_sprite()
    {
        var sprite = File.ReadAllText(SourceFiles.Path("src/Web/wwwroot/icons.svg"));
        var named = Directory.EnumerateFiles(SourceFiles.Path("src/Web/Components"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(f => IconName().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value)
            .Distinct()
            .ToList();

        named.Count.ShouldBeGreaterThan(10);
        named.Where(n => !sprite.Contains($"id=\"{n}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_glyph_beside_a_word_is_hidden_from_voices()
    {
        using var part = await PartRenderer.RenderAsync<Icon>(new Dictionary<string, object?> { ["Name"] = "clip" });

        part.Body.QuerySelector("svg")!.GetAttribute("aria-hidden").ShouldBe("true");
    }

    [Fact]
    public async Task A_glyph_that_stands_alone_says_what_it_means()
    {
        using var part = await PartRenderer.RenderAsync<Icon>(new Dictionary<string, object?> { ["Name"] = "clip", ["Label"] = "has an attachment" });

        var svg = part.Body.QuerySelector("svg")!;
        svg.GetAttribute("role").ShouldBe("img");
        svg.GetAttribute("aria-label").ShouldBe("has an attachment");
        svg.HasAttribute("aria-hidden").ShouldBeFalse();
    }

    [GeneratedRegex("""(?:<Icon Name|Icon)="([a-z]+)["\?]""")]
    private static partial Regex IconName();
}
