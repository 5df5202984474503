using Postern.Domain.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>A post office whose programs are those of the SMTP gateway, SMTPPUT and SMTPGET, as child processes.</summary>
[Trait("source", "Q98050")]
public sealed class SmtpGatewayTests : IAsyncLifetime
{
    private MsMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await MsMailLab.CreateAsync();
        lab.Harbor.Define("access SMTP");
        lab.Settings = lab.Settings with
        {
            UsesInternetAddresses = true,
            PutProgram = [LabProgram.Path, "smtpput", "-a{administrator}:{password}", "-d{path}", "-f2", "{file}"],
            GetProgram = [LabProgram.Path, "smtpget", "-a{administrator}:{password}", "-d{path}", "-f2", "-n{count}", "{file}"],
        };
        lab.Restart();
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    public async Task An_internet_sender_stands_in_the_mail_as_an_internet_address_and_is_answered_there()
    {
        (await lab.DeliverAsync(MsMailLab.Mail(11, "Crane"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();

        var letter = lab.Harbor.Mailbox().ShouldHaveSingleItem();
        letter.From.ShouldBe("SMTP:jane@customer.example");
        lab.Harbor.Send("ANNAB", "RE: Crane", letter.From);
        await lab.PickUpAsync();

        var answer = lab.Accepted.ShouldHaveSingleItem();
        (answer.Sender!.ToString(), answer.Subject).ShouldBe(("MS:HARBOR/PIER1/ANNAB", "RE: Crane"));
        answer.Recipients.Select(recipient => (recipient.Route.Target.ToString(), recipient.Route.Connector.Name)).ShouldBe([("jane@customer.example", "internet")]);
        lab.Contents[0].ShouldContain("To: jane@customer.example");
    }

    [Fact]
    [Trait("source", "Q85048")]
    public async Task Each_get_brings_what_its_own_gateway_waits_for()
    {
        lab.Harbor.Send("ANNAB", "Both", "SMTP:pia@partner.example", "POSTERN/SITE1/NOBODY");

        await lab.PickUpAsync();
        lab.Accepted.ShouldHaveSingleItem().Recipients.Select(recipient => recipient.Route.Target.ToString()).ShouldBe(["pia@partner.example"]);
        var file = Path.Combine(lab.Harbor.Root, "other.get");
        LabProgram.Run("gtwget", "-aADMIN:PASSWORD", $"-d{lab.Harbor.Pier1}", "-f2", file).ExitCode.ShouldBe(0);

        File.ReadAllText(file).Split("VERSION:").Length.ShouldBe(2);
        LabProgram.Run("gtwget", "-aADMIN:PASSWORD", $"-d{lab.Harbor.Pier1}", "-f2", file + "2").ExitCode.ShouldBe(0);
        File.Exists(file + "2").ShouldBeFalse();
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_reported_to_the_internet_sender()
    {
        await lab.DeliverAsync(MsMailLab.Mail(11, "Astray", "NOSUCH"));
        await lab.PickUpAsync();

        var report = lab.Accepted.ShouldHaveSingleItem();
        report.Sender.ShouldBeNull();
        report.IsReport.ShouldBeTrue();
        report.Recipients.ShouldHaveSingleItem().Route.Target.ToString().ShouldBe("jane@customer.example");
        lab.Contents[0].ShouldContain("HARBOR/PIER1/NOSUCH");
    }

    [Fact]
    [Trait("source", "Q106623")]
    public async Task The_put_of_the_other_gateway_refuses_an_internet_sender_and_says_where()
    {
        lab.Settings = lab.Settings with { PutProgram = [LabProgram.Path, "gtwput", .. lab.Settings.PutProgram.Skip(2)] };
        lab.Restart();

        var outcome = (await lab.DeliverAsync(MsMailLab.Mail(11, "Crane"))).ShouldHaveSingleItem().Outcome;

        outcome.ToString()!.ShouldContain("Unknown service SMTP");
        lab.Harbor.Subjects().ShouldBeEmpty();
    }
}
