using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class MailFailureTextTests
{
    private const string Rule = "----------------------------------------------------------------\r\n\r\n";

    [Fact]
    [Trait("source", "Q127919")]
    public void A_report_names_those_who_failed_and_only_those()
    {
        MailFailureText.TryRead(Read(Fixture("failure.in")).Single(), Profile, out var failure).ShouldBeTrue();

        var reason = failure.Reasons.Single();
        (reason.Code, reason.Text).ShouldBe((2, "Mail was received that was addressed to unknown addresses."));
        reason.Failed.ShouldBe(["HARBOR/PIER2/GUSTH", "HARBOR/PIER2/HELGAM"]);
        (failure.OriginalFrom, failure.OriginalTo, failure.OriginalSubject).ShouldBe(("ERIKF BRIDGENET/HUB1", "GUSTH HARBOR/PIER2", "Lunch"));
        failure.OriginalDate.ShouldBe(new DateTime(1998, 3, 14, 9, 41, 0));
    }

    [Fact]
    [Trait("source", "Q147471")]
    [Trait("source", "Q128627")]
    public void The_route_of_a_loop_is_read()
    {
        var text = $"FROM: A\r\nSUBJECT: Loop\r\n{Rule}[004] Message circular route detected. Message followed the following route:\r\n"
            + "HARBOR    /PIER1\r\nHARBOR    /PIER12345\r\nHARBOR    /PIER1\r\nwhile attempting to send to the following addresses:\r\nHARBOR/PIER3/X\r\n";

        MailFailureText.TryRead(Report(text), Profile, out var failure).ShouldBeTrue();

        var reason = failure.Reasons.Single();
        reason.Route.Select(h => h.ToString()).ShouldBe(["HARBOR/PIER1", "HARBOR/PIER12345", "HARBOR/PIER1"]);
        reason.Failed.ShouldBe(["HARBOR/PIER3/X"]);
        HopTrace.IsCircular(reason.Route).ShouldBeTrue();
    }

    [Theory]
    [Trait("source", "Q128627")]
    [Trait("source", "Q162841")]
    [InlineData(false, "NET123456/PO", "NET1234567/PO")]
    [InlineData(false, "NET/PIER12345", "NET/PIER1234")]
    [InlineData(false, "AB/C", "A/BC")]
    [InlineData(true, "NET       /PO", "OTHER/PO", "net/po")]
    public void Two_post_offices_are_one_only_when_both_whole_names_are(bool isCircular, params string[] route) =>
        HopTrace.IsCircular(route.Select(line => HopName.TryParse(line, out var hop) ? hop : throw new FormatException(line))).ShouldBe(isCircular);

    [Theory]
    [InlineData("NETWORK12345/PO")]
    [InlineData("A/B/C")]
    [InlineData("/PO")]
    [InlineData("and/or not")]
    [InlineData("words")]
    public void Other_lines_are_no_hop(string line) => HopName.TryParse(line, out _).ShouldBeFalse();

    [Theory]
    [InlineData("HARBOR/PIER1/ANNAB", "Mail failure")]
    [InlineData("HARBOR/PIER1/POSTMASTER", "Re: Mail failure")]
    [InlineData("SMTP:postmaster@host.example", "Mail failure")]
    public void A_person_is_never_taken_for_a_report(string from, string subject) =>
        MailFailureText.TryRead(Report("[002] x\r\n", from, subject), Profile, out _).ShouldBeFalse();

    [Fact]
    [Trait("source", "Q156728")]
    [Trait("source", "Q131523")]
    public void A_read_receipt_is_no_failure_though_it_has_a_number() =>
        MailFailureText.TryRead(Report("[013] ***** Read receipt from a registered message *****\r\n"), Profile, out _).ShouldBeFalse();

    [Fact]
    public void What_the_original_says_is_not_believed()
    {
        var text = $"SUBJECT: A\r\n{Rule}[002] Unknown.\r\nMail item was not delivered to:\r\n\r\nHARBOR/PIER3/X\r\n\r\nDear all,\r\n"
            + "[003] no hop\r\nMail item was not delivered to:\r\nHARBOR/PIER3/VICTIM\r\n";

        MailFailureText.TryRead(Report(text), Profile, out var failure).ShouldBeTrue();

        failure.Reasons.SelectMany(r => r.Failed).ShouldBe(["HARBOR/PIER3/X"]);
    }

    [Fact]
    public void A_report_that_names_nobody_is_still_one()
    {
        MailFailureText.TryRead(Report("Something else\r\n"), Profile, out var failure).ShouldBeTrue();

        failure.Reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DateOrder.MonthDayYear, "DATE: 03-14-98")]
    [InlineData(DateOrder.DayMonthYear, "DATE: 14-03-98")]
    [InlineData(DateOrder.YearMonthDay, "DATE: 98-03-14")]
    public void What_is_written_is_read_again(DateOrder order, string date)
    {
        var profile = Profile with { DateOrder = order };
        var failure = new MailFailure
        {
            Reasons = [new(2, FailureCode.TextOf(2), ["BRIDGENET/HUB1/GUSTH", "jane@site1.example"], []), new(9, FailureCode.TextOf(9), ["BRIDGENET/HUB1/IDAL"], [])],
            OriginalFrom = "ANNAB HARBOR/PIER1",
            OriginalTo = "GUSTH BRIDGENET/HUB1",
            OriginalSubject = "Lunch",
            OriginalDate = new DateTime(1998, 3, 14, 9, 41, 0),
            Details = ["BRIDGENET/HUB1/GUSTH: 5.1.1 550 unknown"],
        };

        var text = MailFailureText.Write(failure, profile);
        MailFailureText.TryRead(Report(text), profile, out var read).ShouldBeTrue();

        text.ShouldContain(date);
        text.ShouldContain($"\r\n{Rule}[002] Mail was received that was addressed to unknown addresses.\r\nMail item was not delivered to:\r\n\r\nBRIDGENET/HUB1/GUSTH\r\n");
        read.Reasons.Select(r => (r.Code, r.Text, string.Join(' ', r.Failed))).ShouldBe(failure.Reasons.Select(r => (r.Code, r.Text, string.Join(' ', r.Failed))));
        (read.OriginalFrom, read.OriginalTo, read.OriginalSubject, read.OriginalDate).ShouldBe(("ANNAB HARBOR/PIER1", "GUSTH BRIDGENET/HUB1", "Lunch", failure.OriginalDate));
    }

    [Theory]
    [InlineData(1, "5.2.0")]
    [InlineData(2, "5.1.1")]
    [InlineData(3, "5.4.6")]
    [InlineData(4, "5.4.6")]
    [InlineData(5, "5.4.7")]
    [InlineData(6, "5.0.0")]
    [InlineData(7, "5.2.4")]
    [InlineData(8, "5.2.0")]
    [InlineData(9, "5.3.4")]
    [InlineData(12, "5.6.0")]
    [InlineData(16, "5.3.0")]
    [InlineData(17, "5.2.2")]
    [InlineData(18, "5.3.0")]
    [InlineData(21, "5.3.0")]
    [InlineData(23, "5.6.0")]
    [InlineData(24, "5.3.0")]
    [InlineData(29, "5.6.0")]
    [InlineData(30, "5.1.4")]
    public void Each_number_has_its_status(int code, string status) => FailureCode.StatusOf(code).ShouldBe(status);

    [Theory]
    [InlineData("5.1.1", 2)]
    [InlineData("5.1.10", 2)]
    [InlineData("5.1.4", 30)]
    [InlineData("5.2.1", 2)]
    [InlineData("5.2.2", 17)]
    [InlineData("4.2.2", 17)]
    [InlineData("5.2.3", 9)]
    [InlineData("5.3.4", 9)]
    [InlineData("5.4.6", 4)]
    [InlineData("4.4.7", 5)]
    [InlineData("5.6.3", 29)]
    [InlineData("5.4.4", 1)]
    [InlineData("5.0.0", 1)]
    [InlineData("", 1)]
    public void Each_status_has_its_number(string status, int code) => FailureCode.OfStatus(status).ShouldBe(code);

    private static MsMailMessage Report(string text, string from = "HARBOR/PIER1/POSTMASTER", string subject = "Mail failure") =>
        Read(Written(new PutMessage { From = from, Recipients = ["CSI:BRIDGENET/HUB1/ERIKF"], Subject = subject, Text = text })).Single();
}
