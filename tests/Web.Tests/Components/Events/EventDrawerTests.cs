using Postern.Infrastructure.Events;
using Postern.Web.Components.Events;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Events;

public sealed class EventDrawerTests
{
    [Fact]
    public async Task It_says_why_such_events_happen_and_what_to_do_where_the_event_does_not()
    {
        var drawer = await PartRenderer.RenderAsync<EventDrawer>(new Dictionary<string, object?>
        {
            [nameof(EventDrawer.Event)] = new EventRow(9, new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), EventCodes.CcMailFileSetAside, "warning", "sales", "X.UND was moved to Bad.", "", null),
        });

        var kind = EventCatalog.Find(EventCodes.CcMailFileSetAside)!;
        drawer.Text.ShouldContain(kind.Cause);
        drawer.Text.ShouldContain(kind.NextStep);
        drawer.Body.QuerySelectorAll("a").Select(link => link.GetAttribute("href")).ShouldContain("/events?code=4000");
    }
}
