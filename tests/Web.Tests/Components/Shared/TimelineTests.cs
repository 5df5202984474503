using Microsoft.AspNetCore.Components.Web;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 6, 52, 11, TimeSpan.Zero);

    [Fact]
    public async Task Runs_of_equal_attempts_are_folded_and_can_be_opened()
    {
        using var part = await RenderAsync([.. Enumerable.Range(1, 9).Select(i => Attempt(i, "code 4")), Attempt(10, "code 2")]);

        part.Body.QuerySelectorAll("li").Length.ShouldBe(2);
        part.Text.ShouldContain("8 more until 07:01:11 ended the same way.");

        await part.RaiseAsync("onclick", new MouseEventArgs());

        part.Body.QuerySelectorAll("li").Length.ShouldBe(10);
    }

    [Fact]
    public async Task The_words_of_a_peer_are_text_and_bounded()
    {
        using var part = await RenderAsync([Attempt(1, "x") with { Said = "<img src=x onerror=alert(1)>" + new string('y', 5000) }]);

        part.Body.QuerySelector("img").ShouldBeNull();
        part.Body.QuerySelector(".said")!.TextContent.ShouldStartWith("<img src=x");
        part.Body.QuerySelector(".said")!.TextContent.Length.ShouldBe(1001);
    }

    [Fact]
    public void Attempts_that_differ_or_are_apart_stay_apart() =>
        TimelineFold.Of([Attempt(1, "a"), Attempt(2, "b"), Attempt(3, "a"), Attempt(4, "a")]).Select(f => f.More.Count).ShouldBe([0, 0, 1]);

    private static TimelineStep Attempt(int number, string key) =>
        new(Start.AddMinutes(number), "clock", "c-held", $"attempt {number} failed", FoldKey: key);

    private static Task<PartRenderer> RenderAsync(IReadOnlyList<TimelineStep> steps) =>
        PartRenderer.RenderAsync<Timeline>(new Dictionary<string, object?> { ["Steps"] = steps });
}
