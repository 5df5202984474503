using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class ImportFaultTests : IDisposable
{
    private readonly LabPostOffice office = new();

    public void Dispose() => office.Dispose();

    [Fact]
    public void Hangs_on_a_word_in_the_subject_with_the_earlier_ones_delivered()
    {
        office.Faults("# comment", "", "import hang subject=poison");
        PutMails("one", "two", "Poisoned", "four");
        using var program = LabProgram.Start(office.ImportArguments());

        program.WaitForLine("Waiting for ever.");

        Subjects().ShouldBe(["one", "two"]);
        program.Signal("TERM");
        program.WaitForEnd().ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public void A_stubborn_hang_outlives_a_polite_signal()
    {
        office.Faults("import hang stubborn");
        PutMails("one");
        using var program = LabProgram.Start(office.ImportArguments());
        program.WaitForLine("Waiting for ever.");

        program.Signal("TERM");
        program.Signal("CONT");

        office.Import().ExitCode.ShouldBe(4);
        program.HasExited.ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q223772")]
    public void Code_1_leaves_the_input_and_grows_the_und_by_one_copy_each_time()
    {
        office.Faults("import exit=1 subject=three");
        PutMails("one", "two", "three", "four");

        office.Import().ExitCode.ShouldBe(1);
        office.Import().ExitCode.ShouldBe(1);
        office.Import().ExitCode.ShouldBe(1);

        Subjects().ShouldBe(["one", "two"]);
        LabPostOffice.Read(office.InWork("3.und")).Count.ShouldBe(3);
        Directory.GetFiles(office.Work, "*.ccm").Length.ShouldBe(2);
    }

    [Fact]
    public void Counts_the_nth_message_over_all_runs()
    {
        office.Faults("import exit=7 nth=3");
        PutMails("one", "two");
        office.Import().ExitCode.ShouldBe(0);
        PutMails("three", "four");

        office.Import().ExitCode.ShouldBe(7);
        office.Import().ExitCode.ShouldBe(0);

        Subjects().ShouldBe(["one", "two", "three", "four"]);
    }

    [Theory]
    [InlineData("before", 0)]
    [InlineData("during", 1)]
    [InlineData("after", 2)]
    public void Crashes_at_the_point_that_is_asked_for_and_frees_the_post_office(string point, int copies)
    {
        office.Faults($"import crash nth=1 at={point}");
        office.Put("1.ccm", LabPostOffice.Mail("one", "To: Novak, Petra at SALES", "To: Keane, Orla at SALES"));

        office.Import().ExitCode.ShouldBe(137);

        (office.Mailbox("Novak, Petra").Count + office.Mailbox("Keane, Orla").Count).ShouldBe(copies);
        File.Exists(office.InWork("1.ccm")).ShouldBeTrue();
        office.Import().ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Is_locked_for_some_runs()
    {
        office.Faults("import lock for=3");
        PutMails("one");

        Enumerable.Range(0, 4).Select(_ => office.Import().ExitCode).ShouldBe([4, 4, 4, 0]);

        File.Exists(office.At("violations.log")).ShouldBeFalse();
    }

    [Fact]
    public void Is_locked_while_a_LOCK_file_lies_there()
    {
        File.WriteAllText(office.At("LOCK"), "");
        PutMails("one");

        office.Import().ExitCode.ShouldBe(4);

        File.Exists(office.At("violations.log")).ShouldBeFalse();
    }

    [Fact]
    public void A_second_program_is_refused_and_written_down()
    {
        office.Faults("import hang");
        PutMails("one");
        using var first = LabProgram.Start(office.ImportArguments());
        first.WaitForLine("Waiting for ever.");

        office.Import().ExitCode.ShouldBe(4);
        office.Export().ExitCode.ShouldBe(4);

        var lines = File.ReadAllLines(office.At("violations.log"));
        lines.Length.ShouldBe(2);
        lines[0].ShouldContain("import started while another program had the post office");
    }

    [Fact]
    public void Rejects_a_recipient_with_the_reason_that_is_asked_for()
    {
        office.Faults("import reject to=\"Keane, Orla\" reason=\"Mailbox full\"");
        office.Put("1.ccm", LabPostOffice.Mail("one", "To: Novak, Petra at SALES", "To: Keane, Orla at SALES"));

        office.Import().ExitCode.ShouldBe(5);

        Subjects().ShouldBe(["one"]);
        office.Mailbox("Keane, Orla").ShouldBeEmpty();
        office.TextOf("1.und").ShouldContain("To: Keane, Orla at SALES\r\n***  Mailbox full  ***");
    }

    [Fact]
    public void Is_slow_and_noisy_on_request()
    {
        office.Faults("import slow ms=300", "import noise kb=300 subject=two");
        PutMails("one", "two");
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var run = office.Import();

        run.ExitCode.ShouldBe(0);
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(590));
        run.Output.Length.ShouldBeGreaterThan(300 * 1024);
    }

    [Theory]
    [InlineData("import hnag")]
    [InlineData("import hang subjetc=x")]
    [InlineData("gateway hang")]
    [InlineData("import exit=one")]
    public void A_fault_that_is_not_known_is_never_silent(string line)
    {
        office.Faults(line);
        PutMails("one");

        var run = office.Import();

        run.ExitCode.ShouldBe(70);
        run.Output.ShouldContain("faults.txt");
    }

    private void PutMails(params string[] subjects)
    {
        for (var i = 0; i < subjects.Length; i++)
        {
            office.Put($"{i + 1}.ccm", LabPostOffice.Mail(subjects[i], "To: Novak, Petra at SALES"));
        }
    }

    private List<string> Subjects() => [.. office.Mailbox("Novak, Petra").Select(message => message.Subject)];
}
