using System.Text;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class UndeliverableTests : IDisposable
{
    private static readonly TakenMessage First = new(
        "0000000B.ccm", [new FileDelivery(11, "CCMAIL:Keane, Orla at SALES", "Crane hire"), new FileDelivery(12, "CCMAIL:Nobody, Nils at SALES", "Crane hire")]);

    private static readonly TakenMessage Second = new("0000000L.ccm", [new FileDelivery(21, "CCMAIL:Nobody, Nils at SALES", "Spare parts")]);

    private readonly string folder = Directory.CreateTempSubdirectory("postern-und-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait("source", "Q180641")]
    public void A_file_of_any_name_is_matched_by_recipient_and_subject()
    {
        var refusals = Read("CCMAIL.UND", Message("Spare parts", "To: Nobody, Nils at SALES\r\n***  Recipient unknown  ***"));

        refusals.Reasons.Keys.ShouldBe([21]);
        refusals.Reasons[21].ShouldBe(["Recipient unknown"]);
    }

    [Fact]
    public void A_file_named_like_its_input_needs_no_guess()
    {
        var refusals = Read("0000000B.UND", Message("Another subject", "To: Nobody, Nils\r\n***  Recipient unknown  ***"));

        refusals.Reasons.Keys.ShouldBe([12]);
    }

    [Fact]
    [Trait("source", "Q223772")]
    public void A_message_that_stands_in_the_file_ten_times_is_refused_once()
    {
        var refusals = Read("CCMAIL.UND", string.Concat(Enumerable.Repeat(Message("Spare parts", "To: Nobody, Nils at SALES\r\n***  Recipient unknown  ***"), 10)));

        refusals.Reasons[21].ShouldBe(["Recipient unknown"]);
    }

    [Fact]
    [Trait("source", "Q184624")]
    public void When_nobody_is_singled_out_everybody_of_the_message_has_failed()
    {
        var refusals = Read("0000000B.UND", Message("Crane hire", "***  Disk error in creating message item  ***\r\nTo: Keane, Orla at SALES\r\nTo: Nobody, Nils at SALES"));

        refusals.Reasons.Keys.Order().ShouldBe([11, 12]);
    }

    [Fact]
    public void Names_are_compared_as_cc_mail_compares_them()
    {
        var refusals = Read("CCMAIL.UND", Message("SPARE PARTS", "To: Nils NOBODY at sales\r\n***  Recipient unknown  ***"));

        refusals.Reasons.Keys.ShouldBe([21]);
    }

    [Fact]
    public void A_foreign_or_broken_file_speaks_of_nobody()
    {
        Read("CCMAIL.UND", Message("Hello", "To: Somebody at ELSEWHERE\r\n***  Recipient unknown  ***")).Reasons.ShouldBeEmpty();
        Read("CCMAIL.UND", "").Reasons.ShouldBeEmpty();
        Read("CCMAIL.UND", "\0\u0001rubbish\r\nMessage:\r\n").Reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0000000B-CCMAIL.UND", true)]
    [InlineData("CCMAIL.UND", false)]
    [InlineData("a-b.und", false)]
    [InlineData("0000000B-x.ccm", false)]
    public void A_kept_file_begins_with_its_run(string name, bool isKept)
    {
        Undeliverable.IsKept(name, out _).ShouldBe(isKept);
    }

    private static string Message(string subject, string recipients) =>
        $"Message:\r\nFrom: Doe, Jane at SITE1\r\nDate: 3/14/98 14:05\r\n{recipients}\r\nSubject: {subject}\r\nContents:\r\nText item:\r\nHello\r\n\r\n";

    private Refusals Read(string name, string content)
    {
        var path = Path.Combine(folder, $"00000001-{name}");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
        return Undeliverable.Read([path], [First, Second], new CcMailProfile());
    }
}
