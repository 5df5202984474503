using System.Text.Json;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class CcMailConnectorSettingsTests
{
    private static readonly CcMailConnectorSettings Sound = new() { PostOfficeName = "SALES", SiteName = "SITE1", WorkFolder = "/data/ccmcdata" };

    [Fact]
    public void Defaults_are_those_of_the_original()
    {
        Sound.SecondsBeforeExport.ShouldBe(15);
        Sound.SecondsBeforeImport.ShouldBe(15);
        Sound.MaximumMessagesToExport.ShouldBe(16);
        Sound.MaximumMessagesToImport.ShouldBe(5);
        Sound.MessageSizeLimit.ShouldBeNull();
        Sound.UseLongFilename.ShouldBeFalse();
        Sound.Version8AttachmentFormat.ShouldBeFalse();
        Sound.UseAnr.ShouldBeFalse();
        Sound.SaveExportedFiles.ShouldBeFalse();
        Sound.SaveImportedFiles.ShouldBeFalse();
        Sound.Faults().ShouldBeEmpty();
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = new CcMailConnectorSettings { CodePage = 12345, TimeZone = "Mars/Olympus", MaximumMessagesToImport = 0, ImportTimeLimit = -1 }.Faults();

        faults.Count.ShouldBe(7);
        faults.ShouldContain("The code page 12345 is not known.");
        faults.ShouldContain("The time zone Mars/Olympus is not known.");
    }

    [Fact]
    public void They_survive_json()
    {
        var settings = Sound with { LocaleDateFormat = LocaleDateFormat.DayMonthYear, SizeModel = SizeModelChoice.B, ImportProgram = ["dosemu", "IMPORT.EXE"] };

        var copy = JsonSerializer.Deserialize<CcMailConnectorSettings>(JsonSerializer.Serialize(settings)).ShouldNotBeNull();

        JsonSerializer.Serialize(copy).ShouldBe(JsonSerializer.Serialize(settings));
        copy.Profile(new LearnedFacts()).DateOrder.ShouldBe(DateOrder.DayMonthYear);
    }

    [Fact]
    [Trait("source", "Q180641")]
    public void A_date_format_that_was_set_is_never_changed_by_what_was_learned()
    {
        var learned = new LearnedFacts(DateOrder.YearMonthDay, SizeModel.B);

        (Sound with { LocaleDateFormat = LocaleDateFormat.DayMonthYear, SizeModel = SizeModelChoice.A }).Profile(learned)
            .ShouldSatisfyAllConditions(p => p.DateOrder.ShouldBe(DateOrder.DayMonthYear), p => p.SizeModel.ShouldBe(SizeModel.A));
        Sound.Profile(learned).ShouldSatisfyAllConditions(p => p.DateOrder.ShouldBe(DateOrder.YearMonthDay), p => p.SizeModel.ShouldBe(SizeModel.B));
    }
}
