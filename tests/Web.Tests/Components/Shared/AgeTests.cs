using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class AgeTests
{
    private readonly TestClock clock = new();

    [Fact]
    public async Task The_exact_time_is_one_hover_away()
    {
        using var part = await RenderAsync(clock.Now.AddMinutes(-169));

        part.Text.ShouldBe("2\u202fh\u202f49\u202fm");
        part.Body.QuerySelector("time")!.GetAttribute("title").ShouldBe("accepted Mon 23 Nov 2026 06:52:00 +00:00");
    }

    [Fact]
    public async Task It_ticks_with_the_clock_of_the_page()
    {
        using var part = await RenderAsync(clock.Now.AddSeconds(-58));

        clock.Move(TimeSpan.FromSeconds(1));
        part.Text.ShouldBe("59\u202fs");

        clock.Move(TimeSpan.FromSeconds(1));
        part.Text.ShouldBe("1\u202fmin");
    }

    [Fact]
    public async Task A_time_ahead_counts_down_to_now()
    {
        using var part = await RenderAsync(clock.Now.AddSeconds(61), ahead: true);
        part.Text.ShouldBe("1\u202fmin");

        clock.Move(TimeSpan.FromSeconds(62));

        part.Text.ShouldBe("now");
    }

    private Task<PartRenderer> RenderAsync(DateTimeOffset at, bool ahead = false) => PartRenderer.RenderAsync<Age>(
        new Dictionary<string, object?> { ["At"] = at, ["Ahead"] = ahead, ["Prefix"] = "accepted " }, clock);
}
