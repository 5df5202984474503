using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Conversion.MimeTexts;

namespace Postern.Domain.Tests.Conversion;

public sealed class OriginatorTests
{
    [Theory]
    [Trait("source", "Q179677")]
    [InlineData("Test User", "\"Test User\" user@host.example at SITE1")]
    [InlineData("User, Test", "\"User; Test\" user@host.example at SITE1")]
    [InlineData("Test", "\"Test\" user@host.example at SITE1")]
    [InlineData("\"Test User\"", "\"Test User\" user@host.example at SITE1")]
    [InlineData("", "user@host.example at SITE1")]
    [InlineData("user@host.example", "user@host.example at SITE1")]
    [InlineData(",User", "\"User\" user@host.example at SITE1")]
    [InlineData("[x] <y>", "\"(x) (y)\" user@host.example at SITE1")]
    public void Display_names_are_shaped_for_DB8(string name, string expected) =>
        Originator.OfStranger(name, Smtp("user@host.example"), Profile).Text.ShouldBe(expected);

    [Fact]
    public void DB6_gets_the_address_alone() =>
        Originator.OfStranger("Test User", Smtp("user@host.example"), Profile with { Database = CcMailDatabase.DB6 }).Text
            .ShouldBe("user@host.example at SITE1");

    [Fact]
    [Trait("source", "Q192594")]
    public void Nobody_is_the_postmaster_of_the_site() =>
        Originator.OfNobody(Profile with { SitePostOffice = "NORTH" }).Text.ShouldBe("Postmaster at NORTH");

    [Theory]
    [Trait("source", "Q232687")]
    [InlineData("user@[192.0.2.1]")]
    [InlineData("\"odd name\"@host.example")]
    [InlineData("\"a<b>[c]\"@host.example")]
    [InlineData("\"quo\\\"te\"@host.example")]
    [InlineData("#board@host.example")]
    [InlineData("ünïcode@host.example")]
    [InlineData("日本@例え.example")]
    [InlineData("o'brien+tag=x%y@host.example")]
    [InlineData("\" at \"@host.example")]
    [Trait("source", "Q183588")]
    public void Any_address_can_be_answered(string text)
    {
        var address = Smtp(text);

        var originator = Originator.OfStranger("Doe, [Jane] \"X\"", address, Profile);

        ShouldComeBack(originator, address);
    }

    [Fact]
    [Trait("source", "Q183588")]
    public void Every_address_and_name_makes_a_sender_that_can_be_answered()
    {
        var local = ArbMap.Default.ArbFor<NonEmptyString>();
        var name = ArbMap.Default.ArbFor<NonNull<string>>();
        Prop.ForAll(local, name, (part, display) =>
        {
            if (SmtpAddress.TryCreate(part.Get, "host.example", out var address, out _) && !part.Get.Any(char.IsSurrogate))
            {
                ShouldComeBack(Originator.OfStranger(display.Get, address, Profile), address);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(113)]
    [InlineData(114)]
    [InlineData(115)]
    [InlineData(200)]
    public void Long_addresses_stay_within_a_name(int length)
    {
        var address = Smtp(new string('x', length) + "@host.example");

        var originator = Originator.OfStranger("Somebody with a display name of some length", address, Profile);

        ShouldComeBack(originator, address);
        (originator.Alias.Length > 0).ShouldBe(length > 113);
    }

    [Fact]
    public void An_unknown_alias_is_no_address() =>
        Originator.TryRead(Address("LONGSMTP-ABC at SITE1"), _ => null, out _).ShouldBeFalse();

    [Theory]
    [InlineData("Doe, Jane at SITE1")]
    [InlineData("IMCEASMTP-broken+4 at SITE1")]
    [InlineData("IMCEASMTP-nothing at SITE1")]
    public void Other_names_are_no_internet_address(string text) => Originator.TryRead(Address(text), _ => null, out _).ShouldBeFalse();

    private static void ShouldComeBack(OriginatorText originator, SmtpAddress address)
    {
        originator.Text.IndexOfAny(['[', ']', '<', '>']).ShouldBe(-1);
        originator.Text.ShouldNotStartWith(",");

        // The way the text goes: through the file and back as the recipient of a reply
        var losses = new List<ConversionLoss>();
        var written = ImportHeader.Address("sender", originator.Text, Profile, losses);
        losses.ShouldBeEmpty();
        var reply = Address(Profile.TextEncoding.GetString(Profile.TextEncoding.GetBytes(written)));
        Profile.TextEncoding.GetByteCount(reply.Name).ShouldBeLessThanOrEqualTo(Originator.NameLimit);
        Originator.TryRead(reply, alias => alias == originator.Alias ? address : null, out var back).ShouldBeTrue(originator.Text);
        back.Text.ShouldBe(address.Text);
    }

    private static SmtpAddress Smtp(string text) =>
        SmtpAddress.TryParse(text, out var address, out var fault) ? address : throw new FormatException(fault);
}
