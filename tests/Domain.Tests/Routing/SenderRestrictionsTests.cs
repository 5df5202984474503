using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

public sealed class SenderRestrictionsTests
{
    private static readonly AddressBook Book = new(
    [
        new Entry(1, "Novak, Petra", EntryKind.Person, MailAddress.Parse("CCMAIL:Novak, Petra at SALES"), [MailAddress.Parse("petra.novak@site1.example")]),
    ]);

    [Theory]
    [InlineData("jane@a.example", "jane@a.example")]
    [InlineData("a.example", "jane@a.example")]
    [InlineData("*.example", "jane@a.example")]
    [InlineData("smtp: *", "jane@a.example")]
    [InlineData("CCMAIL:* at SALES", "CCMAIL:Keane, Orla at SALES")]
    [InlineData("ccmail:Novak, Petra at SALES", "petra.novak@site1.example")]
    [InlineData("site1.example", "CCMAIL:Novak, Petra at SALES")]
    [InlineData("MS:NET/PO/*", "MS:NET/PO/JANE")]
    public void A_line_means_whom_it_names_by_any_of_their_addresses(string line, string sender)
    {
        Of([line], []).WhyNot(MailAddress.Parse(sender), Book).ShouldBeNull();
        Of([], [line]).WhyNot(MailAddress.Parse(sender), Book).ShouldBe($"takes no mail from {MailAddress.Parse(sender)}: it rejects {Pattern(line)}");
    }

    [Theory]
    [InlineData("jane@a.example", "jane@b.example")]
    [InlineData("a.example", "jane@sub.a.example")]
    [InlineData("*.example", "CCMAIL:Keane, Orla at SALES")]
    [InlineData("CCMAIL:* at SALES", "CCMAIL:Keane, Orla at SALES2")]
    [InlineData("MS:NET/PO/*", "jane@a.example")]
    public void Nobody_else_is_meant(string line, string sender)
    {
        Of([line], []).WhyNot(MailAddress.Parse(sender), Book).ShouldBe($"takes no mail from {MailAddress.Parse(sender)}: it accepts only from those it names");
        Of([], [line]).WhyNot(MailAddress.Parse(sender), Book).ShouldBeNull();
    }

    [Fact]
    public void Reject_wins_over_accept_and_mail_without_a_sender_always_passes()
    {
        var both = Of(["a.example"], ["jane@a.example"]);

        both.WhyNot(MailAddress.Parse("jane@a.example"), Book).ShouldNotBeNull();
        both.WhyNot(MailAddress.Parse("joe@a.example"), Book).ShouldBeNull();
        both.WhyNot(null, Book).ShouldBeNull();
        SenderRestrictions.None.WhyNot(MailAddress.Parse("jane@a.example"), Book).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("CCMAIL:")]
    [InlineData("no domain at all")]
    [InlineData("@a.example")]
    public void A_line_that_names_nobody_is_a_fault(string line)
    {
        SenderPattern.TryParse(line, out _, out var fault).ShouldBeFalse();
        fault.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_way_is_found_first_and_the_refusal_is_its_last_step()
    {
        var table = new RoutingTable(
            1, [], [], [new AddressSpace("SMTP", "*", 1, "relay")],
            [new RoutedConnector(1, "relay", "smtp") { Restrictions = Of(["a.example"], []) }], Book);

        table.ResolveFrom(MailAddress.Parse("jane@a.example"), MailAddress.Parse("x@far.example")).ShouldBeOfType<RouteDecision.Routed>();
        var refused = table.ResolveFrom(MailAddress.Parse("joe@b.example"), MailAddress.Parse("x@far.example")).ShouldBeOfType<RouteDecision.Unroutable>();

        (refused.Status, refused.Reason).ShouldBe(("5.7.1", "relay takes no mail from joe@b.example: it accepts only from those it names."));
        refused.Explanation.Count.ShouldBe(2);
        table.Resolve(MailAddress.Parse("x@far.example")).ShouldBeOfType<RouteDecision.Routed>("who asks for a way without a sender sees the way");
    }

    private static SenderRestrictions Of(string[] accept, string[] reject) => new([.. accept.Select(Pattern)], [.. reject.Select(Pattern)]);

    private static SenderPattern Pattern(string line)
    {
        SenderPattern.TryParse(line, out var pattern, out var fault).ShouldBeTrue(fault);
        return pattern;
    }
}
