using Postern.Web.Components.Layout;
using Postern.Web.Live;

namespace Postern.Web.Tests.Live;

public sealed class StatusFeedTests
{
    [Fact]
    public void Windows_are_told_of_what_is_new_and_of_nothing_that_they_show_already()
    {
        var feed = new StatusFeed();
        var told = 0;
        feed.Changed += () => told++;
        var status = ConsoleStatus.Unknown with { Site = "SITE1", InQueue = 7 };

        feed.Publish(status);
        feed.Publish(status with { InQueue = 7 });
        told.ShouldBe(1);

        feed.Publish(status with { InQueue = 8 });
        told.ShouldBe(2);
        feed.Current.InQueue.ShouldBe(8);
    }
}
