using Postern.Domain.Queue;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class CcMailConnectorTests : IAsyncLifetime
{
    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await CcMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task A_call_takes_its_messages_in_one_run()
    {
        var results = await lab.DeliverAsync(
            CcMailLab.Mail(11, "First"), CcMailLab.Mail(21, "Second"), CcMailLab.Mail(31, "Third", "Novak, Petra", "Keane, Orla"));

        results.Select(result => result.DeliveryId).Order().ShouldBe([11, 21, 31, 32]);
        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        lab.Mailbox().ShouldBe(["First", "Second", "Third"]);
        lab.Mailbox("Novak, Petra").ShouldBe(["Third"]);
        lab.FilesIn("Import").ShouldBeEmpty();
        lab.FilesIn("Submit").ShouldBeEmpty();
        (await lab.ScalarAsync<long>("select count(*) from program_run where exit_code = 0 and ended_at is not null and pid is not null")).ShouldBe(1);
    }

    [Fact]
    public async Task The_outcome_names_the_post_office_and_the_file()
    {
        var result = (await lab.DeliverAsync(CcMailLab.Mail(71, "Hello"))).ShouldHaveSingleItem();

        var delivered = result.Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        delivered.Remote.ShouldBe("SALES, 0000001Z.ccm");
        delivered.Reply.ShouldBe("IMPORT ended with code 0");
    }

    [Fact]
    [Trait("source", "Q232687")]
    [Trait("source", "Q234350")]
    public async Task No_bracket_ever_reaches_the_program_and_the_reply_goes_to_the_same_address()
    {
        const string content =
            "From: \"[Sales] Jane\" <jane@[192.0.2.1]>\r\nTo: x@site1.example\r\nSubject: [urgent] crane [2]\r\nDate: Sat, 14 Mar 1998 14:05:00 +0000\r\n\r\n[body]\r\n";

        var results = await lab.DeliverAsync(CcMailLab.Letter(11, "", "jane@[192.0.2.1]", content));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var message = lab.PostOffice.Mailbox("Keane, Orla").ShouldHaveSingleItem();
        message.From.ShouldNotContain("[");
        message.Subject.ShouldBe("(urgent) crane (2)");
        results[0].Notes.ShouldNotBeNull().ShouldContain("(urgent)");

        lab.Wait(1, "Re: crane", $"To: {message.From}");
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.Accepted.ShouldHaveSingleItem().Recipients.ShouldHaveSingleItem().Route.Target.ToString().ShouldBe("jane@[192.0.2.1]");
    }

    [Fact]
    [Trait("source", "Q192594")]
    public async Task A_message_without_a_sender_comes_from_the_postmaster()
    {
        const string content = "From: MAILER-DAEMON@peer.example\r\nTo: x@site1.example\r\nSubject: Undelivered\r\n\r\nSorry\r\n";

        await lab.DeliverAsync(CcMailLab.Letter(11, "", null, content));

        lab.PostOffice.Mailbox("Keane, Orla").ShouldHaveSingleItem().From.ShouldBe("Postmaster at SITE1");
    }

    [Fact]
    [Trait("source", "Q183588")]
    public async Task A_sender_who_is_in_the_directory_has_the_name_that_cc_mail_knows()
    {
        await lab.DeliverAsync(CcMailLab.Letter(11, "Hello", "ngozi.okafor@backbone.example", ""));

        lab.PostOffice.Mailbox("Keane, Orla").ShouldHaveSingleItem().From.ShouldBe("Okafor, Ngozi at SITE2");
    }

    [Fact]
    [Trait("source", "Q166499")]
    public async Task More_recipients_than_a_header_holds_travel_in_several_files_and_each_gets_one_copy()
    {
        var names = Enumerable.Range(1, 150).Select(i => $"Recipient with a long name, Number {i:D3}").ToArray();
        foreach (var name in names)
        {
            lab.PostOffice.AddEntry(name, 'L', "");
        }

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "To all", names));

        results.Count.ShouldBe(150);
        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        names.ShouldAllBe(name => lab.Mailbox(name).Length == 1);
        (await lab.ScalarAsync<long>("select count(*) from program_run")).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_in_several_parts_is_delivered_when_the_last_is_taken()
    {
        var parts = string.Concat(Enumerable.Range(1, 40).Select(i =>
            $"--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=f{i}.bin\r\n\r\nfile {i}\r\n"));
        var content = $"From: jane@customer.example\r\nTo: x@site1.example\r\nSubject: Forty\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{parts}--x--\r\n";

        var results = await lab.DeliverAsync(CcMailLab.Letter(11, "", "jane@customer.example", content));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["(1 of 3) Forty", "(2 of 3) Forty", "(3 of 3) Forty"]);
        lab.PostOffice.Mailbox("Keane, Orla").Sum(message => message.Items.Count(item => !item.IsText)).ShouldBe(40);
    }

    [Fact]
    [Trait("source", "Q181797")]
    public async Task A_recipient_who_is_named_twice_gets_one_copy_and_both_deliveries_an_outcome()
    {
        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Once", "Keane, Orla", "Orla Keane"));

        results.Select(result => result.DeliveryId).Order().ShouldBe([11, 12]);
        lab.Mailbox().ShouldBe(["Once"]);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("before")]
    [InlineData("text")]
    [Trait("source", "Q184624")]
    public async Task A_refused_recipient_bounces_with_the_programs_own_reason_and_the_others_get_the_message(string layout)
    {
        await using var other = await CcMailLab.CreateAsync($"und layout = {layout}\n");

        var results = await other.DeliverAsync(CcMailLab.Mail(11, "Hello", "Keane, Orla", "Nobody, Nils"), CcMailLab.Mail(21, "Other"));

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var bounced = results.Single(result => result.DeliveryId == 12).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>();
        bounced.Status.ShouldBe("5.1.1");
        bounced.Reason.ShouldContain("Nobody, Nils");
        bounced.Reason.ShouldContain("Recipient unknown");
        other.FilesIn("Import").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q193864")]
    public async Task A_refusal_that_passes_is_tried_again_for_the_one_it_concerns()
    {
        lab.PostOffice.Faults("import reject to=\"Novak, Petra\" reason=\"Disk error in creating message item\"");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Hello", "Keane, Orla", "Novak, Petra"));

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        results.Single(result => result.DeliveryId == 12).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldContain("Disk error");
    }

    [Fact]
    [Trait("source", "Q180641")]
    public async Task A_refused_date_order_is_replaced_by_the_one_that_is_taken_and_that_is_kept()
    {
        await using var european = await CcMailLab.CreateAsync("date order = european\n");

        var first = await european.DeliverAsync(CcMailLab.Mail(11, "First"), CcMailLab.Mail(21, "Second"));
        var runs = await european.ScalarAsync<long>("select count(*) from program_run");
        european.Restart();
        var later = await european.DeliverAsync(CcMailLab.Mail(31, "Third"));

        first.Concat(later).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        european.Mailbox().ShouldBe(["First", "Second", "Third"]);
        (await european.ScalarAsync<long>("select count(*) from program_run")).ShouldBe(runs + 1);
        (await european.EventsAsync()).Count(e => e.Code == EventCodes.CcMailDateOrderChanged).ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q180641")]
    public async Task A_date_that_no_order_helps_bounces()
    {
        lab.PostOffice.Faults("import reject reason=\"Unknown Date Format\"");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Hello"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Reason.ShouldContain("in every order");
        lab.FilesIn("Submit").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_above_the_limit_bounces_and_says_both_sizes()
    {
        lab.Settings = lab.Settings with { MessageSizeLimit = 1 };
        lab.Restart();

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, new string('x', 2000)), CcMailLab.Mail(21, "Small"));

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Reason.ShouldContain("at most 1 KB");
        results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
    }

    [Fact]
    [Trait("source", "Q227142")]
    [Trait("source", "Q200003")]
    [Trait("source", "Q221963")]
    [Trait("source", "Q237182")]
    public async Task Content_that_is_damaged_in_the_database_is_tried_again_and_then_returned_with_that_cause()
    {
        var gone = CcMailLab.Mail(11, "Gone") with { Content = null };
        var third = gone with { Deliveries = [gone.Deliveries[0] with { Attempts = 2 }] };

        var first = await lab.DeliverAsync(gone, CcMailLab.Mail(21, "Whole"));
        var last = await lab.DeliverAsync(third);

        first.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        first.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var reason = last.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Reason;
        reason.ShouldContain("the stored content of message 10 has 0 of");
    }

    [Fact]
    [Trait("source", "Q227142")]
    [Trait("source", "Q181512")]
    public async Task A_folder_that_cannot_be_written_defers_with_the_systems_words()
    {
        await lab.Connector.RecoverAsync(CancellationToken.None);
        Directory.Delete(lab.Folder("Submit"));
        await File.WriteAllTextAsync(lab.Folder("Submit"), "in the way");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Hello"));

        var deferred = results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        deferred.Reason.ShouldContain("Submit");
        deferred.DestinationDown.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q192516")]
    public async Task Copies_of_imported_files_are_kept_on_request()
    {
        lab.Settings = lab.Settings with { SaveImportedFiles = true };
        lab.Restart();

        await lab.DeliverAsync(CcMailLab.Mail(11, "Hello"));

        lab.FilesIn("Import.bak").ShouldBe(["0000000B.ccm"]);
    }
}
