using System.Buffers;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Lab;

/// <summary>
/// GTWPUT and GTWGET of the lab, which was written from the format notes alone: what the product writes they take, and what they write it reads.
/// </summary>
public sealed class MsMailProgramTests : IDisposable
{
    private static readonly MsMailProfile Profile = new() { Network = "POSTERN", PostOffice = "SITE1" };

    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    private readonly string root = Directory.CreateTempSubdirectory("postern-harbor-").FullName;

    public MsMailProgramTests() => LabProgram.Run("harbor", root).ExitCode.ShouldBe(0);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(LineEnd.CarriageReturn, "-f0")]
    [InlineData(LineEnd.LineFeed, "-f1")]
    [InlineData(LineEnd.CarriageReturnLineFeed, "-f2")]
    public void What_is_written_is_put_and_arrives(LineEnd lineEnd, string option)
    {
        var message = Message("Kräne", "HARBOR/PIER1/ANNAB", "HARBOR/PIER2/GUSTH") with
        {
            Attachments = [new("ALL.BIN", ItemContent.Of(EveryByte)), new("NONE.BIN", ItemContent.Of([]))],
        };

        Put(option, Profile with { LineEnd = lineEnd }, message).ExitCode.ShouldBe(0);

        foreach (var mailbox in (string[])["PIER1/mail/ANNAB", "PIER2/mail/GUSTH"])
        {
            var mail = Mail(mailbox).Single();
            mail.Faults.ShouldBe(MmffFault.None);
            (mail.Subject, mail.From!.Raw, mail.Priority).ShouldBe(("Kräne", "CSI:POSTERN/SITE1/JANED", '4'));
            Profile.Decode(mail.Body).ShouldBe("Grüße\r\n\r\nJane\r\n");
            mail.Attachments.Select(a => a.Data.ToArray()).ShouldBe([EveryByte, []]);
        }

        File.Exists(Work).ShouldBeFalse();
    }

    [Theory]
    [InlineData("-f0")]
    [InlineData("-f1")]
    [InlineData("-f2")]
    public void What_a_client_sends_is_fetched_and_read(string option)
    {
        var file = Path.Combine(root, "ALL.BIN");
        File.WriteAllBytes(file, EveryByte);
        Send("PIER2", "GUSTH", "one\n\ntwo", "--to", "POSTERN/SITE1/JANED", "HARBOR/PIER1/ANNAB", "--priority", "R", "--attach", file);
        Send("PIER1", "ANNAB", "", "--to", "POSTERN/SITE1/JANED");

        Get(option).ExitCode.ShouldBe(0);

        var messages = Read(Work);
        messages.Select(m => m.Faults).ShouldBe([MmffFault.None, MmffFault.None]);
        Profile.Decode(messages[0].Body).ReplaceLineEndings("\n").ShouldBe("one\n\ntwo");
        messages[0].Attachments.Single().Data.ToArray().ShouldBe(EveryByte);
        messages[0].Recipients.Select(r => r.Address.Text).ShouldBe(["POSTERN/SITE1/JANED", "HARBOR/PIER1/ANNAB"]);
        messages[0].Priority.ShouldBe('R');
        messages[1].Body.IsEmpty.ShouldBeTrue();
        Mail("PIER1/mail/ANNAB").Count.ShouldBe(1);
        File.Delete(Work);
        Get(option).ExitCode.ShouldBe(0);
        File.Exists(Work).ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q118533")]
    public void An_error_names_the_message_and_the_recipient()
    {
        var messages = new[] { Message("good", "HARBOR/PIER1/ANNAB"), Message("bad", "HARBOR/PIER1/ANNAB") with { Recipients = ["CSI:HARBOR/PIER1/ANNAB", "PCM:HARBOR/PIER2/GUSTH"] } };
        var file = MmffWriter.Prepare(messages, Profile with { MessagesPerFile = 50 }).Single();
        Write(file);

        var run = Put("-f2");

        run.ExitCode.ShouldBe(151);
        ProgramError.KindOf(run.ExitCode).ShouldBe(ProgramErrorKind.MessageRefused);
        var place = file.PlaceOf(ProgramError.ReadAll(run.Output).Single());
        (place.Message!.Subject, place.Recipient).ShouldBe(("bad", "PCM:HARBOR/PIER2/GUSTH"));
        File.Exists(Work).ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q85055")]
    public void The_wrong_terminator_is_told_at_once()
    {
        Write(MmffWriter.Prepare(Message("x", "HARBOR/PIER1/ANNAB"), Profile));

        var error = ProgramError.ReadAll(Put("-f0").Output).Single();

        (error.Number, error.Message, error.Line).ShouldBe((141, 1, 2));
        error.Text.ShouldStartWith("Cannot match token TO");
    }

    [Fact]
    [Trait("source", "Q127919")]
    public void An_unknown_mailbox_comes_back_as_a_failure_that_is_read()
    {
        Put("-f2", Profile, Message("Lunch", "HARBOR/PIER1/ANNAB", "HARBOR/PIER2/NOBODY")).ExitCode.ShouldBe(0);

        Get("-f2");

        MailFailureText.TryRead(Read(Work).Single(), Profile, out var failure).ShouldBeTrue();
        failure.Reasons.Select(r => (r.Code, r.Failed.Single())).ShouldBe([(2, "HARBOR/PIER2/NOBODY")]);
        failure.OriginalSubject.ShouldBe("Lunch");
        Mail("PIER1/mail/ANNAB").Count.ShouldBe(1);
    }

    [Fact]
    [Trait("source", "Q147471")]
    [Trait("source", "Q128627")]
    public void A_circle_is_reported_with_its_route()
    {
        File.AppendAllText(At("PIER1/network.txt"), "postoffice BAY/DOCK indirect HARBOR/PIER2\n");
        File.AppendAllText(At("PIER2/network.txt"), "postoffice BAY/DOCK indirect HARBOR/PIER1\n");

        Put("-f2", Profile, Message("Round", "BAY/DOCK/X")).ExitCode.ShouldBe(0);
        Get("-f2");

        MailFailureText.TryRead(Read(Work).Single(), Profile, out var failure).ShouldBeTrue();
        (failure.Reasons.Single().Code, string.Join(' ', failure.Reasons[0].Failed)).ShouldBe((4, "BAY/DOCK/X"));
        failure.Reasons[0].Route.Select(hop => hop.ToString()).ShouldBe(["HARBOR/PIER1", "HARBOR/PIER2", "HARBOR/PIER1"]);
        HopTrace.IsCircular(failure.Reasons[0].Route).ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q199534")]
    public void Mail_for_a_post_office_that_is_not_defined_vanishes_without_a_word()
    {
        Send("PIER1", "ANNAB", "x", "--to", "POSTERN/SITE2/IDAL");

        Get("-f2").ExitCode.ShouldBe(0);
        File.Exists(Work).ShouldBeFalse();
        Directory.Exists(At("PIER1/mail/ANNAB")).ShouldBeFalse();
        File.ReadAllText(At("PIER1/lost.log")).ShouldContain("POSTERN/SITE2/IDAL");

        File.AppendAllText(At("PIER1/network.txt"), "postoffice POSTERN/SITE2 indirect POSTERN/SITE1\n");
        Send("PIER1", "ANNAB", "y", "--to", "POSTERN/SITE2/IDAL");
        Get("-f2");
        Read(Work).Single().Recipients.Single().Address.Text.ShouldBe("POSTERN/SITE2/IDAL");
    }

    [Fact]
    [Trait("source", "Q115490")]
    public void A_run_delivers_fifty_and_the_next_one_the_rest()
    {
        Write(MmffWriter.Prepare([.. Enumerable.Range(0, 50).Select(i => Message($"{i}", "HARBOR/PIER1/ANNAB"))], Profile with { MessagesPerFile = 50 }).Single());
        Put("-md", "-f2").ExitCode.ShouldBe(0);
        Put("-f2", Profile, Message("last", "HARBOR/PIER1/ANNAB")).ExitCode.ShouldBe(0);

        Mail("PIER1/mail/ANNAB").Count.ShouldBe(50);
        LabProgram.Run("gtwput", "-aADMIN:PASSWORD", $"-d{At("PIER1")}").ExitCode.ShouldBe(0);
        Mail("PIER1/mail/ANNAB").Select(m => m.Subject).ShouldBe([.. Enumerable.Range(0, 50).Select(i => $"{i}"), "last"]);
    }

    [Fact]
    [Trait("source", "Q100703")]
    public void A_file_that_was_cut_is_never_taken_for_a_whole_one()
    {
        File.AppendAllText(At("PIER1/faults.txt"), "gtwget truncate\n");
        Send("PIER1", "ANNAB", "a text of some length", "--to", "POSTERN/SITE1/JANED");

        Get("-f2").ExitCode.ShouldBe(0);

        Read(Work).Single().IsReadable.ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q95521")]
    public void A_wrong_password_and_a_busy_post_office_have_their_numbers()
    {
        LabProgram.Run("gtwget", "-aADMIN:WRONG", $"-d{At("PIER1")}", Work).ExitCode.ShouldBe(2);
        File.AppendAllText(At("PIER1/faults.txt"), "gtwput exit=201 for=1\n");

        var run = Put("-f2", Profile, Message("x", "HARBOR/PIER1/ANNAB"));

        (run.ExitCode, ProgramError.ReadAll(run.Output).Single().Kind).ShouldBe((201, ProgramErrorKind.TryAgain));
        Put("-f2").ExitCode.ShouldBe(0);
        Mail("PIER1/mail/ANNAB").Count.ShouldBe(1);
    }

    private string Work => Path.Combine(root, "work.mmf");

    private string At(string path) => Path.Combine(root, "lab", "HARBOR", path);

    private static PutMessage Message(string subject, params string[] recipients) => new()
    {
        From = "CSI:POSTERN/SITE1/JANED",
        Recipients = [.. recipients.Select(r => "CSI:" + r)],
        Date = new DateTime(1998, 3, 14, 9, 26, 0),
        Subject = subject,
        Priority = '4',
        Text = "Grüße\n\nJane",
    };

    private void Write(PutFile file)
    {
        var output = new ArrayBufferWriter<byte>();
        file.WriteTo(output);
        File.WriteAllBytes(Work, output.WrittenSpan);
    }

    private LabRun Put(string option, MsMailProfile profile, PutMessage message)
    {
        Write(MmffWriter.Prepare(message, profile));
        return Put(option);
    }

    private LabRun Put(params string[] options) => LabProgram.Run(["gtwput", "-aADMIN:PASSWORD", $"-d{At("PIER1")}", .. options, Work]);

    private LabRun Get(string option) => LabProgram.Run("gtwget", "POSTERN/SITE1", "-aADMIN:PASSWORD", $"-d{At("PIER1")}", option, Work);

    private void Send(string postOffice, string mailbox, string text, params string[] more) =>
        LabProgram.Run(["mssend", At(postOffice), "--from", mailbox, "--subject", "Sent", "--text", text, .. more]).ExitCode.ShouldBe(0);

    private List<MsMailMessage> Mail(string folder) =>
        Directory.Exists(At(folder)) ? [.. Directory.EnumerateFiles(At(folder)).Order(StringComparer.Ordinal).Select(file => Read(file).Single())] : [];

    private static List<MsMailMessage> Read(string file) => [.. MmffReader.ReadAll(new ReadOnlySequence<byte>(File.ReadAllBytes(file)), Profile)];
}
