using Postern.Domain.Formats.MsMail;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>The programs run elsewhere, and only files are exchanged.</summary>
public sealed class MsMailFolderTests : IAsyncLifetime
{
    private MsMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await MsMailLab.CreateAsync();
        lab.Settings = lab.Settings with { Transport = MsMailTransport.Folder, MessagesPerPut = 1 };
        lab.Restart();
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task A_message_lies_in_the_folder_for_somebody_elses_program_and_arrives()
    {
        var results = await lab.DeliverAsync(MsMailLab.Mail(11, "First"), MsMailLab.Mail(21, "Second"));

        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        results[0].Outcome.Reason.ShouldBe("0000000B.PUT was laid into the exchange folder of HARBOR/PIER1.");
        var files = Directory.GetFiles(lab.Harbor.Exchange).Order().ToList();
        files.Select(file => Path.GetFileName(file)).ShouldBe(["0000000B.PUT", "0000000L.PUT"]);
        lab.FilesIn("Put").ShouldBeEmpty();
        files.ForEach(file => Support.LabProgram.Run("gtwput", "-aADMIN:PASSWORD", $"-d{lab.Harbor.Pier1}", "-f2", file).ExitCode.ShouldBe(0));
        lab.Harbor.Subjects().ShouldBe(["First", "Second"]);
    }

    [Fact]
    [Trait("source", "Q100703")]
    [Trait("source", "Q103801")]
    public async Task A_file_is_taken_when_nobody_writes_to_it_any_more_and_what_it_shows_is_kept_over_a_restart()
    {
        var path = Path.Combine(lab.Harbor.Exchange, "mail1.get");
        var message = "VERSION:3.00\r\nTO:CSI:POSTERN/SITE2/NGOZIO\r\nFROM:CSI:HARBOR/PIER1/ANNAB\r\nDATE:1998-03-14\r\nTIME:14:05\r\nSUBJECT:One\r\nATTACHMENT:A.BIN 4\r\nTEXT:7\r\n\r\nHello\r\nDATA";
        await File.WriteAllTextAsync(path, message[..60]);
        await lab.PickUpAsync();
        await File.WriteAllTextAsync(path, message + message.Replace("One", "Two", StringComparison.Ordinal));
        await lab.PickUpAsync();
        lab.Accepted.ShouldBeEmpty();

        await lab.PickUpAsync();

        lab.Accepted.Select(one => one.Subject).ShouldBe(["One", "Two"]);
        lab.Contents.ShouldAllBe(content => content.Contains("\r\n\r\nHello\r\n") && content.Contains("REFUQQ=="));
        Directory.GetFiles(lab.Harbor.Exchange).ShouldBeEmpty();
        lab.FilesIn("Work").ShouldBeEmpty();
        lab.Restart();
        await lab.Connector.RecoverAsync(CancellationToken.None);
        lab.Link.Profile.BodyGap.ShouldBe(BodyGap.LineEnd);
        (await lab.EventsAsync()).Count(told => told.Code == EventCodes.MsMailLayoutLearned).ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q163020")]
    public async Task When_nobody_takes_the_files_mail_waits_in_the_queue_and_an_event_says_so_once()
    {
        var old = Path.Combine(lab.Harbor.Exchange, "00000001.PUT");
        await File.WriteAllTextAsync(old, "VERSION:3.00\r\n");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));

        var first = await lab.DeliverAsync(MsMailLab.Mail(11, "One"));
        var second = await lab.DeliverAsync(MsMailLab.Mail(11, "One"));
        File.Delete(old);
        var third = await lab.DeliverAsync(MsMailLab.Mail(11, "One"));

        first.Concat(second).ShouldAllBe(result => result.Outcome is AttemptOutcome.Deferred);
        first[0].Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().DestinationDown.ShouldBeTrue();
        third.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        (await lab.EventsAsync()).Count(told => told.Code == EventCodes.MsMailStandstill).ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q111558")]
    public async Task After_a_crash_a_file_that_lies_there_was_taken_and_one_that_does_not_goes_again()
    {
        await lab.Connector.RecoverAsync(CancellationToken.None);
        Transfer[] all = [MsMailLab.Mail(11, "Laid"), MsMailLab.Mail(21, "Not laid")];
        foreach (var transfer in all)
        {
            await lab.QueueAsync(transfer);
            await lab.Link.House.Runs.BeginAsync(
                MsMailLab.ConnectorId, "lay", [new RunFile(transfer.Id == 11 ? "0000000B.PUT" : "0000000L.PUT", [transfer.Id])], CancellationToken.None);
        }

        var put = Path.Combine(lab.Link.Settings.WorkFolder, "Put");
        await File.WriteAllTextAsync(Path.Combine(put, "0000000B.PUT"), "x");
        await File.WriteAllTextAsync(Path.Combine(put, "0000000L.PUT"), "x");
        await File.WriteAllTextAsync(Path.Combine(lab.Harbor.Exchange, "0000000B.PUT"), "x");
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        results.Single(result => result.DeliveryId == 21).MayRepeat.ShouldBeTrue();
        lab.FilesIn("Put").ShouldBeEmpty();
    }
}
