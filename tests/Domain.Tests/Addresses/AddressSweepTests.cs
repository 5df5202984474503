using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Addresses;

/// <summary>Whatever a person or a peer writes as an address, it is taken or refused with a fault; what is taken can be written and read again.</summary>
public sealed class AddressSweepTests
{
    private static readonly string[] Internet =
        ["jane@site1.example", "\"jane doe\"@site1.example", "\"a\\\"b\\\\c@d\"@x.example", "jane@[192.0.2.1]", "jane@[IPv6:2001:db8::1]", "grün@bücher.example", "a@b.example."];

    private static readonly string[] InternetWords =
        ["@", "@@", "\"", "\\", ".", "..", "[", "]", "IPv6:", "::", "%eth0", "xn--", "-", "_", " ", "ß", "İ", "\u200d", "\u3002", "ａ", "\ud83d", "日本", new('x', 64)];

    private static readonly string[] CcMail =
        ["Doe, Jane at SALES", "Jane Doe at Sales", "#Board at SALES", "user@host.example at SITE1", "x at y at SALES"];

    private static readonly string[] CcMailWords = [" at ", "at ", " AT ", ",", ", ", "#", "\"", "@", "  ", "\u3000", "İ", "ﬁ", "ｶﾞ", "\0", "\ude00"];

    private static readonly MailAddress[] Covered =
        [MailAddress.Parse("jane@a.site1.example"), MailAddress.Parse("CCMAIL:Doe, Jane at SALES"), MailAddress.Parse("MS:NET/PO/M"), MailAddress.Parse("ü@bücher.example")];

    [Fact]
    public void An_internet_address_is_read() => Text(Internet, InternetWords, text =>
        Keeps(SmtpAddress.TryParse(text, out var address, out var fault), address, fault));

    [Fact]
    [Trait("source", "Q237588")]
    public void A_ccmail_address_is_read() => Text(CcMail, CcMailWords, text =>
        Keeps(CcMailAddress.TryParse(text, out var address, out var fault), address, fault));

    [Fact]
    public void A_microsoft_mail_address_is_read() => Text(
        ["NETWORK/POSTOFFICE/MAILBOX", "n/p/m", " N / P / M "], ["/", "//", " ", "ABCDEFGHIJ", "\0", "\ud83d", "é", "İ"], text =>
        Keeps(MsMailAddress.TryParse(text, out var address, out var fault), address, fault));

    [Fact]
    public void An_address_of_any_kind_is_read() => Text(
        [.. Internet, .. CcMail.Select(text => $"CCMAIL:{text}"), "MS:NETWORK/POSTOFFICE/MAILBOX", "[SMTP:jane@site1.example]"],
        [.. InternetWords, .. CcMailWords, "SMTP:", "CCMAIL:", "MS:", "CCM:", "/", ":"],
        text => Keeps(MailAddress.TryParse(text, out var address, out var fault), address, fault));

    [Fact]
    [Trait("source", "Q183588")]
    public void An_address_inside_another_is_read() => Text(
        ["IMCEACCMAIL-Doe+2C+20Jane+20at+20SALES@site1.example", "IMCEAMS-NET_PO_MBX@site1.example", "imceams-net+2fpo+2fmbx@site1.example", "\"Jane\" <j@x.example> at SITE1"],
        ["IMCEA", "IMCEACCMAIL-", "IMCEASMTP-", "-", "+", "+2", "+2C", "+FF", "+C3+A4", "_", "=", "+00", " at ", "<", ">", "\""],
        text =>
        {
            if (!MailAddress.TryParse(text.Contains(" at ", StringComparison.OrdinalIgnoreCase) ? $"CCMAIL:{text}" : text, out var outer, out _))
            {
                return;
            }

            if (outer is SmtpAddress smtp && AddressEncapsulation.TryUnwrap(smtp, out var inner))
            {
                Demand(inner is not SmtpAddress, "an internet address holds one of another system");
                Keeps(true, inner, "");
            }
            else if (outer is CcMailAddress ccMail && AddressEncapsulation.TryUnwrap(ccMail, out inner))
            {
                Keeps(true, inner, "");
            }
        });

    [Fact]
    [Trait("source", "Q201058")]
    public void An_address_space_covers_or_does_not() => Text(
        ["*.example", "site1.example", "jane@site1.example", "* at SALES", "Doe? at S%S", "NET/*/M", "", "*", "*.bücher.example"],
        ["*", "?", "%", "*.", ".", "@", "**", "*?*", "xn--", "ß", "İ", "\ud83d", " at "],
        pattern =>
        {
            foreach (var address in Covered)
            {
                Demand(AddressPattern.Match(new AddressSpace(address.Type, pattern, 1, "x"), address) >= 0, "a match is a number");
            }
        });

    private static void Keeps(bool isTaken, MailAddress address, string fault)
    {
        Demand(isTaken == (fault.Length == 0), "there is an address or a fault");
        if (isTaken)
        {
            Demand(MailAddress.TryParse(address.ToString(), out var again, out fault), $"what was taken is read again: {fault}");
            Demand(again.ToString() == address.ToString() && again.Key == address.Key, "what was taken is read again as it was");
        }
    }
}
