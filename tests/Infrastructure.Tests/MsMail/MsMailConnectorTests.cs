using System.Text;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>Mail to HARBOR, through GTWPUT as a child process.</summary>
public sealed class MsMailConnectorTests : IAsyncLifetime
{
    private MsMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await MsMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q115490")]
    public async Task A_call_takes_its_messages_in_one_run_and_attachments_arrive_byte_for_byte()
    {
        var data = new byte[300_000];
        new Random(5).NextBytes(data);
        var content = $"""
            From: Jane Doe <jane@customer.example>
            To: x@site1.example
            Subject: Data
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=x

            --x

            Grüße
            --x
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="PLAN.BIN"

            {Convert.ToBase64String(data, Base64FormattingOptions.InsertLineBreaks)}
            --x--
            """.ReplaceLineEndings("\r\n");

        var results = await lab.DeliverAsync(
            MsMailLab.Mail(11, "First"), MsMailLab.Mail(21, "Second", "ANNAB", "HARBOR/PIER2/GUSTH"), MsMailLab.Letter(31, "jane@customer.example", content, "CARLD"));

        results.Select(result => result.DeliveryId).Order().ShouldBe([11, 21, 22, 31]);
        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        lab.Harbor.Subjects().ShouldBe(["First", "Second"]);
        lab.Harbor.Subjects("GUSTH", "PIER2").ShouldBe(["Second"]);
        var file = lab.Harbor.Mailbox("CARLD").ShouldHaveSingleItem().Files.ShouldHaveSingleItem();
        (file.Name, file.Data.AsSpan().SequenceEqual(data)).ShouldBe(("PLAN.BIN", true));
        lab.FilesIn("Put").ShouldBeEmpty();
        (await lab.ScalarAsync<long>("select count(*) from program_run where program = 'gtwput' and exit_code = 0 and ended_at is not null")).ShouldBe(1);
        results[0].Outcome.Remote.ShouldBe("HARBOR/PIER1, 0000000B.PUT");
    }

