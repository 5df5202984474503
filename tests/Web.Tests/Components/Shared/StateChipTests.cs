using Postern.Domain.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class StateChipTests
{
    public static TheoryData<DeliveryState> States => [.. Enum.GetValues<DeliveryState>()];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Every_state_has_its_glyph_and_its_own_word(DeliveryState state)
    {
        using var part = await PartRenderer.RenderAsync<StateChip>(new Dictionary<string, object?> { ["State"] = state });

        part.Text.ShouldBe(state.ToString().ToLowerInvariant());
        part.Body.QuerySelector("use")!.GetAttribute("href").ShouldBe($"icons.svg#{StateLook.Of(state).Icon}");
    }

    [Fact]
    public void No_two_states_share_a_glyph()
    {
        var glyphs = Enum.GetValues<DeliveryState>().Select(s => StateLook.Of(s).Icon);

        glyphs.ShouldBeUnique();
    }

    [Fact]
    public void Every_glyph_is_in_the_sprite()
    {
        var sprite = File.ReadAllText(SourceFiles.Path("src/Web/wwwroot/icons.svg"));

        foreach (var state in Enum.GetValues<DeliveryState>())
        {
            sprite.ShouldContain($"id=\"{StateLook.Of(state).Icon}\"");
        }
    }
}
