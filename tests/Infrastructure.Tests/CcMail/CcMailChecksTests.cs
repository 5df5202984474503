using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Connectors;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class CcMailChecksTests : IDisposable
{
    private readonly ProgramFolder folder = new();
    private readonly CcMailConnectorSettings settings;

    public CcMailChecksTests()
    {
        Directory.CreateDirectory(folder.At("SALES"));
        File.WriteAllText(folder.At("SALES/ccpombox.000"), "");
        Program("IMPORT.EXE", "8.30");
        Program("EXPORT.EXE", "8.30");
        File.WriteAllText(folder.At("ie.ri"), "");
        settings = new CcMailConnectorSettings
        {
            PostOfficeName = "SALES",
            PostOfficePath = folder.At("SALES"),
            SiteName = "Site1",
            WorkFolder = folder.At("work/sales"),
            ImportProgram = [folder.At("IMPORT.EXE")],
            ExportProgram = [folder.At("EXPORT.EXE")],
            AdministratorAddress = "CCMAIL:Admin, Ann at SALES",
            TimeZone = "Europe/Berlin",
        };
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_all_right_is_said_of_every_thing_that_was_tried_and_nothing_is_left_behind()
    {
        var answers = Run(settings);

        answers.ShouldAllBe(answer => answer.IsGood);
        answers.Select(answer => answer.Path).ShouldBe(
            ["postOfficePath", "workFolder", "importProgram", "exportProgram", "siteName", "administratorAddress", "timeZone"]);
        Of(answers, "postOfficePath").Sentence.ShouldBe($"Opened: {folder.At("SALES")} holds ccpombox.000.");
        Of(answers, "workFolder").Sentence.ShouldBe($"{folder.At("work/sales")} is made when the connector starts.");
        Of(answers, "importProgram").Sentence.ShouldStartWith($"Found: {folder.At("IMPORT.EXE")} (version 8.30, ");
        Directory.GetFiles(folder.At("SALES")).ShouldHaveSingleItem();
        Directory.Exists(folder.At("work")).ShouldBeFalse();
    }

    [Fact]
    public void What_is_not_set_has_its_own_words_and_only_what_must_be_set_is_a_fault()
    {
        var answers = Run(new CcMailConnectorSettings { ImportProgram = [], ExportProgram = [] });

        answers.Where(answer => !answer.IsGood).Select(answer => answer.Path).ShouldBe(["postOfficePath", "importProgram", "exportProgram", "siteName"]);
        Of(answers, "postOfficePath").Sentence.ShouldBe("No path is set. It is the data directory of the post office, with CCPOMBOX in it.");
        Of(answers, "workFolder").Sentence.ShouldBe("A folder of this connector's own is made in the data folder.");
        Of(answers, "importProgram").Sentence.ShouldBe("No program is set.");
        answers.ShouldNotContain(answer => answer.Path == "administratorAddress" || answer.Path == "timeZone");
    }

    [Fact]
    public void A_folder_that_is_none_of_the_right_kind_is_told_from_one_that_is_not_there_and_one_outside()
    {
        Directory.CreateDirectory(folder.At("EMPTY"));

        Fault(settings with { PostOfficePath = folder.At("EMPTY") }, "postOfficePath").ShouldBe($"The folder {folder.At("EMPTY")} was opened and is not a cc:Mail post office: it holds no CCPOMBOX file.");
        Fault(settings with { PostOfficePath = folder.At("NOWHERE") }, "postOfficePath").ShouldBe($"The folder {folder.At("NOWHERE")} does not exist, or cannot be reached from this machine.");
        Fault(settings with { PostOfficePath = "/etc" }, "postOfficePath").ShouldContain("may not be used here");
        Fault(settings with { WorkFolder = "/etc/sales" }, "workFolder").ShouldContain("may not be used here");
        Of(Run(settings with { PostOfficePath = @"M:\CCDATA" }), "postOfficePath").ShouldBe(
            new CheckAnswer("postOfficePath", true, "The path is not one of this machine, so only the programs can open it; it was not checked."));
    }

    [Fact]
    [Trait("source", "Q233164")]
    public void A_missing_resource_file_is_told_from_a_missing_program()
    {
        File.Delete(folder.At("ie.ri"));

        Fault(settings, "importProgram").ShouldEndWith($"Version DB8 needs the file IE.RI beside it, and {folder.Root} has none.");
        Program("IMPORT.EXE", "5.15");
        Of(Run(settings with { DatabaseVersion = CcMailDatabase.DB6 }), "importProgram").IsGood.ShouldBeTrue();
        Fault(settings with { ImportProgram = [folder.At("OTHER.EXE")] }, "importProgram").ShouldBe($"The program {folder.At("OTHER.EXE")} does not exist.");
        Fault(settings with { ExportProgram = ["/bin/true"] }, "exportProgram").ShouldContain("may not be started here");
    }

    [Theory]
    [InlineData("6.01.00.5", false)]
    [InlineData("8.01", true)]
    [InlineData("8.30", true)]
    [Trait("source", "Q194905")]
    public void A_version_of_export_that_is_known_to_damage_files_is_named(string version, bool isGood)
    {
        Program("EXPORT.EXE", version);

        var answer = Of(Run(settings), "exportProgram");

        answer.IsGood.ShouldBe(isGood);
        answer.Sentence.ShouldContain($"version {version},");
        answer.Sentence.Contains("take EXPORT 8.01 or later", StringComparison.Ordinal).ShouldBe(!isGood);
    }

    [Theory]
    [InlineData("5.14", CcMailDatabase.DB6, "")]
    [InlineData("8.30", CcMailDatabase.DB8, "")]
    [InlineData("6.0", CcMailDatabase.DB6, "the connector says DB6. Set Import/Export version to DB8, or name Import 5.15 and Export 5.14.")]
    [InlineData("5.15", CcMailDatabase.DB8, "the connector says DB8. Set Import/Export version to DB6 if the post office is older than Release 6, or name programs of Release 6 or later.")]
    [Trait("source", "Q168465")]
    [Trait("source", "Q233164")]
    public void A_program_of_another_version_than_the_connector_says_is_refused_with_both_ways_out(string version, CcMailDatabase database, string fault)
    {
        Program("IMPORT.EXE", version);
        Program("EXPORT.EXE", version);

        foreach (var answer in Run(settings with { DatabaseVersion = database }).Where(answer => answer.Path.EndsWith("Program", StringComparison.Ordinal)))
        {
            answer.IsGood.ShouldBe(fault.Length == 0);
            answer.Sentence.ShouldContain($"version {version},");
            answer.Sentence.ShouldEndWith(fault);
        }
    }

    [Fact]
    public void Names_and_words_that_mean_nothing_here_are_said()
    {
        Fault(settings with { SiteName = "SITE9" }, "siteName").ShouldBe("None of our sites is called SITE9; they are SITE1, SITE2.");
        Fault(settings with { TimeZone = "Mars/Olympus" }, "timeZone").ShouldBe("This machine knows no time zone Mars/Olympus.");
        Fault(settings with { AdministratorAddress = "nobody" }, "administratorAddress").ShouldNotBeEmpty();
        new CcMailChecks(settings, folder.Allowed, []).Run().Single(answer => answer.Path == "siteName").Sentence.ShouldStartWith("No site has a cc:Mail name yet");
    }

    private void Program(string name, string version)
    {
        folder.Script(name, "");
        File.WriteAllText(folder.At(name), $"MZ cc:Mail Version {version}\r\n");
    }

    private IReadOnlyList<CheckAnswer> Run(CcMailConnectorSettings tried) => new CcMailChecks(tried, folder.Allowed, ["SITE1", "SITE2"]).Run();

    private string Fault(CcMailConnectorSettings tried, string path)
    {
        var answer = Of(Run(tried), path);
        answer.IsGood.ShouldBeFalse();
        return answer.Sentence;
    }

    private static CheckAnswer Of(IReadOnlyList<CheckAnswer> answers, string path) => answers.Single(answer => answer.Path == path);
}
