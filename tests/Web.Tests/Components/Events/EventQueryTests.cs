using Postern.Web.Components.Events;

namespace Postern.Web.Tests.Components.Events;

public sealed class EventQueryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("?severity=error&connector=sales&code=4000&find=a%26b&within=day&before=17")]
    [InlineData("?from=2026-11-01&until=2026-11-28T10%3A15")]
    public void The_address_is_the_view(string query) => EventQuery.Parse(query).Href().ShouldBe("/events" + query);

    [Theory]
    [InlineData("?code=x&within=forever&from=yesterday&until=9999-12-31&before=-1")]
    [InlineData("?code=99999999999999999999&before=1e9")]
    [InlineData("")]
    public void What_cannot_be_read_filters_nothing(string query) => EventQuery.Parse(query).IsAll.ShouldBeTrue();

    [Fact]
    public void Times_are_UTC_and_the_later_of_two_beginnings_counts()
    {
        EventQuery.Parse("?from=2026-11-28T10:15&until=2026-11-28T11:00%2B02:00").ToFilter(Now)
            .ShouldBe(new() { From = new(2026, 11, 28, 10, 15, 0, TimeSpan.Zero), Until = new(2026, 11, 28, 9, 0, 0, TimeSpan.Zero) });
        EventQuery.Parse("?from=2026-11-01&within=hour").ToFilter(Now).From.ShouldBe(Now.AddHours(-1));
        EventQuery.Parse("?from=2026-11-28T11:59&within=hour").ToFilter(Now).From.ShouldBe(Now.AddMinutes(-1));
    }
}
