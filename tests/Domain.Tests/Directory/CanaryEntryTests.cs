using Postern.Domain.Addresses;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Directory;

public sealed class CanaryEntryTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 13, 0, 0, TimeSpan.Zero);
    private static readonly MailAddress Address = MailAddress.Parse("CCMAIL:Postern canary at SITE1");
    private static readonly CanarySight Ours = new("sales", true, true, Today, Now.AddHours(-2), Today, Now.AddMinutes(-5), Now.AddMinutes(-5), null, "");

    [Fact]
    public void The_day_stands_in_a_value_where_the_directory_keeps_one_and_the_name_stays()
    {
        CanaryEntry.TryRow("Postern canary", Address, Today, new CcMailNames(new CcMailProfile()), Keeps(ValueNames.Phone), out var row, out var fault).ShouldBeTrue(fault);

        (row.Name, row.Values[ValueNames.Phone], CanaryEntry.DayOf(row.Name, row.Values)).ShouldBe(("Postern canary", "2026-11-29", Today));
    }

    [Fact]
    [Trait("source", "Q118621")]
    public void Where_the_directory_keeps_no_value_the_name_bears_the_day_and_still_fits_MS_Mail()
    {
        var longest = new string('x', CanaryEntry.LongestName);
        CanaryEntry.TryRow(longest, MailAddress.Parse("MS:POSTERN/SITE1/CANARY"), Today, new MsMailNames(850), Keeps(""), out var row, out var fault).ShouldBeTrue(fault);

        (row.Name, row.Name.Length, CanaryEntry.DayOf(row.Name, row.Values)).ShouldBe(($"{longest} 2026-11-29", 30, Today));
    }

    [Fact]
    public void One_that_the_directory_cannot_hold_at_all_is_refused_with_its_reason()
    {
        CanaryEntry.TryRow("Postern canary", Address, Today, new CcMailNames(new CcMailProfile()), Refuses, out _, out var fault).ShouldBeFalse();
        fault.ShouldBe("It is full.");

        static bool Refuses(DirectoryRow row, out DirectoryRow held, out string why)
        {
            (held, why) = (row, "It is full.");
            return false;
        }
    }

    [Theory]
    [InlineData("Postern canary", "2026-11-29", true)]
    [InlineData("POSTERN CANARY 2026-11-29", "", true)]
    [InlineData("Postern canary", "yesterday", false)]
    [InlineData("Postern canary keeper 2026-11-29", "", false)]
    [InlineData("Postern canaryX", "2026-11-29", false)]
    [InlineData("Postern canary 2026-13-29", "", false)]
    [InlineData("Berg, Anna", "2026-11-29", false)]
    public void A_canary_is_known_by_its_name_and_a_day(string name, string notes, bool isCanary) =>
        CanaryEntry.Is("Postern canary", name, RowValues.Of([KeyValuePair.Create(ValueNames.Notes, notes)])).ShouldBe(isCanary);

    [Fact]
    public void With_no_name_given_nothing_is_a_canary() => CanaryEntry.Is("", "2026-11-29", RowValues.None).ShouldBeFalse();

    [Fact]
    public void What_is_known_of_one_is_said_in_a_sentence()
    {
        Ours.Sentence(Now).ShouldBe("sales shows our canary of 29 Nov 2026: what is written there arrives and is read again.");
        (Ours with { SeenDay = Today.AddDays(-1) }).Sentence(Now).ShouldBe("Our canary of 29 Nov 2026 was written at sales; the next cycle looks whether it is there.");
        (Ours with { SeenDay = Today.AddDays(-3), LateSince = Now }).Sentence(Now).ShouldBe("Our canary of 29 Nov 2026 was written, and sales still shows that of 26 Nov 2026: what is written there does not arrive.");
        (Ours with { SeenDay = null, LateSince = Now }).Sentence(Now).ShouldBe("Our canary of 29 Nov 2026 was written, and sales does not show it: what is written there does not arrive.");
        (Ours with { WrittenDay = null }).Sentence(Now).ShouldBe("Our canary is not at sales yet; the next cycle writes it.");
        (Ours with { IsReadBack = false }).Sentence(Now).ShouldBe("Our canary of 29 Nov 2026 was sent. sales does not tell what it holds of ours, so only somebody who looks there sees whether it arrived.");
        (Ours with { Fault = "It is full." }).Sentence(Now).ShouldBe("Our canary at sales is not as it should be: It is full.");
        (Ours with { IsOurs = false, SeenDay = Today.AddDays(-4) }).Sentence(Now).ShouldBe("The canary of sales is of 25 Nov 2026: nothing newer has come from there for 4 days.");
    }

    private static HoldRow Keeps(string name) => (DirectoryRow row, out DirectoryRow held, out string fault) =>
    {
        fault = "";
        held = row with { Values = RowValues.Of(row.Values.All().Where(value => value.Key == name)) };
        return true;
    };
}
