using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Queue;

namespace Postern.Web.Tests.Components.Queue;

public sealed class QueueQueryTests
{
    [Fact]
    public void What_an_address_says_is_what_is_filtered_by()
    {
        var query = QueueQuery.Parse("?state=held,queued&connector=ccmail-sales&age=15m-4h&tries=3&size=1048576&report=no&cause=a%20%23&id=%3Cx%40y%3E&sort=-due&after=a%7C7&open=12");

        query.Filter.States.ShouldBe([DeliveryState.Held, DeliveryState.Queued]);
        (query.Filter.Connector, query.Filter.OlderThan, query.Filter.YoungerThan).ShouldBe(("ccmail-sales", TimeSpan.FromMinutes(15), TimeSpan.FromHours(4)));
        (query.Filter.AttemptsAtLeast, query.Filter.SizeAtLeast, query.Filter.IsReport, query.Filter.Cause, query.Filter.HeaderId).ShouldBe((3, 1_048_576L, false, "a #", "<x@y>"));
        query.Order.ShouldBe(new QueueOrder(QueueSort.Due, true, "a|7"));
        query.Open.ShouldBe(12);
    }

    [Theory]
    [InlineData("?state=nonsense&age=yesterday&tries=-1&size=x&sort=colour&open=abc&evil=1")]
    [InlineData("?sort=99&open=99999999999999999999&age=-")]
    [InlineData("?state=,,,")]
    [InlineData("")]
    public void What_cannot_be_read_is_left_out(string address)
    {
        var query = QueueQuery.Parse(address);
        var filter = query.Filter;

        filter.ShouldBe(QueueFilter.Waiting with { States = filter.States });
        filter.States.ShouldBeEmpty();
        query.Order.ShouldBe(QueueOrder.Default);
        query.Open.ShouldBeNull();
    }

    [Fact]
    public void A_changed_word_keeps_the_others_and_starts_at_the_first_page()
    {
        var query = QueueQuery.Parse("?connector=smtp-out&after=x%7C1&open=5");

        query.With(("state", "held")).ShouldBe("/queue?state=held&connector=smtp-out&open=5");
        query.With(("open", null)).ShouldBe("/queue?connector=smtp-out&after=x%7C1");
        query.With(("connector", null), ("open", null), ("after", null)).ShouldBe("/queue");
    }

    [Fact]
    public void An_address_written_and_read_again_is_the_same()
    {
        var address = QueueQuery.Empty.With(("find", "a&b=c #ü <x>"), ("cause", "wait “#” s"), ("state", "all"));

        QueueQuery.Parse(new Uri("http://x" + address).Query).With().ShouldBe(address);
    }

    [Fact]
    public void Past_ones_come_newest_first_and_only_in_the_order_of_acceptance()
    {
        QueueQuery.Parse("?state=bounced").Order.ShouldBe(new QueueOrder(QueueSort.Age, false));
        QueueQuery.Parse("?state=bounced&sort=-size").Order.ShouldBe(new QueueOrder(QueueSort.Age, false));
        QueueQuery.Parse("?state=bounced&sort=-age").Order.ShouldBe(new QueueOrder(QueueSort.Age, true));
    }

    [Fact]
    public void A_value_longer_than_anybody_types_is_ignored() =>
        QueueQuery.Parse("?find=" + new string('x', 5000)).HasFilter.ShouldBeFalse();

    [Theory]
    [InlineData("2d-", "over 2 d")]
    [InlineData("1h-4h", "1 h to 4 h")]
    [InlineData("0-5m", "under 5 min")]
    [InlineData("-5m", "under 5 min")]
    [InlineData("15m-60m", "15 min to 1 h")]
    [InlineData("24h-", "over 24 h")]
    public void An_age_is_said_in_words(string age, string words) => AgeRange.InWords(age).ShouldBe(words);
}
