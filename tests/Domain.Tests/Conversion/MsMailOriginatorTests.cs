using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Conversion;

public sealed class MsMailOriginatorTests
{
    [Theory]
    [Trait("source", "Q183588")]
    [InlineData("jane.doe@site1.example", "JANE")]
    [InlineData("x@site1.example", "XXXX")]
    [InlineData("\"a b\"@site1.example", "ABXX")]
    [InlineData("…@site1.example", "XXXX")]
    public void A_reply_to_a_stranger_comes_back_to_exactly_that_address(string text, string letters)
    {
        var memory = new Dictionary<string, SmtpAddress>();
        var address = Address(text);

        var written = MsMailOriginator.OfStranger(address, Profile, memory.GetValueOrDefault);
        memory.Add(written.Alias, address);

        written.Alias.ShouldMatch($"^{letters}[A-Z2-7]{{6}}$");
        var reply = MsMailAddressText.Parse(written.Text.ToLowerInvariant());
        reply.TryAddress(out var native, out _).ShouldBeTrue();
        (native.Network, native.PostOffice).ShouldBe(("bridgenet", "hub1"));
        MsMailOriginator.TryRead(reply, memory.GetValueOrDefault, out var read).ShouldBeTrue();
        read.ShouldBe(address);
        MsMailOriginator.OfStranger(address, Profile, memory.GetValueOrDefault).Alias.ShouldBe(written.Alias);
        written.Losses.Single().Kind.ShouldBe(LossKind.Replaced);
    }

    [Fact]
    public void Two_senders_never_share_an_alias()
    {
        var first = Address("jane@site1.example");
        var taken = MsMailOriginator.OfStranger(first, Profile, _ => null).Alias;

        // Somebody else has the alias that this one would get
        var written = MsMailOriginator.OfStranger(first, Profile, alias => alias == taken ? Address("jane@else.example") : null);

        written.Alias.ShouldNotBe(taken);
        written.Alias.Length.ShouldBe(10);
    }

    [Theory]
    [Trait("source", "Q164863")]
    [Trait("source", "Q98050")]
    [InlineData("jane@site1.example", true)]
    [InlineData("ja^ne@site1.example", false)]
    public void The_smtp_gateway_takes_the_address_itself(string text, bool isWritten)
    {
        var written = MsMailOriginator.OfStranger(Address(text), Profile with { UsesInternetSenders = true }, _ => null);

        (written.Alias.Length == 0).ShouldBe(isWritten);
        if (isWritten)
        {
            written.Text.ShouldBe($"SMTP:{text}");
            MsMailOriginator.TryRead(MsMailAddressText.Parse(written.Text), _ => null, out var read).ShouldBeTrue();
            read.Text.ShouldBe(text);
        }
    }

    [Fact]
    public void Entries_and_nobody_are_written_as_they_are()
    {
        MsMailAddress.TryParse("HARBOR/PIER1/ANNAB", out var entry, out _).ShouldBeTrue();

        MsMailOriginator.OfEntry(entry).Text.ShouldBe("CSI:HARBOR/PIER1/ANNAB");
        MsMailOriginator.OfNobody(Profile).Text.ShouldBe("CSI:BRIDGENET/HUB1/POSTMASTER");
        MsMailOriginator.TryRead(MsMailAddressText.Parse("CSI:BRIDGENET/HUB1/UNKNOWN"), _ => null, out _).ShouldBeFalse();
    }

    private static SmtpAddress Address(string text) =>
        SmtpAddress.TryParse(text, out var address, out var fault) ? address : throw new FormatException(fault);
}
