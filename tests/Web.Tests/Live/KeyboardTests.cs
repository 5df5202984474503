using Postern.Web.Live;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Live;

public sealed class KeyboardTests
{
    private readonly TestClock clock = new();
    private readonly List<string> acts = [];

    [Fact]
    public async Task The_part_that_asked_last_gets_the_key()
    {
        var keyboard = new Keyboard(clock);
        using var page = keyboard.Take("Escape", Act("page"));
        var drawer = keyboard.Take("Escape", Act("drawer"));

        await keyboard.Pressed("Escape");
        drawer.Dispose();
        await keyboard.Pressed("Escape");

        acts.ShouldBe(["drawer", "page"]);
    }

    [Fact]
    public async Task A_sequence_is_two_presses_in_time()
    {
        var keyboard = new Keyboard(clock);
        using var go = keyboard.Take("g q", Act("queue"));
        using var other = keyboard.Take("q", Act("q"));

        await keyboard.Pressed("g");
        await keyboard.Pressed("q");
        await keyboard.Pressed("g");
        clock.Move(TimeSpan.FromSeconds(2));
        await keyboard.Pressed("q");

        acts.ShouldBe(["queue", "q"]);
    }

    private Func<Task> Act(string name) => () =>
    {
        acts.Add(name);
        return Task.CompletedTask;
    };
}
