using System.Text;
using Postern.Domain.Mime;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>Mail from HARBOR, through GTWGET as a child process.</summary>
public sealed class MsMailPickupTests : IAsyncLifetime
{
    private MsMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await MsMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q164850")]
    [Trait("source", "Q188819")]
    [Trait("source", "Q159181")]
    [Trait("source", "Q216476")]
    public async Task Postern_is_the_shadow_of_each_site_and_acts_for_nobody_who_has_a_copy_already()
    {
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Define("postoffice BAY/DOCK indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "Everybody", "POSTERN/SITE2/NGOZIO", "POSTERN/SITE1/NOBODY", "HARBOR/PIER2/GUSTH", "HARBOR/PIER1/CARLD", "BAY/DOCK/MARTA");

        var round = await lab.PickUpAsync();

        // A copy for each place that goes through us, and each names everybody.
        round.ShouldBe(new PickupRound(3, IsFull: false));
        var message = lab.Accepted.ShouldHaveSingleItem();
        message.Subject.ShouldBe("Everybody");
        message.Sender!.ToString().ShouldBe("MS:HARBOR/PIER1/ANNAB");
        message.Recipients.Select(recipient => (recipient.Route.Target.ToString(), recipient.Route.Connector.Name))
            .ShouldBe([("ngozi.okafor@backbone.example", "internet"), ("MS:BAY/DOCK/MARTA", "dock")]);
        var failed = message.Failed.ShouldHaveSingleItem();
        (failed.Address.ToString(), failed.Status).ShouldBe(("MS:POSTERN/SITE1/NOBODY", "5.1.1"));
        lab.Contents[0].ShouldStartWith("Received: from HARBOR.PIER1 (MS Mail) by site1.example with MSMAIL id\r\n 00000001.0; ");
        lab.Contents[0].ShouldContain("From: Anna Berg <anna.berg@site1.example>");
        lab.Harbor.Subjects("CARLD").ShouldBe(["Everybody"]);
        lab.Harbor.Subjects("GUSTH", "PIER2").ShouldBe(["Everybody"]);
        lab.FilesIn("Work").ShouldBeEmpty();
        lab.FilesIn("Get").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q199534")]
    public async Task A_canary_comes_from_the_site_whose_name_it_tries_and_is_back_only_where_the_post_office_knows_that_name()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
        lab.Routes = new RoutingTable(1, lab.Routes.Sites, lab.Routes.PostOffices, lab.Routes.Spaces, lab.Routes.Connectors, lab.Routes.Book) { CanaryKey = key };
        var token = CanaryToken.Of(key, [9, 8, 7, 6, 5]);
        var canary = MsMailLab.Letter(21, $"{token}@site2.example", $"From: CANARY <{token}@site2.example>\r\nSubject: Canary\r\n\r\nHello\r\n", "NOBODY");

        await lab.DeliverAsync(canary);
        await lab.PickUpAsync();

        lab.Accepted.ShouldBeEmpty();
        File.ReadAllText(Path.Combine(lab.Harbor.Pier1, "lost.log")).ShouldContain("CSI:POSTERN/SITE2/CANA", Case.Sensitive, "the report for a name that PIER1 does not know");
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        await lab.DeliverAsync(canary);
        await lab.PickUpAsync();

        var report = lab.Accepted.ShouldHaveSingleItem();
        (report.Sender, report.IsReport, report.Recipients.ShouldHaveSingleItem().Route.Connector).ShouldBe((null, true, RoutingTable.Canaries));
        DeliveryReportReader.Read(MimeMessage.Read(new(Encoding.Latin1.GetBytes(lab.Contents[0]))))!.Report.ReportingMta.Text.ShouldBe("HARBOR/PIER1/POSTMASTER");
    }

    [Fact]
    [Trait("source", "Q175447")]
    [Trait("source", "Q128432")]
    [Trait("source", "Q163625")]
    public async Task Nothing_is_ever_sent_back_to_a_program_or_for_a_receipt()
    {
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Send("$SYSTEM", "Sync", "POSTERN/SITE1/NOBODY");
        lab.Harbor.Send("*SPECIAL", "List", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Send("ANNAB", "Registered: Carl", "POSTERN/SITE2/NGOZIO", "--priority", "C");
        lab.Harbor.Send("ANNAB", "Asks", "POSTERN/SITE2/NGOZIO", "--priority", "R");

        await lab.PickUpAsync();

        lab.Accepted.Select(message => (message.Subject, message.Sender?.ToString()))
            .ShouldBe([("Sync", null), ("List", null), ("Registered: Carl", null), ("Asks", "MS:HARBOR/PIER1/ANNAB")]);
        lab.Contents[3].ShouldContain("Disposition-Notification-To: <anna.berg@site1.example>");
    }

    [Fact]
    [Trait("source", "Q100703")]
    public async Task A_file_that_ends_too_early_costs_the_message_that_was_cut_and_no_other()
    {
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "Whole", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Send("ANNAB", "Cut", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Faults("gtwget truncate nth=1");

        await lab.PickUpAsync();

        lab.Accepted.ShouldHaveSingleItem().Subject.ShouldBe("Whole");
        var bad = lab.FilesIn("Bad").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(Path.Combine(lab.Link.Settings.WorkFolder, "Bad", bad))).ShouldContain("SUBJECT:Cut");
        (await lab.EventsAsync()).Where(told => told.Code == EventCodes.MsMailMessageUnreadable).ShouldHaveSingleItem().Text.ShouldContain($"It lies in Bad/{bad}.");
    }

    [Fact]
    [Trait("source", "Q120220")]
    public async Task What_came_with_a_run_that_failed_is_taken_and_a_file_that_waits_for_the_intake_brings_nothing_twice()
    {
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "One", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Send("ANNAB", "Two", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Faults("gtwget exit=52 at=after-write nth=1");
        lab.Intake = message => message.Subject == "Two" ? new IntakeResult.TryLater("the database is away") : null;

        await Should.ThrowAsync<IntakeUnavailableException>(lab.PickUpAsync);
        lab.Intake = _ => null;
        lab.Restart();
        await lab.PickUpAsync();

        lab.Accepted.Select(message => message.Subject).ShouldBe(["One", "Two"]);
        lab.FilesIn("Work").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q128627")]
    [Trait("source", "Q162841")]
    public async Task Mail_that_our_own_table_would_send_back_is_a_circular_route_and_a_longer_name_is_another_post_office()
    {
        lab.Harbor.Define("postoffice HARBOR/PIER2 indirect POSTERN/SITE1");
        lab.Harbor.Define("postoffice BAY/MEL227TRK0 indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "Round", "HARBOR/PIER2/GUSTH");
        lab.Harbor.Send("ANNAB", "Longer", "BAY/MEL227TRK0/MARTA");

        await lab.PickUpAsync();

        lab.Accepted.Select(message => (message.Subject, message.Failed.Single().Status)).ShouldBe([("Round", "5.4.6"), ("Longer", "5.4.4")]);
        lab.Accepted[0].Failed[0].Reason.ShouldStartWith("[004] Message circular route detected: HARBOR/PIER1 sends mail for HARBOR/PIER2 to POSTERN/SITE1");
        (await lab.EventsAsync()).ShouldContain(told => told.Code == EventCodes.MsMailCircularRoute);
    }

    [Fact]
    [Trait("source", "Q147471")]
    [Trait("source", "Q166654")]
    [Trait("source", "Q174238")]
    public async Task Mail_that_comes_back_again_and_again_is_known_without_a_trace_of_its_own_and_returned()
    {
        lab.Harbor.Define("postoffice BAY/DOCK indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "Ring", "BAY/DOCK/MARTA");

        for (var round = 1; round <= 3; round++)
        {
            await lab.PickUpAsync();
            var message = lab.Accepted[^1];
            if (message.Recipients.Count > 0)
            {
                // As a ring would: what goes to BAY comes back to PIER1.
                await lab.DeliverAsync(MsMailLab.Letter(100 * round, "MS:HARBOR/PIER1/ANNAB", lab.Contents[^1], "BAY/DOCK/MARTA"));
            }
        }

        lab.Accepted.Select(message => (message.Recipients.Count, message.Failed.Count)).ShouldBe([(1, 0), (1, 0), (0, 1)]);
        var failed = lab.Accepted[2].Failed[0];
        (failed.Status, failed.Address.ToString()).ShouldBe(("5.4.6", "MS:BAY/DOCK/MARTA"));
        failed.Reason.ShouldStartWith("[004] Message circular route detected: POSTERN/SITE1 handed it to HARBOR/PIER1 for MS:BAY/DOCK/MARTA on ");
        lab.Harbor.Send("ANNAB", "Another", "BAY/DOCK/MARTA");
        await lab.PickUpAsync();
        lab.Accepted[^1].Recipients.Count.ShouldBe(1);
    }
}
