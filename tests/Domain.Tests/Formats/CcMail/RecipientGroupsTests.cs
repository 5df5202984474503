using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class RecipientGroupsTests
{
    private static readonly ImportMessage Empty = new()
    {
        From = "a at B",
        Date = new DateTime(1998, 1, 2),
        Recipients = [],
        Subject = "s",
        Items = [],
    };

    [Theory]
    [Trait("source", "Q166499")]
    [InlineData(179, 1)]
    [InlineData(180, 1)]
    [InlineData(181, 2)]
    [InlineData(1000, 6)]
    public void A_message_names_at_most_180_recipients(int count, int messages)
    {
        var groups = RecipientGroups.Split(Empty with { Recipients = Recipients(count, "n{0} at P") }, Profile);

        groups.Count.ShouldBe(messages);
        groups.SelectMany(g => g).ShouldBe(Recipients(count, "n{0} at P"));
        groups.ShouldAllBe(g => g.Count <= 180);
    }

    [Theory]
    [Trait("source", "Q266711")]
    [InlineData(3_498, 1)]
    [InlineData(3_499, 1)]
    [InlineData(3_500, 2)]
    public void A_header_stays_below_3500_bytes(int bytes, int messages)
    {
        var message = Empty with { Recipients = [new(RecipientClass.To, new string('x', 1000)), new(RecipientClass.Bcc, "y")] };
        var missing = bytes - RecipientGroups.HeaderBytes(message, Profile);
        message = message with { Recipients = [new(RecipientClass.To, new string('x', 1000 + missing)), new(RecipientClass.Bcc, "y")] };
        RecipientGroups.HeaderBytes(message, Profile).ShouldBe(bytes);

        var groups = RecipientGroups.Split(message, Profile);

        groups.Count.ShouldBe(messages);
    }

    [Fact]
    [Trait("source", "Q266711")]
    public void A_newer_post_office_takes_many_more()
    {
        var profile = Profile with { MaxAddressBufferSize = 163_840 };
        var recipients = Recipients(5_000, "Somebody With A Long Name {0} at POSTOFFICE");

        var groups = RecipientGroups.Split(Empty with { Recipients = recipients }, profile);

        groups.Count.ShouldBe(2);
        groups.Select(g => RecipientGroups.HeaderBytes(Empty with { Recipients = g }, profile)).ShouldAllBe(bytes => bytes < 163_244);
    }

    [Fact]
    public void A_recipient_too_long_for_any_header_stands_alone()
    {
        var recipients = new ImportRecipient[] { new(RecipientClass.To, "a"), new(RecipientClass.To, new string('x', 5_000)), new(RecipientClass.To, "b") };

        var groups = RecipientGroups.Split(Empty with { Recipients = recipients }, Profile);

        groups.Select(g => g.Count).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void No_recipients_are_one_empty_group() => RecipientGroups.Split(Empty, Profile).Single().ShouldBeEmpty();

    private static List<ImportRecipient> Recipients(int count, string pattern) =>
        [.. Enumerable.Range(0, count).Select(i => new ImportRecipient((RecipientClass)(i % 3), string.Format(null, pattern, i)))];
}
