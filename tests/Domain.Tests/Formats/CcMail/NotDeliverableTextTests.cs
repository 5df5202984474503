using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class NotDeliverableTextTests
{
    private const string BounceHeader =
        "From: Administrator at HARBOUR\r\nDate: 3/15/98 8:00\r\nTo: Okafor, Ngozi at EXSITE1\r\nSubject: Message not deliverable\r\n";

    [Fact]
    [Trait("source", "Q228743")]
    public void A_router_bounce_names_who_failed_and_what_it_was_about()
    {
        var body = "***  Not deliverable to: Nobody, Nils at QUAY2  ***\r\n    Gone, Gerd at QUAY2\r\n\r\nSubject: Crane timetable\r\nbody\r\n  indented at X\r\n";
        var message = Read(Sized(BounceHeader, ("Text item:", body))).Single();

        NotDeliverableText.TryBounce(message, Profile, out var bounce).ShouldBeTrue();

        bounce.Failed.Select(f => f.Raw).ShouldBe(["Nobody, Nils at QUAY2", "Gone, Gerd at QUAY2"]);
        bounce.OriginalSubject.ShouldBe("Crane timetable");
    }

    [Fact]
    public void A_person_who_writes_about_it_is_no_router()
    {
        var message = Read(Sized(Header, ("Text item:", "Not deliverable to Bob"))).Single();

        NotDeliverableText.TryBounce(message, Profile, out _).ShouldBeFalse();
        NotDeliverableText.TryReceipt(message, Profile, out _).ShouldBeFalse();
    }

    [Theory]
    [Trait("source", "Q252819")]
    [InlineData("Your message\r\nwas read on 3/15/1998 9:12\r\n", "")]
    [InlineData("nothing", "RRT: 17\r\n")]
    public void A_receipt_is_known_by_its_last_line_or_its_header(string body, string extra)
    {
        var header = extra + Header.Replace("Crane timetable", "Read: Crane timetable", StringComparison.Ordinal);
        var message = Read(Sized(header, ("Text item:", body))).Single();

        NotDeliverableText.TryReceipt(message, Profile, out var receipt).ShouldBeTrue();

        receipt.OriginalSubject.ShouldBe("Crane timetable");
        receipt.ReadAt.ShouldBe(extra.Length == 0 ? new DateTime(1998, 3, 15, 9, 12, 0) : null);
    }
}
