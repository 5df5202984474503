using System.Diagnostics;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class FileTitleTests
{
    [Theory]
    [InlineData("Abc.wk4 5/6/97 3:10PM", "Abc.wk4", "5/6/97 3:10PM")]
    [InlineData("Abc.wk4 5/6/97 3:10 PM", "Abc.wk4", "5/6/97 3:10 PM")]
    [InlineData("song.mp3 12/31/1999 15:10", "song.mp3", "12/31/1999 15:10")]
    [InlineData("disk.001 5-6-97", "disk.001", "5-6-97")]
    [InlineData("a.b.c 97.05.06 3.10p", "a.b.c", "97.05.06 3.10p")]
    [Trait("source", "Q166610")]
    public void Date_and_time_come_off_the_end(string title, string name, string date) =>
        FileTitle.Parse(title).ShouldBe(new FileTitle(name, date));

    [Theory]
    [InlineData("Att.txt 9-11-1998", "Att.txt")]
    [Trait("source", "Q192700")]
    public void Dashes_and_long_years_are_dates(string title, string name) => FileTitle.Parse(title).Name.ShouldBe(name);

    [Theory]
    [InlineData("name 1/1/98 3:10PM", "name")]
    [InlineData("name 1/1/98", "name")]
    [Trait("source", "Q186216")]
    public void Single_digits_are_dates(string title, string name) => FileTitle.Parse(title).Name.ShouldBe(name);

    [Theory]
    [InlineData("Report 1-1-98.doc")]
    [InlineData("minutes of 5/6/97 meeting.txt")]
    [InlineData("3:10PM")]
    [InlineData("5/6/97")]
    [InlineData("5/6/97 3:10PM")]
    [InlineData("v1.2.3.4")]
    [InlineData("ratio 16:9")]
    [InlineData("PM")]
    [InlineData("a PM")]
    [InlineData("")]
    [InlineData("phone 555-1234")]
    public void Names_that_look_like_dates_stay_whole(string title) => FileTitle.Parse(title).ShouldBe(new FileTitle(title, ""));

    [Fact]
    public void Only_the_last_date_is_taken_off() =>
        FileTitle.Parse("log 1/1/98 3:10PM 2/2/98 4:20AM").ShouldBe(new FileTitle("log 1/1/98 3:10PM", "2/2/98 4:20AM"));

    [Fact]
    public void A_hostile_title_costs_no_more_than_its_length()
    {
        var title = string.Concat(Enumerable.Repeat("1/1/98 3:10 ", 100_000));
        var watch = Stopwatch.StartNew();

        FileTitle.Parse(title);
        FileTitle.Parse(new string(' ', 1_000_000) + "x");

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }
}
