using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class MessageDateTests
{
    [Theory]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z")]
    [InlineData("Fri, 21 Nov 97 09:55 EST", "1997-11-21T09:55:00-05:00")]
    [InlineData("1 Jan 49 00:00:00 +0000", "2049-01-01T00:00:00Z")]
    [InlineData("1 Jan 100 00:00:00 +0000", "2000-01-01T00:00:00Z")]
    [InlineData("Fri , 21(x) Nov (a (b)) 1997 09:55:06 +0530 (IST)", "1997-11-21T09:55:06+05:30")]
    [InlineData("Fri Nov 21 09:55:06 1997", "1997-11-21T09:55:06Z")]
    [InlineData("Fri Nov 21 09:55:06 CET 1997", "1997-11-21T09:55:06+01:00")]
    [InlineData("Thu, 1 January 2026 01:02:60 Z", "2026-01-01T01:02:59Z")]
    [InlineData("1 Jan 2026 01:02:03 +9999", "2025-12-27T21:03:03Z")]
    [InlineData("1 Jan 2026 01:02:03", "2026-01-01T01:02:03Z")]
    [InlineData("1 Jan 2026 01.02.03 -00:30", "2026-01-01T01:02:03-00:30")]
    public void Dates_are_read(string text, string expected)
    {
        MessageDate.TryParse(text, out var date).ShouldBeTrue();

        date.ShouldBe(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Fri,")]
    [InlineData("30 Feb 2026 00:00:00 +0000")]
    [InlineData("1 Jan 2026 24:00:00 +0000")]
    [InlineData("1 Jan 0000 00:00:00 +0000")]
    [InlineData("1 Jan 99999 00:00:00 +0000")]
    [InlineData("tomorrow at nine or so")]
    [InlineData("1 Jan 2026")]
    public void What_is_no_date_is_none(string text) => MessageDate.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Dates_come_back_as_they_went() => Prop.ForAll<int, short>((seconds, minutes) =>
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(TimeSpan.FromMinutes(minutes % 841));
        return MessageDate.TryParse(MessageDate.Format(date), out var back) && back == date && back.Offset == date.Offset;
    }).QuickCheckThrowOnFailure();
}
