using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class LongAddressesTests : IAsyncLifetime
{
    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await CcMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q183588")]
    public async Task A_reply_to_an_address_too_long_for_cc_mail_arrives_after_a_restart()
    {
        var sender = $"{new string('l', 60)}.{new string('o', 60)}.ng@customer.example";
        (await lab.DeliverAsync(CcMailLab.Letter(11, "Hello", sender, ""))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var from = lab.PostOffice.Mailbox("Keane, Orla").ShouldHaveSingleItem().From;
        lab.Restart();

        lab.Wait(1, "Re: Hello", $"To: {from}");
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.Accepted.ShouldHaveSingleItem().Recipients.ShouldHaveSingleItem().Route.Target.ShouldBe(MailAddress.Parse(sender));
    }

    [Fact]
    public void Lines_that_are_damaged_are_passed_over()
    {
        File.WriteAllText(lab.Folder("long-addresses.txt"), "rubbish\nLONGSMTP-A\tnot an address\nLONGSMTP-B\tjane@customer.example\n");

        var known = new LongAddresses(lab.Folder(""));

        known.Find("LONGSMTP-A").ShouldBeNull();
        known.Find("longsmtp-b").ShouldBe(MailAddress.Parse("jane@customer.example"));
    }
}
