using Postern.Domain.Formats;

namespace Postern.Domain.Tests.Formats;

public sealed class LocalDateTests
{
    [Theory]
    [InlineData("6/2/98 8:39", "1998-06-02 08:39:00")]
    [InlineData("2/10/98 11:28", "1998-02-10 11:28:00")]
    [InlineData("5/6/97 3:10PM", "1997-05-06 15:10:00")]
    [InlineData("5/6/97 3:10 pm", "1997-05-06 15:10:00")]
    [InlineData("5/6/97 12:10a", "1997-05-06 00:10:00")]
    [InlineData("05-06-1997 15.10", "1997-05-06 15:10:00")]
    [InlineData("5.6.97 3:10:59 AM", "1997-05-06 03:10:59")]
    [InlineData("1997/5/6 1:02", "1997-05-06 01:02:00")]
    [InlineData("1/1/00", "2000-01-01 00:00:00")]
    [InlineData("1/1/69 24:00", "2069-01-01 00:00:00")]
    [InlineData("1/1/70 0:00", "1970-01-01 00:00:00")]
    [Trait("source", "Q192595")]
    public void Reads_what_cc_Mail_programs_write(string text, string expected)
    {
        LocalDate.TryParse(text, DateOrder.MonthDayYear, out var date).ShouldBeTrue();

        date.ToString("yyyy-MM-dd HH:mm:ss", null).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2/31/99")]
    [InlineData("13/13/99")]
    [InlineData("0/1/99")]
    [InlineData("1/1")]
    [InlineData("1/1/99 25:00")]
    [InlineData("1/1/99 1:60")]
    [InlineData("1/1/99 noon")]
    [InlineData("99999/1/1")]
    [InlineData("yesterday")]
    [Trait("source", "Q233325")]
    public void Refuses_what_is_no_date(string text) => LocalDate.TryParse(text, DateOrder.MonthDayYear, out _).ShouldBeFalse();

    [Theory]
    [InlineData(DateOrder.MonthDayYear, false, "3/4/98 14:05")]
    [InlineData(DateOrder.MonthDayYear, true, "3/4/98 2:05PM")]
    [InlineData(DateOrder.DayMonthYear, false, "04/03/98 14:05")]
    [InlineData(DateOrder.YearMonthDay, false, "98/03/04 14:05")]
    [Trait("source", "Q180641")]
    public void Writes_each_order_and_reads_it_back(DateOrder order, bool usesTwelveHours, string expected)
    {
        var date = new DateTime(1998, 3, 4, 14, 5, 0);

        var text = LocalDate.Format(date, order, usesTwelveHours);

        text.ShouldBe(expected);
        LocalDate.TryParse(text, order, out var back).ShouldBeTrue();
        back.ShouldBe(date);
    }

    [Fact]
    [Trait("source", "Q197291")]
    public void The_days_around_the_year_2000_are_written_read_and_stored_with_all_four_digits()
    {
        foreach (var day in Enumerable.Range(0, 10).Select(n => new DateTime(1999, 12, 31, 23, 59, 0).AddDays(n)))
        {
            foreach (var order in Enum.GetValues<DateOrder>())
            {
                LocalDate.TryParse(LocalDate.Format(day, order, usesTwelveHours: false), order, out var read).ShouldBeTrue();
                read.ShouldBe(day);
            }

            var field = Postern.Domain.Mime.MessageDate.Format(new DateTimeOffset(day, TimeSpan.Zero));
            field.ShouldContain(day.Year == 1999 ? " Dec 1999 " : " Jan 2000 ");
            Postern.Domain.Mime.MessageDate.TryParse(field, out var back).ShouldBeTrue();
            back.UtcDateTime.ShouldBe(day);
            back.ToString("O", null).ShouldStartWith(day.Year == 1999 ? "1999-12-31T" : "2000-01-0");
        }
    }
}
