using System.Buffers;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class UndeliverableReaderTests
{
    [Fact]
    [Trait("source", "Q184624")]
    public void A_reason_beside_a_recipient_singles_it_out()
    {
        var message = Read(Fixture("und-reasons.und")).Single();

        message.NamesRecipients.ShouldBeTrue();
        var failed = message.Failed.Single();
        failed.Recipient.Address.Name.ShouldBe("Nobody, Nils");
        failed.Reasons.ShouldBe(["Recipient unknown"]);
    }

    [Fact]
    [Trait("source", "Q166499")]
    public void A_full_header_said_three_times_is_one_reason_for_all()
    {
        var message = Read(Fixture("und-header-full.und")).Single();

        message.NamesRecipients.ShouldBeFalse();
        message.Reasons.ShouldBe(["Header Buffer Full"]);
        message.Failed.Select(f => f.Recipient.Address.Name).ShouldBe(["Lindqvist, Per", "Delgado, Rosa"]);
        message.Failed.ShouldAllBe(f => f.Reasons.Count == 1);
        message.Original.Items.Single().Data.Length.ShouldBe(8);
    }

    [Fact]
    [Trait("source", "Q180641")]
    public void A_reason_after_the_message_belongs_to_it()
    {
        var one = Sized(Header, ("Text item:", "Hello\r\n"));

        var messages = Read(Bytes(one + "***  Unknown Date Format  ***\r\n" + one + "***  Disk error in creating message item  ***\r\n")).ToList();

        messages.Select(m => m.Reasons.Single()).ShouldBe(["Unknown Date Format", "Disk error in creating message item"]);
    }

    [Fact]
    public void A_reason_before_each_message_belongs_to_the_one_that_follows()
    {
        var one = Sized(Header, ("Text item:", "Hello\r\n"));

        var messages = Read(Bytes("*** first ***\r\n" + one + "*** second ***\r\n" + one)).ToList();

        messages.Select(m => m.Reasons.Single()).ShouldBe(["first", "second"]);
    }

    [Theory]
    [InlineData("***  Recipient unknown  ***\r\nFrom: a at B\r\nTo: x at P\r\n")]
    [InlineData("From: a at B\r\nTo: x at P ***  Recipient unknown  ***\r\n")]
    [InlineData("From: a at B\r\nTo: x at P\r\nSubject: s\r\n*** Recipient unknown ***\r\n")]
    public void A_reason_anywhere_in_the_header_is_found(string header)
    {
        var message = Read(Bytes(Sized(header, ("Text item:", "Hello\r\n")))).Single();

        message.Failed.Single().Recipient.Address.Raw.ShouldBe("x at P");
        message.Failed.Single().Reasons.ShouldBe(["Recipient unknown"]);
    }

    [Fact]
    public void A_reason_inside_the_text_is_taken_when_there_is_no_other()
    {
        var message = Read(Bytes(Sized(Header, ("Text item:", "*** Disk error ***\r\nHello\r\n")))).Single();

        message.NamesRecipients.ShouldBeFalse();
        message.Failed.Single().Reasons.ShouldBe(["Disk error"]);
    }

    [Fact]
    public void A_file_without_reasons_still_names_everybody()
    {
        var message = Read(Bytes(Sized(Header + "cc: Delgado, Rosa at HARBOUR\r\n", ("Text item:", "Hello\r\n")))).Single();

        message.Failed.Count.ShouldBe(2);
        message.Failed.ShouldAllBe(f => f.Reasons.Count == 0);
    }

    [Fact]
    [Trait("source", "Q212788")]
    public void An_empty_or_foreign_file_yields_nothing()
    {
        Read([]).ShouldBeEmpty();
        Read(Bytes("hello, world")).ShouldBeEmpty();
    }

    private static IEnumerable<UndeliverableMessage> Read(byte[] file) => UndeliverableReader.Read(new ReadOnlySequence<byte>(file), Profile);
}
