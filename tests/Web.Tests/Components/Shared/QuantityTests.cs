using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0|s")]
    [InlineData(59.9, "59|s")]
    [InlineData(60, "1|min")]
    [InlineData(3599, "59|min")]
    [InlineData(3600, "1|h|00|m")]
    [InlineData(10140, "2|h|49|m")]
    [InlineData(172799, "47|h|59|m")]
    [InlineData(172800, "2|d")]
    [InlineData(-5, "0|s")]
    public void An_age_grows_coarser_as_it_grows(double seconds, string expected) =>
        Quantity.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(expected.Replace('|', '\u202f'));

    [Theory]
    [InlineData(0, "0|B")]
    [InlineData(999, "999|B")]
    [InlineData(1000, "1|KB")]
    [InlineData(317440, "310|KB")]
    [InlineData(2204118, "2.1|MB")]
    [InlineData(3221225472, "3.0|GB")]
    public void A_size_has_the_unit_that_keeps_it_short(long bytes, string expected) =>
        Quantity.Size(bytes).ShouldBe(expected.Replace('|', '\u202f'));

    [Fact]
    public void A_number_has_thousands_commas() => Quantity.Text(1284031).ShouldBe("1,284,031");

    [Fact]
    public void One_is_singular_and_all_else_plural()
    {
        Quantity.Of(1, "delivery", "deliveries").ShouldBe("1 delivery");
        Quantity.Of(0, "delivery", "deliveries").ShouldBe("0 deliveries");
        Quantity.Of(2393, "delivery", "deliveries").ShouldBe("2,393 deliveries");
    }

    [Fact]
    public void The_day_is_named_when_it_is_not_today()
    {
        var now = new DateTimeOffset(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

        Quantity.Clock(now.AddHours(-1), now).ShouldBe("08:41:00");
        Quantity.Clock(now.AddDays(-1), now).ShouldBe("Sun 22 Nov 09:41");
    }
}
