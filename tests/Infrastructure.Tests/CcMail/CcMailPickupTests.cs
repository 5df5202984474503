using System.Security.Cryptography;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Lab;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class CcMailPickupTests : IAsyncLifetime
{
    private const string Someone = "To: someone@partner.example at SITE1";

    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await CcMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task Mail_that_waits_is_brought_in_and_the_post_office_lets_go_of_it()
    {
        lab.Wait(1, "Crane hire", Someone);

        var round = await PickUpAsync();

        round.ShouldBe(new PickupRound(1, IsFull: false));
        var message = lab.Accepted.ShouldHaveSingleItem();
        message.Subject.ShouldBe("Crane hire");
        message.Source.ShouldBe("sales");
        message.Sender.ShouldBe(MailAddress.Parse("CCMAIL:Novak, Petra at SALES"));
        message.Identity.ShouldNotBeNull().Ordinal.ShouldBe(0);
        var recipient = message.Recipients.ShouldHaveSingleItem();
        recipient.Route.Target.ToString().ShouldBe("someone@partner.example");
        recipient.Route.Connector.Name.ShouldBe("internet");
        recipient.Class.ShouldBe(RecipientClass.To);
        lab.Contents[0].ShouldStartWith("Received: from SALES (cc:Mail) by site1.example with CCMAIL id ");
        lab.Contents[0].ShouldContain("From: \"Novak, Petra\" <petra.novak@site1.example>");
        lab.PostOffice.Queued().ShouldBeEmpty();
        lab.FilesIn("Work").ShouldBeEmpty();
        lab.FilesIn("Export").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q168211")]
    public async Task A_full_batch_asks_for_the_next_at_once()
    {
        for (var i = 1; i <= 20; i++)
        {
            lab.Wait(i, $"Mail {i}", Someone);
        }

        (await PickUpAsync()).ShouldBe(new PickupRound(16, IsFull: true));
        (await PickUpAsync()).ShouldBe(new PickupRound(4, IsFull: false));
        (await PickUpAsync()).ShouldBe(new PickupRound(0, IsFull: false));
        lab.Accepted.Count.ShouldBe(20);
        lab.Pickup.PollInterval.ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    [Trait("source", "Q199534")]
    [Trait("source", "Q151792")]
    [Trait("source", "Q151791")]
    [Trait("source", "Q243701")]
    public async Task Postern_acts_for_its_own_sites_only_and_answers_for_what_nobody_reaches()
    {
        lab.Wait(
            1, "Everybody", Someone, "To: Okafor, Ngozi at SITE2", "To: Nobody, Nils at SITE1", "cc: Keane, Orla at SALES", "cc: Ahmed, Sami at DEPOT",
            "cc: Lowe, Patrick", "Bcc: Ghost, Gil at HARBOUR");

        await PickUpAsync();

        var message = lab.Accepted.ShouldHaveSingleItem();
        message.Recipients.Select(recipient => recipient.Route.Target.ToString())
            .ShouldBe(["someone@partner.example", "ngozi.okafor@backbone.example"]);
        message.Failed.Select(failed => (failed.Address.ToString(), failed.Status)).ShouldBe(
            [("CCMAIL:Nobody, Nils at SITE1", "5.1.1"), ("CCMAIL:Ghost, Gil at HARBOUR", "5.4.4")]);
        message.Failed[1].Reason.ShouldContain("HARBOUR");
        lab.Contents[0].ShouldContain("Keane");
        lab.Contents[0].ShouldNotContain("Ghost");
    }

    [Fact]
    public async Task A_sender_whom_a_connector_does_not_take_gets_the_message_back_for_those_recipients_with_the_reason()
    {
        SenderPattern.TryParse("CCMAIL:* at SALES", out var sales, out _).ShouldBeTrue();
        lab.Routes = new RoutingTable(
            1, [new Site("Site 1", ["site1.example"], "SITE1", "", "")], [new PostOffice("CCMAIL", "SALES", "sales", "")],
            [new AddressSpace("SMTP", "partner.example", 1, "partners"), new AddressSpace("SMTP", "*", 1, "internet")],
            [
                new RoutedConnector(CcMailLab.ConnectorId, "sales", "ccmail"), new RoutedConnector(8, "internet", "smtp") { Restrictions = new SenderRestrictions([], [sales]) },
                new RoutedConnector(9, "partners", "smtp") { Restrictions = new SenderRestrictions([sales], []) },
            ],
            Domain.Directory.AddressBook.Empty);
        lab.Wait(1, "Both", Someone, "To: far@away.example at SITE1");

        await PickUpAsync();

        var message = lab.Accepted.ShouldHaveSingleItem();
        message.Recipients.ShouldHaveSingleItem().Route.Connector.Name.ShouldBe("partners");
        var failed = message.Failed.ShouldHaveSingleItem();
        (failed.Status, failed.Reason).ShouldBe(("5.7.1", "internet takes no mail from CCMAIL:Novak, Petra at SALES: it rejects CCMAIL:* at SALES."));
    }

    [Fact]
    [Trait("source", "Q231803")]
    public async Task A_blind_copy_is_delivered_and_not_shown()
    {
        lab.Wait(1, "Secret", Someone, "Bcc: other@partner.example at SITE1");

        await PickUpAsync();

        lab.Accepted[0].Recipients.Select(recipient => recipient.Class).ShouldBe([RecipientClass.To, RecipientClass.Bcc]);
        lab.Contents[0].ShouldNotContain("other@partner.example");
    }

    [Theory]
    [InlineData("a@b@c..example at SITE1", "5.1.1")]
    [InlineData("<><>@ at SITE1", "5.1.1")]
    [InlineData("user@[999.1.2.3 at SITE1", "5.1.1")]
    [InlineData("@ at SITE1", "5.1.1")]
    [Trait("source", "Q169671")]
    public async Task An_internet_address_that_is_written_wrongly_stays_text_is_answered_and_stops_nobody(string address, string status)
    {
        lab.Wait(1, "Wrong", $"To: {address}", Someone);
        lab.PostOffice.Wait("00000002.ccm", LabPostOffice.Mail("From it", Someone) with
        {
            Header = [new HeaderLine("From", address), .. LabPostOffice.Mail("From it", Someone).Header.Skip(1)],
        });

        await PickUpAsync();

        lab.Accepted.Select(message => message.Subject).ShouldBe(["Wrong", "From it"]);
        var failed = lab.Accepted[0].Failed.ShouldHaveSingleItem();
        failed.Status.ShouldBe(status);
        failed.Address.ToString().ShouldContain(address);
        lab.Accepted.ShouldAllBe(message => message.Recipients.Count == 1);
        lab.FilesIn("Bad").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q227142")]
    public async Task Attachments_arrive_byte_for_byte()
    {
        var data = new byte[1_000_000];
        new Random(5).NextBytes(data);
        var message = LabPostOffice.Mail("Data", Someone);
        lab.PostOffice.Wait("00000001.ccm", message with { Items = [.. message.Items, new Item(Item.FileKind, "SURVEY.DAT 3/13/98 4:50PM", data)] });

        await PickUpAsync();

        var content = lab.Contents.ShouldHaveSingleItem();
        var start = content.IndexOf("base64\r\n", content.IndexOf("SURVEY.DAT", StringComparison.Ordinal), StringComparison.Ordinal);
        var body = content[(content.IndexOf("\r\n\r\n", start, StringComparison.Ordinal) + 4)..];
        var base64 = body[..body.IndexOf("\r\n--", StringComparison.Ordinal)];
        SHA256.HashData(Convert.FromBase64String(base64)).ShouldBe(SHA256.HashData(data));
        Directory.EnumerateFiles(lab.Spool).Count().ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    [Trait("source", "Q249133")]
    public async Task A_recipient_whose_name_export_lost_is_reported()
    {
        lab.PostOffice.Faults("export 8.3-drops-names");
        lab.Wait(1, "Lost", Someone);

        await PickUpAsync();

        var failed = lab.Accepted.ShouldHaveSingleItem().Failed.ShouldHaveSingleItem();
        failed.Status.ShouldBe("5.1.3");
        failed.Reason.ShouldContain("without a name");
    }

    [Fact]
    [Trait("source", "Q212759")]
    public async Task What_came_with_an_export_that_failed_is_not_taken_again_until_a_clean_one()
    {
        lab.PostOffice.Faults("export exit=1 after-write for=2");
        lab.Wait(1, "First", Someone);
        lab.Wait(2, "Second", Someone);

        (await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync)).Message.ShouldContain("EXPORT ended with code 1");
        lab.Wait(3, "Third", Someone);
        await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync);
        await PickUpAsync();
        lab.Wait(4, "First", Someone);
        await PickUpAsync();

        lab.Accepted.Select(message => message.Subject).ShouldBe(["First", "Second", "Third", "First"]);
        (await lab.ScalarAsync<long>("select count(*) from pickup_fingerprint")).ShouldBe(0);
        var events = await lab.EventsAsync();
        events.Count(e => e.Code == EventCodes.CcMailExportFailed).ShouldBe(1);
        events.Count(e => e.Code == EventCodes.CcMailMessageRepeated).ShouldBe(5);
    }

    [Fact]
    public async Task Two_equal_messages_in_one_file_are_two_messages()
    {
        lab.PostOffice.Faults("export exit=1 after-write for=1");
        lab.Wait(1, "Same", Someone);
        lab.Wait(2, "Same", Someone);

        await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync);
        await PickUpAsync();

        lab.Accepted.Count.ShouldBe(2);
        lab.Accepted.Select(message => message.HeaderId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q212759")]
    [Trait("source", "Q202240")]
    public async Task A_message_that_export_never_finishes_is_set_aside_once_and_those_before_it_are_taken()
    {
        lab.PostOffice.Faults("export truncate");
        lab.Wait(1, "Good", Someone);
        lab.Wait(2, "Never finished", Someone);

        for (var round = 0; round < 3; round++)
        {
            await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync);
        }

        lab.Accepted.ShouldHaveSingleItem().Subject.ShouldBe("Good");
        lab.FilesIn("Bad").Length.ShouldBe(1);
        (await lab.EventsAsync()).Count(e => e.Code == EventCodes.CcMailMessageUnreadable).ShouldBe(1);
    }

    [Theory]
    [InlineData("export no-contents subject=Broken")]
    [InlineData("export corrupt subject=Broken")]
    [Trait("source", "Q234745")]
    [Trait("source", "Q166561")]
    public async Task A_damaged_message_never_keeps_the_others_from_coming(string fault)
    {
        lab.PostOffice.Faults(fault);
        lab.Wait(1, "Before", Someone);
        lab.Wait(2, "Broken", Someone);
        lab.Wait(3, "Behind", Someone);

        await PickUpAsync();

        var subjects = lab.Accepted.Select(message => message.Subject).ToList();
        subjects.ShouldContain("Before");
        subjects.ShouldContain("Behind");
        (subjects.Contains("Broken") || lab.FilesIn("Bad").Length == 1).ShouldBeTrue();
        lab.FilesIn("Work").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q176375")]
    public async Task Bytes_that_are_no_message_are_set_aside_and_told()
    {
        lab.Wait(1, "Before", Someone);
        await File.WriteAllBytesAsync(lab.PostOffice.At("queue/SITE1/00000002.raw"), [0, 1, 2, 3, 255, 65, 13, 10]);
        lab.Wait(3, "Behind", Someone);

        await PickUpAsync();
        await PickUpAsync();

        lab.Accepted.Select(message => message.Subject).ShouldBe(["Before", "Behind"]);
        lab.FilesIn("Bad").Length.ShouldBe(1);
        (await lab.EventsAsync()).ShouldHaveSingleItem().Code.ShouldBe(EventCodes.CcMailMessageUnreadable);
    }

    [Fact]
    public async Task A_message_for_nobody_here_is_kept_and_told()
    {
        lab.Wait(1, "Misrouted", "To: Keane, Orla at SALES");

        await PickUpAsync();

        lab.Accepted.ShouldBeEmpty();
        lab.FilesIn("Bad").Length.ShouldBe(1);
        var told = (await lab.EventsAsync()).ShouldHaveSingleItem();
        told.Code.ShouldBe(EventCodes.CcMailMessageForNobody);
        told.Text.ShouldContain("Keane, Orla at SALES");
    }

    [Fact]
    [Trait("source", "Q111558")]
    [Trait("source", "Q149387")]
    public async Task An_intake_that_is_away_loses_and_doubles_nothing()
    {
        lab.Wait(1, "First", Someone);
        lab.Wait(2, "Second", Someone);
        lab.Intake = message => message.Subject == "Second" ? new IntakeResult.TryLater("the database is away") : null;

        (await Should.ThrowAsync<IntakeUnavailableException>(PickUpAsync)).Message.ShouldContain("the database is away");
        lab.FilesIn("Work").Length.ShouldBe(1);
        lab.Restart();
        lab.Intake = _ => null;
        await lab.Connector.RecoverAsync(CancellationToken.None);
        await PickUpAsync();

        lab.Accepted.Select(message => message.Subject).ShouldBe(["First", "Second"]);
        lab.FilesIn("Work").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q151791")]
    public async Task A_message_that_can_never_be_stored_is_set_aside_and_told()
    {
        lab.Wait(1, "First", Someone);
        lab.Wait(2, "Second", Someone);
        lab.Intake = message => message.Subject == "First" ? new IntakeResult.Unacceptable("its header is too long") : null;

        await PickUpAsync();

        lab.Accepted.ShouldHaveSingleItem().Subject.ShouldBe("Second");
        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("its header is too long");
    }

    [Fact]
    [Trait("source", "Q228743")]
    public async Task A_bounce_of_the_router_is_a_report_that_nobody_answers()
    {
        lab.PostOffice.Wait("00000001.ccm", new Message(
            [
                new HeaderLine("From", "Administrator at SALES"),
                new HeaderLine("Date", "3/14/98 14:05"),
                new HeaderLine("To", "someone@partner.example at SITE1"),
                new HeaderLine("Subject", "Message not deliverable"),
            ],
            [Item.Text("Not deliverable to: Gone, Gus at DEPOT\r\n\r\nHello\r\n"u8.ToArray())]));

        await PickUpAsync();

        var message = lab.Accepted.ShouldHaveSingleItem();
        message.IsReport.ShouldBeTrue();
        message.Sender.ShouldBeNull();
    }

    [Fact]
    [Trait("source", "Q179072")]
    public async Task A_locked_post_office_is_said_and_told_once()
    {
        await File.WriteAllTextAsync(lab.PostOffice.At("LOCK"), "");

        var failed = await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync);
        await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync);

        failed.Message.ShouldStartWith("The post office SALES is locked by another program");
        (await lab.EventsAsync()).ShouldHaveSingleItem().Code.ShouldBe(EventCodes.CcMailPostOfficeLocked);
    }

    [Fact]
    [Trait("source", "Q294947")]
    public async Task A_program_that_is_absent_is_named()
    {
        lab.Settings = lab.Settings with { ExportProgram = [Path.Combine(AppContext.BaseDirectory, "EXPORT.EXE")] };
        lab.Restart();

        (await Should.ThrowAsync<PathRefusedException>(PickUpAsync)).Message.ShouldContain("EXPORT.EXE does not exist");
    }

    [Fact]
    [Trait("source", "Q151669")]
    public async Task An_export_that_hangs_is_ended_and_mail_comes_when_it_works_again()
    {
        lab.Settings = lab.Settings with { ExportTimeLimit = 2 };
        lab.Restart();
        lab.PostOffice.Faults("export hang at=half for=1");
        lab.Wait(1, "In", Someone);

        (await Should.ThrowAsync<PostOfficeUnreachableException>(PickUpAsync)).Message.ShouldContain("did not end within 2 seconds");
        await PickUpAsync();

        lab.Accepted.ShouldHaveSingleItem().Subject.ShouldBe("In");
    }

    [Fact]
    public async Task The_way_export_counts_sizes_is_learned_and_import_files_follow_it()
    {
        await using var other = await CcMailLab.CreateAsync("size model = B\n");
        other.Wait(1, "In", Someone);
        var bytes = await File.ReadAllBytesAsync(other.PostOffice.At("queue/SITE1/00000001.ccm"));
        bytes.Length.ShouldBeGreaterThan(0);

        await other.Pickup.PickUpAsync(CancellationToken.None);
        other.Restart();

        other.Link.Profile.SizeModel.ShouldBe(Domain.Formats.CcMail.SizeModel.B);
        (await other.EventsAsync()).ShouldHaveSingleItem().Code.ShouldBe(EventCodes.CcMailSizeModelLearned);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_returned_to_its_sender()
    {
        lab.Settings = lab.Settings with { MessageSizeLimit = 1 };
        lab.Restart();
        lab.Wait(1, "Small", Someone);
        lab.PostOffice.Wait("00000002.ccm", LabPostOffice.Mail("Large", Someone) with { Items = [Item.Text(new byte[5000])] });

        await PickUpAsync();

        lab.Accepted[0].Failed.ShouldBeEmpty();
        lab.Accepted[1].Recipients.ShouldBeEmpty();
        lab.Accepted[1].Failed.ShouldHaveSingleItem().Status.ShouldBe("5.3.4");
    }

    [Fact]
    [Trait("source", "Q192516")]
    public async Task Copies_of_exported_files_are_kept_on_request_before_conversion()
    {
        lab.Settings = lab.Settings with { SaveExportedFiles = true };
        lab.Restart();
        lab.Wait(1, "In", Someone);

        await PickUpAsync();

        lab.FilesIn("Export.bak").ShouldHaveSingleItem().ShouldStartWith("MSG");
    }

    private Task<PickupRound> PickUpAsync() => lab.Pickup.PickUpAsync(CancellationToken.None);
}
