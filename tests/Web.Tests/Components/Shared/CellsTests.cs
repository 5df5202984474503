using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class CellsTests
{
    [Fact]
    public async Task A_state_is_a_glyph_and_a_word_and_the_glyph_is_silent()
    {
        using var part = await PartRenderer.RenderAsync<StateLamp>(new Dictionary<string, object?> { ["Css"] = "c-held", ["Icon"] = "warn", ["Word"] = "warning" });

        part.Text.ShouldBe("warning");
        part.Body.QuerySelector(".glyph")!.ClassList.ShouldContain("c-held");
        part.Body.QuerySelector("svg")!.GetAttribute("aria-hidden").ShouldBe("true");
    }

    [Theory]
    [InlineData("<b>bold</b>\u202e", "<b>bold</b>⟨U+202E⟩")]
    [InlineData("", "·")]
    public async Task Words_of_a_stranger_are_shown_and_do_nothing(string text, string expected)
    {
        using var part = await PartRenderer.RenderAsync<DataTable<string>>(new Dictionary<string, object?>
        {
            ["Caption"] = "Words",
            ["Rows"] = new[] { text },
            ["Key"] = (Func<string, long>)(_ => 1),
            ["Columns"] = new TableColumn<string>[] { new("Word", word => Cells.Text(word)) },
        });

        part.Body.QuerySelector("td bdi")!.TextContent.ShouldBe(expected);
        part.Body.QuerySelectorAll("td b").ShouldBeEmpty();
        part.Body.QuerySelectorAll("tr[tabindex]").ShouldBeEmpty();
    }
}