    [Fact]
    [Trait("source", "Q118533")]
    [Trait("source", "Q127919")]
    [Trait("source", "Q121732")]
    public async Task An_error_concerns_the_recipient_it_names_and_everybody_else_gets_the_mail_once()
    {
        lab.Settings = lab.Settings with { EarlierMessages = EarlierMessages.AreTaken };
        lab.Restart();
        lab.Harbor.Faults("gtwput refuse=142 to=GUSTH");

        var results = await lab.DeliverAsync(
            MsMailLab.Mail(11, "Before"), MsMailLab.Mail(21, "Both", "ANNAB", "HARBOR/PIER2/GUSTH"), MsMailLab.Mail(31, "Behind"));

        var bounced = results.Single(result => result.DeliveryId == 22).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>();
        (bounced.Status, bounced.Reply).ShouldBe(("5.1.3", "142-2-3 Bad address."));
        bounced.Reason.ShouldContain("HARBOR/PIER2/GUSTH");
        results.Where(result => result.DeliveryId != 22).Select(result => result.DeliveryId).Order().ShouldBe([11, 21, 31]);
        results.Where(result => result.DeliveryId != 22).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered && !result.MayRepeat);
        lab.Harbor.Subjects().Order().ShouldBe(["Before", "Behind", "Both"]);
        lab.Harbor.Subjects("GUSTH", "PIER2").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q237695")]
    public async Task While_another_connector_works_at_the_post_office_mail_waits_and_says_so_and_nothing_is_returned()
    {
        var second = new MsMailLink(8, "second", lab.Settings with { WorkFolder = Path.Combine(lab.Harbor.Root, "second") }, lab.Password, lab.Link.House);
        second.LockFile.ShouldBe(lab.Link.LockFile);
        // As a program that the other one has started holds it.
        using (new FileStream(second.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var waits = (await lab.DeliverAsync(MsMailLab.Mail(11, "Hello"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();

            waits.DestinationDown.ShouldBeTrue();
            waits.Reason.ShouldStartWith("The post office HARBOR/PIER1 is in use by another program of this machine");
            lab.Harbor.Subjects().ShouldBeEmpty();
        }

        (await lab.DeliverAsync(MsMailLab.Mail(11, "Hello"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Harbor.Subjects().ShouldBe(["Hello"]);
    }

    [Fact]
    [Trait("source", "Q98159")]
    [Trait("source", "Q148768")]
    public async Task A_message_that_the_program_refuses_is_set_aside_with_its_number_and_what_may_come_twice_is_marked()
    {
        lab.Harbor.Faults("gtwput refuse=143 text=\"Unknown parser error.\" subject=poison");

        var results = await lab.DeliverAsync(MsMailLab.Mail(11, "Before"), MsMailLab.Mail(21, "poison"), MsMailLab.Mail(31, "Behind"));

        var quarantined = results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>();
        quarantined.Reason.ShouldBe("GTWPUT refused the message: 143-2-0 Unknown parser error.");
        lab.FilesIn("Bad").ShouldBe(["0000000L.PUT"]);
        (await lab.EventsAsync()).ShouldContain(told => told.Code == EventCodes.MsMailMessageQuarantined && told.Text.Contains("143-2-0"));
        var before = results.Single(result => result.DeliveryId == 11);
        (before.Outcome is AttemptOutcome.Delivered, before.MayRepeat).ShouldBe((true, true));
        results.Single(result => result.DeliveryId == 31).MayRepeat.ShouldBeFalse();
        lab.Harbor.Subjects().ShouldContain("Behind");
        lab.Harbor.Subjects().ShouldNotContain("poison");
    }

    [Fact]
    [Trait("source", "Q98159")]
    [Trait("source", "Q200003")]
    public async Task A_message_at_which_the_program_hangs_stops_no_other_and_is_quarantined_the_second_time()
    {
        lab.Settings = lab.Settings with { MessagesPerPut = 1, PutTimeLimit = 2 };
        lab.Restart();
        lab.Harbor.Faults("gtwput hang subject=poison");

        var first = await lab.DeliverAsync(MsMailLab.Mail(11, "poison"), MsMailLab.Mail(21, "Good"));
        var second = await lab.DeliverAsync(MsMailLab.Mail(11, "poison"));

        first.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().DestinationDown.ShouldBeFalse();
        first.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        second.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>().Reason.ShouldContain("did not end within");
        lab.Harbor.Subjects().ShouldBe(["Good"]);
    }

    [Fact]
    [Trait("source", "Q212756")]
    [Trait("source", "Q134952")]
    [Trait("source", "Q135926")]
    [Trait("source", "Q93080")]
    public async Task A_busy_post_office_is_nobodys_fault_and_is_told_of_once()
    {
        lab.Settings = lab.Settings with { MessagesPerPut = 1 };
        lab.Restart();
        lab.Harbor.Faults("gtwput exit=201");

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var results = await lab.DeliverAsync(MsMailLab.Mail(11, "One"), MsMailLab.Mail(21, "Two"), MsMailLab.Mail(31, "Three"));
            results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Deferred && !result.MayRepeat);
            results.ShouldContain(result => ((AttemptOutcome.Deferred)result.Outcome).DestinationDown);
        }

        lab.Harbor.Faults();
        (await lab.DeliverAsync(MsMailLab.Mail(11, "One"), MsMailLab.Mail(21, "Two"))).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        (await lab.EventsAsync()).Count(told => told.Code == EventCodes.MsMailPutFailed).ShouldBe(2);
        lab.Harbor.Subjects().ShouldBe(["One", "Two"]);
    }

    [Fact]
    [Trait("source", "Q96001")]
    [Trait("source", "Q95521")]
    public async Task A_wrong_password_stops_everything_and_says_so()
    {
        lab.Password = "WRONG";
        lab.Restart();

        var results = await lab.DeliverAsync(MsMailLab.Mail(11, "One"));

        var deferred = results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        (deferred.DestinationDown, deferred.Reason).ShouldBe((true, "GTWPUT ended with code 2: the administrator ADMIN or the password is wrong"));
        results[0].Outcome.Reply.ShouldNotContain("WRONG");
        await Should.ThrowAsync<PostOfficeUnreachableException>(lab.PickUpAsync);
    }

    [Fact]
    [Trait("source", "Q175447")]
    [Trait("source", "Q98067")]
    [Trait("source", "Q112879")]
    public async Task A_report_is_a_mail_failure_from_our_postmaster_and_none_goes_to_a_mailbox_that_programs_read()
    {
        const string report = """
            From: Mail Delivery System <postmaster@site1.example>
            To: anna.berg@site1.example
            Subject: Undeliverable: Lunch
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary=r

            --r

            Not delivered.
            --r
            Content-Type: message/delivery-status

            Reporting-MTA: dns; postern.example

            Final-Recipient: x-ms; POSTERN/SITE1/NOBODY
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: x-postern; nobody has this mailbox
            --r
            Content-Type: text/rfc822-headers

            From: anna.berg@site1.example
            Subject: Lunch
            --r--
            """;
        var content = report.ReplaceLineEndings("\r\n");

        var results = await lab.DeliverAsync(
            MsMailLab.Letter(11, null, content, "ANNAB"), MsMailLab.Letter(21, null, content, "POSTMASTER"), MsMailLab.Letter(31, null, content, "$SYSTEM"),
            MsMailLab.Mail(41, "For a program", "*SPECIAL"));

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var mail = lab.Harbor.Mailbox().ShouldHaveSingleItem();
        (mail.From, mail.Subject).ShouldBe(("CSI:POSTERN/SITE1/POSTMASTER", "Mail failure"));
        Encoding.Latin1.GetString(mail.Text).ShouldContain("[002] Mail was received that was addressed to unknown addresses.");
        Encoding.Latin1.GetString(mail.Text).ShouldContain("POSTERN/SITE1/NOBODY");
        foreach (var id in (long[])[21, 31, 41])
        {
            results.Single(result => result.DeliveryId == id).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Status.ShouldBe("5.7.1");
        }

        lab.Harbor.Mailbox("$SYSTEM").ShouldBeEmpty();
        lab.Harbor.Mailbox("*SPECIAL").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q131852")]
    [Trait("source", "Q160534")]
    public async Task A_message_above_the_limit_is_returned_for_good_with_both_sizes()
    {
        lab.Settings = lab.Settings with { MessageSizeLimit = 1 };
        lab.Restart();
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Send("CARLD", "Large", "POSTERN/SITE2/NGOZIO", "--text", new string('x', 3000));

        var results = await lab.DeliverAsync(MsMailLab.Mail(11, new string('x', 2000)), MsMailLab.Mail(21, "Small"));
        await lab.PickUpAsync();

        var bounced = results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>();
        (bounced.Status, bounced.Reason.Contains("at most 1 KB")).ShouldBe(("5.3.4", true));
        results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var returned = lab.Accepted.ShouldHaveSingleItem();
        returned.Recipients.ShouldBeEmpty();
        returned.Failed.ShouldHaveSingleItem().Status.ShouldBe("5.3.4");
    }

    [Fact]
    [Trait("source", "Q185153")]
    [Trait("source", "Q98067")]
    public async Task A_reply_to_a_stranger_finds_back_after_a_restart_and_a_failure_of_the_post_office_too()
    {
        var sent = await lab.DeliverAsync(MsMailLab.Mail(11, "Offer"), MsMailLab.Mail(21, "Lost", "HARBOR/PIER2/NOBODY"));
        var stranger = lab.Harbor.Mailbox().ShouldHaveSingleItem().From;
        lab.Restart();
        lab.Harbor.Send("ANNAB", "RE: Offer", stranger["CSI:".Length..]);

        await lab.PickUpAsync();

        sent.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered && result.Notes!.Contains("jane@customer.example"));
        stranger.ShouldStartWith("CSI:POSTERN/SITE1/JANE");
        lab.Accepted.Count.ShouldBe(2);
        lab.Accepted.ShouldAllBe(message => message.Recipients.Single().Route.Target.ToString() == "jane@customer.example");
        var failure = lab.Accepted.Single(message => message.IsReport);
        failure.Sender.ShouldBeNull();
        var text = lab.Contents[lab.Accepted.IndexOf(failure)];
        text.ShouldContain("Content-Type: multipart/report");
        text.ShouldContain("[002]");
        text.ShouldContain("5.1.1");
        lab.Accepted.Single(message => !message.IsReport).Sender!.ToString().ShouldBe("MS:HARBOR/PIER1/ANNAB");
    }
}
