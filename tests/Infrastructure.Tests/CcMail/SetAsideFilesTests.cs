using System.Text;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class SetAsideFilesTests : IAsyncLifetime
{
    private const string Mail = "Message:\r\nFrom: Novak, Petra at SALES\r\nDate: 3/14/98 2:05PM\r\nTo: someone@partner.example at SITE1\r\nSubject: Gr\u0094\u00e1e\r\n";
    private const string Text = "Contents:\r\nText item:\r\nGr\u0094\u00e1e 4\r\n";

    private static readonly Operator Keller = new("m.keller", [Role.Operator], "the dock wrote in 850");

    private CcMailLab lab = null!;

    private SetAsideFiles Files => new(lab.Link.Database, [new CcMailFiles(Links)], AcceptAsync);

    private CcMailLinks Links => new(lab.Link.Database, (_, change) =>
    {
        var settings = lab.Settings;
        lab.Settings = change(settings);
        lab.Restart();
        lab.Settings = settings;
        return lab.Link;
    });

    private List<IncomingMessage> Taken { get; } = [];

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        await lab.ScalarAsync<long>("insert into connector (id, name, kind) overriding system value values (7, 'sales', 'ccmail') returning id");
        Directory.CreateDirectory(lab.Folder("Bad"));
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q148768")]
    public async Task A_file_that_export_brought_is_listed_with_its_reason_read_in_another_code_page_and_accepted()
    {
        var file = await PutAsync("0000A1B2.ccm", Mail + Text);

        var wrong = (await Files.ReadAsync(file, 437, default)).ShouldNotBeNull();
        var right = (await Files.ReadAsync(file, 850, default)).ShouldNotBeNull();
        var answer = await Files.ReadAgainAsync(file, 850, takesFaulty: false, Keller, default);

        file.Reason.ShouldContain("cannot be read");
        file.IsUnread.ShouldBeTrue();
        right.Fields.ShouldContain(("Subject", "Größe"));
        wrong.Lines[5].Text.ShouldBe("Contents:");
        answer.Accepted.ShouldBe([1L], answer.Sentence);
        Taken.ShouldHaveSingleItem().Subject.ShouldBe("Größe");
        (await Files.ListAsync(default)).ShouldBeEmpty();
        File.ReadAllText(Path.Combine(lab.Folder("Bad"), "0000A1B2.ccm.read"), Encoding.Latin1).ShouldBe(Mail + Text);
        (await lab.ScalarAsync<string>("select actor || ' ' || verb || ' ' || target from audit")).ShouldBe("m.keller read again file Bad/0000A1B2.ccm of sales");
    }

    [Fact]
    [Trait("source", "Q166561")]
    public async Task What_is_not_whole_is_taken_only_when_somebody_says_so_and_its_faults_have_their_places()
    {
        var file = await PutAsync("0000A1B3.ccm", Mail);

        var reading = (await Files.ReadAsync(file, 850, default)).ShouldNotBeNull();
        var refused = await Files.ReadAgainAsync(file, 850, takesFaulty: false, Keller, default);
        var taken = await Files.ReadAgainAsync(file, 850, takesFaulty: true, Keller, default);

        reading.Faults.ShouldContain(fault => fault.Offset == Mail.Length && fault.Sentence == "The file ends inside the header.");
        refused.Sentence.ShouldStartWith("Still fails: The file ends inside the header.");
        taken.Accepted.Count.ShouldBe(1);
        Taken.ShouldHaveSingleItem().Notes.ShouldNotBeNull().ShouldContain("The file ends inside the header.");
    }

    [Theory]
    [Trait("source", "Q168680")]
    [InlineData("CCMAIL.UND", EventCodes.CcMailUndeliverableUnmatched)]
    [InlineData("OLD.UND", EventCodes.CcMailMessageUnreadable)]
    [InlineData("0000A1B4.ccm", EventCodes.CcMailMessageQuarantined)]
    [InlineData("0000A1B5.ccm", 0)]
    public async Task Lists_of_refusals_copies_of_what_waits_and_foreign_files_are_never_sent(string name, int code)
    {
        var file = await PutAsync(name, Mail + Text, code);

        (await Files.ReadAgainAsync(file, 850, takesFaulty: true, Keller, default)).Accepted.ShouldBeEmpty();

        Taken.ShouldBeEmpty();
        (await Files.ListAsync(default)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("../learned.json")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task A_name_is_never_a_path(string name)
    {
        await PutAsync("0000A1B6.ccm", Mail);

        (await Files.OpenAsync("sales", name, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_may_not_act_on_the_queue_reads_nothing_again()
    {
        var file = await PutAsync("0000A1B7.ccm", Mail + Text);

        await Should.ThrowAsync<RightMissingException>(() => Files.ReadAgainAsync(file, 850, false, new Operator("v", [Role.Viewer], ""), default));
    }

    [Fact]
    [Trait("source", "Q192516")]
    public async Task The_file_that_was_sent_and_the_words_that_refused_it_can_be_had()
    {
        lab.Settings = lab.Settings with { SaveImportedFiles = true };
        lab.Restart();
        await lab.DeliverAsync(CcMailLab.Mail(11, "Hello", "Nobody, Nils"));
        var kept = new KeptFiles(lab.Link.Database, [new CcMailFiles(Links)]);
        var run = await lab.ScalarAsync<long>("select run_id from program_run_refusal");
        var name = await lab.ScalarAsync<string>("select file_name from program_run_refusal");

        using var refusal = (await kept.RefusalAsync(run, name, default)).ShouldNotBeNull();
        using var file = (await kept.OpenAsync("sales", run, FileId.From(11) + ".ccm", default)).ShouldNotBeNull();

        Encoding.Latin1.GetString(refusal.Memory.Span).ShouldContain("Nobody, Nils");
        file.Length.ShouldBeGreaterThan(0);
        (await kept.WhyNotAsync("sales", run, "", default)).ShouldBe("sales keeps no copies of exported files; its settings can change that for the next ones.");
    }

    [Theory]
    [InlineData("nobody", "The connector nobody is no longer configured; its copies cannot be found.")]
    [InlineData("harbor", "harbor keeps exact files only while capture is on; they stand under Copies then.")]
    [InlineData("torn", "The settings of torn cannot be used; its copies cannot be found.")]
    public async Task Why_there_is_no_file_to_download_is_said_as_it_is(string connector, string sentence)
    {
        await lab.ScalarAsync<long>("insert into connector (name, kind) values ('harbor', 'smtp'), ('torn', 'ccmail') returning id");
        var links = new CcMailLinks(lab.Link.Database, (_, _) => throw new CcMailSettingsException("There is no post office."));

        (await new KeptFiles(lab.Link.Database, [new CcMailFiles(links)]).WhyNotAsync(connector, 1, "0000000B.PUT", default)).ShouldBe(sentence);
    }

    private async Task<SetAsideFile> PutAsync(string name, string text, int code = EventCodes.CcMailMessageUnreadable)
    {
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Bad"), name), text, Encoding.Latin1);
        if (code != 0)
        {
            await lab.Link.TellAsync(code, EventSeverity.Error, $"A message from SALES cannot be read. It lies in Bad/{name}.");
        }

        return (await Files.ListAsync(default)).Single(file => file.Name == name);
    }

    private Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        Taken.Add(message);
        return Task.FromResult<IntakeResult>(new IntakeResult.Accepted(Taken.Count));
    }
}
