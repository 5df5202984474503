using Postern.Infrastructure.Queue;
using Postern.Web.Components.Queue;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Web.Tests.Components.Queue;

/// <summary>Whatever stands behind a question mark, the queue has a view for it.</summary>
public sealed class QueueQuerySweepTests
{
    [Fact]
    public void A_query_is_read() => Text(
        ["?state=held,queued&connector=ccmail-sales&age=15m-4h&tries=3&size=1048576&report=no&cause=a%20%23&id=%3Cx%40y%3E&sort=-due&after=a%7C7&open=12", "?state=all&age=2d-&find=%C3%A4", "?age=-5m&sort=age"],
        ["&", "=", "?", "%", "%00", "%C3", "%D8%00", "state=", "age=", "-", "99999999999999999999", "m", "d", "sort=-", "open=", "+", "\ud83d", "#", ";"],
        text =>
        {
            var query = QueueQuery.Parse(text);
            _ = (query.Filter, query.Order, query.Open);
            Demand(query.Shown().All(shown => shown.Label.Length > 0), "what is in force has a name");
            Demand(query.Values.Values.All(value => value.Length is > 0 and <= 300), "values are bounded");
            Demand(QueueQuery.Parse(query.With()[Urls.QueuePath.Length..]).Filter.States.SequenceEqual(query.Filter.States), "its own link leads back to it");
        });

    [Fact]
    public void An_age_is_read() => Text(["15m-60m", "2d-", "-5m", "0s-1s", "100000d-"], ["-", "--", "s", "m", "h", "d", "99999999999", "100001d", " ", "٣"], text =>
    {
        AgeRange.InWords(text);
        var (from, to) = AgeRange.Parse(text);
        Demand((from ?? TimeSpan.Zero) >= TimeSpan.Zero && (to ?? TimeSpan.Zero) >= TimeSpan.Zero, "an age is not negative");
    });
}
