using Postern.Domain.Queue;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>"Administrator's mailbox": what cannot be converted or matched goes there, once.</summary>
public sealed class AdministratorNoticeTests : IAsyncLifetime
{
    private const string Broken = "queue/SITE1/00000002.raw";

    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        Directory.CreateDirectory(lab.PostOffice.Queue);
        lab.Settings = lab.Settings with { AdministratorAddress = "admin@customer.example" };
        lab.Restart();
        await lab.Connector.RecoverAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task A_message_that_cannot_be_read_goes_to_the_administrator_with_its_bytes()
    {
        await File.WriteAllTextAsync(lab.PostOffice.At(Broken), "rubbish");

        await lab.Pickup.PickUpAsync(CancellationToken.None);

        var notice = lab.Accepted.ShouldHaveSingleItem();
        (notice.Sender, notice.IsReport, notice.Source).ShouldBe((null, true, "sales"));
        notice.Recipients.ShouldHaveSingleItem().Route.Target.ToString().ShouldBe("admin@customer.example");
        var text = lab.Contents.ShouldHaveSingleItem();
        text.ShouldContain("Auto-Submitted: auto-generated");
        text.ShouldContain($"It lies in Bad/{lab.FilesIn("Bad").ShouldHaveSingleItem()}");
        text.ShouldContain(Convert.ToBase64String("rubbish"u8)[..8]);
    }

    [Fact]
    public async Task A_file_that_is_read_again_brings_no_second_notice()
    {
        await File.WriteAllTextAsync(lab.PostOffice.At(Broken), "rubbish\r\n");
        lab.Wait(3, "Behind", "To: someone@partner.example at SITE1");
        var isBusy = true;
        lab.Intake = message => message.Subject == "Behind" && isBusy ? new IntakeResult.TryLater("busy") : null;

        await Should.ThrowAsync<IntakeUnavailableException>(() => lab.Pickup.PickUpAsync(CancellationToken.None));
        isBusy = false;
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.Accepted.Select(message => message.IsReport).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_notice_that_the_intake_cannot_take_now_is_sent_later()
    {
        await File.WriteAllTextAsync(lab.PostOffice.At(Broken), "rubbish");
        lab.Intake = _ => new IntakeResult.TryLater("busy");

        await Should.ThrowAsync<IntakeUnavailableException>(() => lab.Pickup.PickUpAsync(CancellationToken.None));
        lab.Intake = _ => null;
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.Accepted.ShouldHaveSingleItem().IsReport.ShouldBeTrue();
    }

    [Fact]
    public async Task A_bounce_that_nobody_can_take_is_not_answered_with_a_notice()
    {
        lab.Wait(1, "Message not deliverable", "To: Keane, Orla at SALES");

        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.FilesIn("Bad").Length.ShouldBe(1);
        lab.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_more_go_out_in_an_hour_than_a_person_reads()
    {
        for (var number = 1; number <= AdministratorNotices.MostPerHour + 5; number++)
        {
            lab.Wait(number, $"Misrouted {number}", "To: Keane, Orla at SALES");
        }

        await lab.Pickup.PickUpAsync(CancellationToken.None);
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.FilesIn("Bad").Length.ShouldBe(AdministratorNotices.MostPerHour + 5);
        lab.Accepted.Count.ShouldBe(AdministratorNotices.MostPerHour);
    }

    [Theory]
    [InlineData("jane@customer.example", 1)]
    [InlineData(null, 0)]
    public async Task An_undeliverable_file_of_no_message_goes_there_but_not_when_only_reports_were_sent(string? sender, int notices)
    {
        lab.PostOffice.Faults("import slow ms=700 subject=Out");
        var call = lab.DeliverAsync(CcMailLab.Letter(11, "Out", sender, "From: a@b.example\r\nSubject: Out\r\n\r\nx\r\n"));
        while (!File.Exists(Path.Combine(lab.Folder("Import"), "0000000B.ccm")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await File.WriteAllTextAsync(
            Path.Combine(lab.Folder("Import"), "FOREIGN.UND"), "Message:\r\nFrom: A at B\r\nTo: C at D\r\nSubject: E\r\nContents:\r\n");
        var results = await call;

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Accepted.Count.ShouldBe(notices);
    }

    [Fact]
    public void An_address_that_is_none_is_a_fault()
    {
        (lab.Settings with { AdministratorAddress = "@@" }).Faults().ShouldHaveSingleItem().ShouldContain("“@@” is not an address");
    }
}
