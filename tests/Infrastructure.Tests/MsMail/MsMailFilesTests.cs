using System.Buffers;
using System.Text;
using System.Text.Json;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>What an MS Mail connector has set aside: seen, read again, downloaded.</summary>
public sealed class MsMailFilesTests : IAsyncLifetime
{
    private static readonly Operator Keller = new("m.keller", [Role.Operator], "the pier wrote in 850");

    private MsMailLab lab = null!;

    // As the program makes links: from the stored settings, with the code page that was asked for.
    private MsMailFiles Kind => new(new MsMailLinks(lab.DataSource, definition =>
    {
        var settings = lab.Settings;
        if (JsonDocument.Parse(definition.Settings).RootElement.TryGetProperty("codePage", out var page))
        {
            lab.Settings = settings with { CodePage = page.GetInt32() };
        }

        lab.Restart();
        lab.Settings = settings;
        return lab.Link;
    }));

    private SetAsideFiles Files => new(lab.DataSource, [Kind], AcceptAsync);

    private List<IncomingMessage> Taken { get; } = [];

    public async ValueTask InitializeAsync()
    {
        lab = await MsMailLab.CreateAsync();
        await lab.ScalarAsync<long>($"insert into connector (id, name, kind) overriding system value values ({MsMailLab.ConnectorId}, 'pier1', 'msmail') returning id");
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q148768")]
    public async Task A_message_that_the_pickup_set_aside_is_listed_with_its_reason_and_taken_when_somebody_says_so()
    {
        lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        lab.Harbor.Send("ANNAB", "Cut", "POSTERN/SITE2/NGOZIO");
        lab.Harbor.Faults("gtwget truncate nth=1");
        await lab.PickUpAsync();
        var file = (await Files.ListAsync(default)).ShouldHaveSingleItem();

        var reading = (await Files.ReadAsync(file, 850, default)).ShouldNotBeNull();
        var refused = await Files.ReadAgainAsync(file, 850, takesFaulty: false, Keller, default);
        var taken = await Files.ReadAgainAsync(file, 850, takesFaulty: true, Keller, default);

        (file.Connector, file.Program, file.IsUnread).ShouldBe(("pier1", "GTWGET", true));
        file.Reason.ShouldContain($"cannot be read: {reading.Faults[0].Sentence}");
        reading.Fields.ShouldContain(("Subject", "Cut"));
        refused.Accepted.ShouldBeEmpty();
        refused.Sentence.ShouldStartWith("Still fails: ");
        taken.Accepted.ShouldBe([1L], taken.Sentence);
        Taken.ShouldHaveSingleItem().Notes.ShouldNotBeNull();
        (await Files.ListAsync(default)).ShouldBeEmpty();
        lab.FilesIn("Bad").ShouldBe([file.Name + ".read"]);
    }

    [Fact]
    [Trait("source", "Q87432")]
    public async Task It_is_read_with_the_code_page_that_somebody_chooses()
    {
        var file = await PutAsync("0000A1B2.GET", Message("POSTERN/SITE2/NGOZIO", "Gr\u0094\u00e1e"));

        var wrong = (await Files.ReadAsync(file, 1252, default)).ShouldNotBeNull();
        var answer = await Files.ReadAgainAsync(file, 850, takesFaulty: false, Keller, default);

        wrong.Fields.ShouldNotContain(("Subject", "Größe"));
        answer.Accepted.ShouldBe([1L], answer.Sentence);
        Taken.ShouldHaveSingleItem().Subject.ShouldBe("Größe");
        Taken[0].Recipients.ShouldHaveSingleItem().Route.Target.ToString().ShouldBe("ngozi.okafor@backbone.example");
        (await lab.ScalarAsync<string>("select actor || ' ' || verb || ' ' || target from audit")).ShouldBe("m.keller read again file Bad/0000A1B2.GET of pier1");
    }

    [Fact]
    [Trait("source", "Q98159")]
    public async Task What_waits_in_the_queue_is_shown_with_its_reason_can_be_downloaded_and_is_never_sent_from_here()
    {
        lab.Harbor.Faults("gtwput refuse=143 text=\"Unknown parser error.\" subject=poison");
        await lab.DeliverAsync(MsMailLab.Mail(21, "poison"));
        var run = await lab.ScalarAsync<long>("select max(id) from program_run");
        var kept = new KeptFiles(lab.DataSource, [Kind]);

        var file = (await Files.ListAsync(default)).ShouldHaveSingleItem();
        var answer = await Files.ReadAgainAsync(file with { IsUnread = true }, 850, takesFaulty: true, Keller, default);
        using var bytes = (await kept.OpenAsync("pier1", run, file.Name, default)).ShouldNotBeNull();

        (file.Name, file.IsUnread).ShouldBe((FileId.From(21) + ".PUT", false));
        file.Reason.ShouldContain("143-1-0 Unknown parser error.");
        answer.Sentence.ShouldBe($"{file.Name} is no mail that GTWGET brought; it is never sent.");
        Taken.ShouldBeEmpty();
        Encoding.Latin1.GetString(BuffersExtensions.ToArray(bytes.AsSequence())).ShouldContain("SUBJECT:poison");
        (await kept.WhyNotAsync("pier1", run, file.Name, default)).ShouldBeNull();
        (await kept.WhyNotAsync("pier1", run, "", default)).ShouldBe("pier1 keeps no copies of the files it exchanges; capture, in its settings, keeps those of the next ones.");
    }

    [Theory]
    [Trait("source", "Q175447")]
    [InlineData("POSTERN/SITE1/$SYSTEM", "It is synchronisation mail for POSTERN/SITE1/$SYSTEM")]
    [InlineData("HARBOR/PIER1/CARLD", "It is for nobody at our sites.")]
    public async Task Mail_for_programs_and_for_nobody_of_ours_is_not_sent(string recipient, string sentence)
    {
        var file = await PutAsync("0000A1B4.GET", Message(recipient, "Sync"));

        var answer = await Files.ReadAgainAsync(file, 850, takesFaulty: true, Keller, default);

        answer.Sentence.ShouldStartWith(sentence);
        Taken.ShouldBeEmpty();
        lab.FilesIn("Bad").ShouldBe(["0000A1B4.GET"]);
    }

    [Theory]
    [InlineData("../Work/x.GET")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task A_name_is_never_a_path(string name)
    {
        await PutAsync("0000A1B6.GET", Message("POSTERN/SITE1/X", "Hello"));

        (await Files.OpenAsync("pier1", name, default)).ShouldBeNull();
        (await new KeptFiles(lab.DataSource, [Kind]).OpenAsync("pier1", 1, name, default)).ShouldBeNull();
    }

    private static string Message(string to, string subject) =>
        $"VERSION:3.0\r\nTO:CSI:{to}\r\nFROM:CSI:HARBOR/PIER1/ANNAB\r\nDATE:1998-03-14\r\nTIME:14:05\r\nSUBJECT:{subject}\r\nTEXT:7\r\nHello\r\n";

    private async Task<SetAsideFile> PutAsync(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(lab.Link.Settings.WorkFolder, "Bad"));
        await File.WriteAllTextAsync(Path.Combine(lab.Link.Settings.WorkFolder, "Bad", name), text, Encoding.Latin1);
        await lab.Link.TellAsync(EventCodes.MsMailMessageUnreadable, EventSeverity.Error, $"A message from HARBOR/PIER1 cannot be read. It lies in Bad/{name}.");
        return (await Files.ListAsync(default)).Single(file => file.Name == name);
    }

    private Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        Taken.Add(message);
        return Task.FromResult<IntakeResult>(new IntakeResult.Accepted(Taken.Count));
    }
}
