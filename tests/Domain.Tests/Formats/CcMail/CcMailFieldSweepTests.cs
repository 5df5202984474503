using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Formats.CcMail;

/// <summary>Whatever stands in a line of a cc:Mail file, each reader of a field returns a value or says no.</summary>
public sealed class CcMailFieldSweepTests
{
    private static readonly string[] DateWords = ["/", "-", ".", ":", "2/29/", "31", "00", "9999", "AM", "pm", " P", "24:00", "99:99", " ", "  ", "3:10PM"];

    private int turn;

    [Fact]
    [Trait("source", "Q165482")]
    [Trait("source", "Q233325")]
    public void A_date_is_read() => Text(["6/2/98 8:39", "31.12.1999 23:59:59", "98/06/02 3:10 PM", "2/29/00 24:00", "1999-12-31 3.10p"], DateWords, text =>
    {
        var order = (DateOrder)(turn++ % 3);
        if (LocalDate.TryParse(text, order, out var date) && date.Year is >= 1970 and < 2070)
        {
            var written = LocalDate.Format(date, order, usesTwelveHours: turn % 2 == 0);
            Demand(LocalDate.TryParse(written, order, out var again) && again == date.AddSeconds(-date.Second), "a date that was read can be written and read again");
        }
    });

    [Fact]
    [Trait("source", "Q166610")]
    public void The_title_of_a_file_is_taken_apart() => Text(
        ["Abc.wk4 5/6/97 3:10 PM", "Att.txt 9-11-1998", "log 1/1/98 3:10PM 2/2/98 4:20AM", "a.b.c 97.05.06 3.10p", "3:10PM"],
        DateWords,
        text =>
        {
            var title = FileTitle.Parse(text);
            Demand(text.Trim().StartsWith(title.Name, StringComparison.Ordinal) && text.Trim().EndsWith(title.DateText, StringComparison.Ordinal), "a title is its name and its date");
            Demand(title.Name.Length > 0 || title.DateText.Length == 0, "a date has a name before it");
            title.TryDate(DateOrder.DayMonthYear, out _);
        });

    [Fact]
    [Trait("source", "Q249133")]
    public void An_address_is_taken_apart() => Text(
        ["Doe, Jane at SALES", "\"User\" <user@dom> at PO", "a@b at Internet-Mail at lzz_LA", "#Board at SALES", " at HARBOUR", "PO fan"],
        [" at ", "at ", " AT", "<", ">", "\"", "@", "#", ",", " ", "\u00a0", "\ud83d"],
        text =>
        {
            var address = CcMailAddressText.Parse(text);
            Demand(address.Raw == text.Trim(), "the text is kept");
            Demand(!address.TryAddress("HOME", out var whole, out var fault) ? fault.Length > 0 : whole.Name == address.Name, "an address has the name that was read, or there is a fault");
            address.TryForeignAlias(out _);
        });

    [Fact]
    [Trait("source", "Q180641")]
    public void A_reason_is_read() => Text(
        ["***  Unknown Date Format  ***", "Header Buffer Full", "*** a *** b ***", "*******"],
        ["***", "*", " ", "Header Buffer Full", "\t"],
        text => Demand(!ReasonLine.TryRead(text, out var reason) ? reason.Length == 0 : reason.Length > 0 && reason == reason.Trim(), "a reason is words"));

    [Fact]
    [Trait("source", "Q181130")]
    public void Text_of_a_post_office_is_read() => Bytes(
        [[0x47, 0x72, 0x81, 0xE1, 0x65], "plain text\r\n"u8.ToArray(), [0x1E, 0x02, 0x61, 0x1F, 0x02, 0x62, 0x1E], [0x83, 0x65, 0x83, 0x58, 0x83, 0x67]],
        ["\u001e", "\u001f", "\u001e\u001f", "\r\n", "\0"],
        bytes =>
        {
            var page = (turn++ % 4) switch { 0 => 437, 1 => 850, 2 => 932, _ => 65001 };
            var profile = new CcMailProfile { CodePage = page };
            var text = profile.Decode(new ReadOnlySequence<byte>(bytes));
            Demand(text.Length <= bytes.Length, "a byte is at most one character");
            var fitted = OemText.Fit(text, page, out _);
            Demand(profile.TextEncoding.GetString(profile.TextEncoding.GetBytes(fitted)) == fitted, "what was made to fit fits");
            Demand(profile.TextEncoding.GetByteCount(OemText.Cut(fitted, 5, profile.TextEncoding)) <= 5, "what was cut is short enough");
        });

    [Fact]
    [Trait("source", "Q179677")]
    public void The_address_of_a_reply_is_read() => Text(
        ["user@host.example at SITE1", "\"User; Test\" user@host.example at SITE1", "IMCEASMTP-a+2Cb+40host.example at SITE1", "LONGSMTP-ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 at SITE1"],
        ["IMCEASMTP-", "LONGSMTP-", "+", "+4", "+ZZ", "+40", "+FF", " at ", "@", "\"", " ", "<", ">", "\u00e4"],
        text =>
        {
            if (CcMailAddress.TryParse(text, out var address, out _) && Originator.TryRead(address, _ => null, out var sender))
            {
                Demand(SmtpAddress.TryParse(sender.Text, out var again, out _) && again.Key == sender.Key, "an address that was read is one");
            }
        });
}
