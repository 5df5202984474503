using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class QueueFilterTextTests
{
    [Fact]
    public void Every_word_narrows_what_is_meant()
    {
        var examples = new Dictionary<string, string>
        {
            ["state"] = "held",
            ["age"] = "1h-",
            ["tries"] = "1",
            ["size"] = "1",
            ["report"] = "yes",
        };

        foreach (var word in QueueFilterText.Words)
        {
            var faults = new List<QueueFilterFault>();
            var filter = QueueFilterText.Read(new Dictionary<string, string> { [word.Name] = examples.GetValueOrDefault(word.Name, "x") }, faults);

            faults.ShouldBeEmpty(word.Name);
            // Records compare lists by identity: both get the same one.
            (filter with { States = QueueFilter.LiveStates } == QueueFilter.Waiting with { States = QueueFilter.LiveStates }).ShouldBe(word.Name == "state", word.Name);
            filter.States.Count.ShouldBe(word.Name == "state" ? 1 : 0);
        }
    }

    [Theory]
    [InlineData("state", "held,lost", "There is no state “lost”; the states are queued, leased, held, quarantined, delivered, bounced, removed, expanded, and all.")]
    [InlineData("age", "soon", "An age is a range such as 30m-, -12h or 2h-2d, not “soon”.")]
    [InlineData("age", "-", "An age is a range such as 30m-, -12h or 2h-2d, not “-”.")]
    [InlineData("tries", "-1", "tries is a whole number, not “-1”.")]
    [InlineData("size", "1.5", "size is a whole number, not “1.5”.")]
    [InlineData("report", "maybe", "report is yes or no, not “maybe”.")]
    public void What_cannot_be_followed_is_named_and_left_out(string name, string value, string sentence)
    {
        var faults = new List<QueueFilterFault>();

        var filter = QueueFilterText.Read(new Dictionary<string, string> { [name] = value }, faults);

        faults.ShouldBe([new QueueFilterFault(name, sentence)]);
        filter.States.ShouldBe(name == "state" ? [DeliveryState.Held] : []);
        (filter.OlderThan, filter.AttemptsAtLeast, filter.SizeAtLeast, filter.IsReport).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void A_value_longer_than_anybody_types_is_named()
    {
        var faults = new List<QueueFilterFault>();

        QueueFilterText.Read(new Dictionary<string, string> { ["find"] = new('x', 301) }, faults).Text.ShouldBe("");

        faults.ShouldBe([new QueueFilterFault("find", "A value has at most 300 characters.")]);
    }
}
