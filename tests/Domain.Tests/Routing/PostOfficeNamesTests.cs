using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

public sealed class PostOfficeNamesTests
{
    [Theory]
    [Trait("source", "Q198898")]
    [InlineData("NETWORK123/OFFICE1234", "")]
    [InlineData("NETWORK1234/PO1", "The network name “NETWORK1234” has 11 characters; MS Mail allows 1 to 10.")]
    [InlineData("NET/OFFICE12345", "The post office name “OFFICE12345” has 11 characters; MS Mail allows 1 to 10.")]
    [InlineData("/PO1", "The network name “” has 0 characters; MS Mail allows 1 to 10.")]
    [InlineData("NET", "“NET” is not NETWORK/POSTOFFICE.")]
    [InlineData("NET/PO/1", "“NET/PO/1” is not NETWORK/POSTOFFICE.")]
    [InlineData("NET/PO-1", "The post office name “PO-1” may have only letters A to Z and digits.")]
    [InlineData("NÉT/PO1", "The network name “NÉT” may have only letters A to Z and digits.")]
    public void An_ms_mail_name_keeps_ten_ten(string name, string fault) => PostOfficeNames.FaultOf("MS", name).ShouldBe(fault);

    [Fact]
    [Trait("source", "Q112157")]
    public void Reserved_networks_are_refused_in_any_letters()
    {
        foreach (var network in PostOfficeNames.ReservedNetworks)
        {
            PostOfficeNames.FaultOf("MS", $"{network.ToLowerInvariant()}/PO1").ShouldBe($"The network name {network.ToLowerInvariant()} is reserved by MS Mail.");
        }

        PostOfficeNames.FaultOf("MS", "MSMAIL2/PO1").ShouldBeEmpty("whole names are compared");
        PostOfficeNames.FaultOf("MS", "NET/MSMAIL").ShouldBeEmpty("only networks are reserved");
    }

    [Theory]
    [Trait("source", "Q199676")]
    [InlineData("JANE", true)]
    [InlineData("JANE1234567", false)]
    [InlineData("JANE DOE", false)]
    [InlineData("J.DOE", false)]
    [InlineData("", false)]
    public void A_mailbox_has_letters_and_digits_only(string mailbox, bool isUsable) => (PostOfficeNames.MailboxFault(mailbox).Length == 0).ShouldBe(isUsable);

    [Theory]
    [Trait("source", "Q164464")]
    [InlineData("admin", true)]
    [InlineData("POSTMASTER", true)]
    [InlineData("System1", true)]
    [InlineData("ADMIN2", false)]
    [InlineData("SYSTEMS", false)]
    public void A_mailbox_name_of_the_system_is_nobodys(string mailbox, bool isReserved) => PostOfficeNames.MailboxFault(mailbox).EndsWith("(Q164464).", StringComparison.Ordinal).ShouldBe(isReserved);

    [Theory]
    [InlineData("SALES", "")]
    [InlineData("Sales at Home", "A cc:Mail post office name cannot hold the word “at” that separates it from the name.")]
    public void A_cc_mail_name_keeps_its_own_rule(string name, string fault) => PostOfficeNames.FaultOf("CCMAIL", name).ShouldBe(fault);

    [Fact]
    public void Two_places_never_have_one_name()
    {
        var table = Table([Site("SITE1"), new Site("SITE2", ["SITE1.example"], "sales", "corp", "site1")], [Direct("SALES", "c"), Direct("NET/SALES", "m"), Direct("net/sales", "m")]);

        PostOfficeNames.Check(table).Select(fault => fault.Sentence).ShouldBe(
        [
            "The name SALES is taken twice: by the post office SALES and by the site SITE2.",
            "The name NET/SALES is taken twice: by the post office NET/SALES and by the post office net/sales.",
            "The name CORP/SITE1 is taken twice: by the site SITE1 and by the site SITE2.",
            "The domain site1.example is taken twice: by the sites SITE1 and SITE2.",
        ]);
    }

    [Fact]
    public void A_site_has_both_ms_mail_names_or_none() =>
        PostOfficeNames.Check(Table([new Site("SITE1", [], "", "CORP", "")], [])).Single().Sentence.ShouldBe("The post office name “” has 0 characters; MS Mail allows 1 to 10.");

    [Fact]
    [Trait("source", "Q162841")]
    [Trait("source", "Q128627")]
    public void A_name_of_nine_that_begins_one_of_ten_is_a_warning_and_no_fault()
    {
        var faults = PostOfficeNames.Check(Table([], [Direct("NET/MEL227TRK", "m"), Direct("NET/MEL227TRK0", "m"), Direct("OTHER/MEL227TRK1", "m"), Direct("NET/MEL227", "m")]));

        faults.ShouldHaveSingleItem().ShouldBe(
            new NameFault("NET/MEL227TRK0", "NET/MEL227TRK is the beginning of NET/MEL227TRK0; old versions of EXTERNAL take such mail for a circular route [004].", IsWarning: true));
    }

    [Fact]
    [Trait("source", "Q96605")]
    public void A_network_is_one_of_gateways_or_one_of_post_offices()
    {
        PostOfficeNames.Check(Table([Site("SITE1"), Site("SITE2")], [Direct("NET/PO1", "m"), Direct("corp/PO2", "m")])).ShouldBe(
        [
            new NameFault("CORP", "The network CORP is that of the site SITE1 and of the post office corp/PO2; at MS Mail a network is one of gateways or one of post offices.", IsWarning: true),
            new NameFault("CORP", "The network CORP is that of the site SITE2 and of the post office corp/PO2; at MS Mail a network is one of gateways or one of post offices.", IsWarning: true),
        ]);
        PostOfficeNames.Check(Table([Site("SITE1")], [Direct("CORPS/PO1", "m"), Direct("CORP", "c")])).ShouldBeEmpty("whole names of MS Mail are compared");
    }
}
