using Postern.Domain.Formats.CcMail;

namespace Postern.Infrastructure.CcMail;

/// <summary>"Locale Date Format" of the original (Q180641).</summary>
public enum LocaleDateFormat
{
    /// <summary>US order first; another one is kept when IMPORT refuses it and takes the other.</summary>
    Automatic = 0,

    /// <summary>m/d/yy, never changed by the program.</summary>
    MonthDayYear = 1,

    /// <summary>dd/mm/yy, never changed by the program.</summary>
    DayMonthYear = 2,

    /// <summary>yy/mm/dd, never changed by the program.</summary>
    YearMonthDay = 3,
}

/// <summary>How IMPORT and EXPORT count sizes; public documents do not settle it.</summary>
public enum SizeModelChoice
{
    /// <summary>As the peer's own EXPORT files show it; A until one does.</summary>
    Learn,
    A,
    B,
}

/// <summary>
/// Everything an operator sets on a connector to one cc:Mail post office. Names and defaults are those of the original connector, the
/// values that stood only in its registry included.
/// </summary>
public sealed record CcMailConnectorSettings
{
    /// <summary>Post Office tab, "cc:Mail post office Name".</summary>
    public string PostOfficeName { get; init; } = "";

    /// <summary>Post Office tab, "Path": the data directory of the post office, as Postern sees it. It holds <c>CCPOMBOX.*</c> (Q170011).</summary>
    public string PostOfficePath { get; init; } = "";

    /// <summary>Name of the secret that holds the post office's password (10 characters in the original).</summary>
    public string PasswordSecret { get; init; } = "";

    /// <summary>The post office entry under which cc:Mail knows our site; its queue is what EXPORT empties.</summary>
    public string SiteName { get; init; } = "";

    /// <summary>
    /// IMPORT and its arguments. A DOS emulator or a batch file may stand first. <c>{site}</c>, <c>{postoffice}</c>, <c>{password}</c>,
    /// <c>{path}</c> and <c>{file}</c> are replaced; <c>{dosfile}</c> is the file seen from the work folder, with backslashes.
    /// </summary>
    public IReadOnlyList<string> ImportProgram { get; init; } =
        ["IMPORT.EXE", "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", "/PARTIAL", "/BATCH", "/FILES/MACBIN2", "/@{file}"];

    /// <summary>EXPORT and its arguments; the same words are replaced.</summary>
    public IReadOnlyList<string> ExportProgram { get; init; } =
        ["EXPORT.EXE", "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", "/FORMAT/FAN", "/BATCH", "/FILES/MACBIN2", "/@{file}"];

    /// <summary>The original's Ccmcdata: <c>Submit</c>, <c>Import</c>, <c>Export</c>, <c>Bad</c> and <c>Work</c> lie below it.</summary>
    public string WorkFolder { get; init; } = "";

    /// <summary>"Import/Export version": DB6 for Import 5.15 and Export 5.14, DB8 for 6.0 and later.</summary>
    public CcMailDatabase DatabaseVersion { get; init; } = CcMailDatabase.DB8;

    /// <summary>"Language": the OEM code page of text in both directions.</summary>
    public int CodePage { get; init; } = 850;

    /// <summary>The time zone of the post office, such as <c>Europe/Berlin</c>; empty is that of this machine. Files hold local time (Q154041).</summary>
    public string TimeZone { get; init; } = "";

    public SizeModelChoice SizeModel { get; init; } = SizeModelChoice.Learn;

    /// <summary>
    /// "Administrator's mailbox": an address in any of the three forms that gets each message from the post office that cannot be converted,
    /// and each undeliverable file that speaks of none of our messages, as a report. Empty for nobody.
    /// </summary>
    public string AdministratorAddress { get; init; } = "";

    /// <summary>"Message size", KB, both directions; null is "No limit".</summary>
    public long? MessageSizeLimit { get; init; }

    /// <summary>"Second to wait before EXPORT" (Q168211).</summary>
    public int SecondsBeforeExport { get; init; } = 15;

    /// <summary>"Second to wait before IMPORT" (Q168211): the wait after the post office was locked; else a due delivery starts at once.</summary>
    public int SecondsBeforeImport { get; init; } = 15;

    /// <summary>"Maximum number of messages to EXPORT" (Q168211); a batch this large repeats at once.</summary>
    public int MaximumMessagesToExport { get; init; } = 16;

    /// <summary>"Maximum number of messages to IMPORT" (Q168211).</summary>
    public int MaximumMessagesToImport { get; init; } = 5;

    /// <summary>"Save a copy of the exported files" in <c>Export.bak</c>, before conversion (Q192516).</summary>
    public bool SaveExportedFiles { get; init; }

    /// <summary>"Save a copy of the imported files" in <c>Import.bak</c>, after conversion (Q192516).</summary>
    public bool SaveImportedFiles { get; init; }

    /// <summary>"Use ANR" (Q184052): recipients go without their post office.</summary>
    public bool UseAnr { get; init; }

    /// <summary>"Use long filename" (Q192593).</summary>
    public bool UseLongFilename { get; init; }

    /// <summary>"Version 8 Attachment Format" (Q195203).</summary>
    public bool Version8AttachmentFormat { get; init; }

    /// <summary>"Max Address Buffer Size" (Q266711): 4,096, or 163,840 for Import and Export later than 8.2x.</summary>
    public int MaxAddressBufferSize { get; init; } = 4_096;

    /// <summary>"Locale Date Format" (Q180641).</summary>
    public LocaleDateFormat LocaleDateFormat { get; init; } = LocaleDateFormat.Automatic;

    /// <summary>Seconds that one run of IMPORT may take.</summary>
    public double ImportTimeLimit { get; init; } = 300;

    /// <summary>Seconds that one run of EXPORT may take.</summary>
    public double ExportTimeLimit { get; init; } = 300;

    /// <summary>What the files of this post office look like, with what was learned from it.</summary>
    public CcMailProfile Profile(LearnedFacts learned) => new()
    {
        CodePage = CodePage,
        Database = DatabaseVersion,
        SitePostOffice = SiteName,
        UsesLongFileNames = UseLongFilename,
        UsesVersion8AttachmentFormat = Version8AttachmentFormat,
        UsesNameResolution = UseAnr,
        MaxAddressBufferSize = MaxAddressBufferSize,
        SizeModel = SizeModel switch
        {
            SizeModelChoice.A => Domain.Formats.CcMail.SizeModel.A,
            SizeModelChoice.B => Domain.Formats.CcMail.SizeModel.B,
            _ => learned.SizeModel == Domain.Formats.CcMail.SizeModel.B ? Domain.Formats.CcMail.SizeModel.B : Domain.Formats.CcMail.SizeModel.A,
        },
        DateOrder = LocaleDateFormat switch
        {
            LocaleDateFormat.DayMonthYear => DateOrder.DayMonthYear,
            LocaleDateFormat.YearMonthDay => DateOrder.YearMonthDay,
            LocaleDateFormat.MonthDayYear => DateOrder.MonthDayYear,
            _ => learned.DateOrder ?? DateOrder.MonthDayYear,
        },
    };

    /// <summary>What is wrong with these settings, a sentence each; empty when a connector can start with them.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(PostOfficeName.Length is > 0 and <= 256, "The cc:Mail post office name must have 1 to 256 characters.");
        Require(SiteName.Length is > 0 and <= 256, "The name of our site at the post office must have 1 to 256 characters.");
        Require(ImportProgram.Count > 0 && ExportProgram.Count > 0, "The programs IMPORT and EXPORT must be set.");
        Require(WorkFolder.Length > 0, "The work folder must be set.");
        Require(MaximumMessagesToExport is > 0 and <= 1_000, "The maximum number of messages to EXPORT must be 1 to 1,000.");
        Require(MaximumMessagesToImport is > 0 and <= 1_000, "The maximum number of messages to IMPORT must be 1 to 1,000.");
        Require(SecondsBeforeExport is > 0 and <= 86_400, "The seconds to wait before EXPORT must be 1 to 86,400.");
        Require(SecondsBeforeImport is > 0 and <= 86_400, "The seconds to wait before IMPORT must be 1 to 86,400.");
        Require(ImportTimeLimit is > 0 and <= 86_400 && ExportTimeLimit is > 0 and <= 86_400, "A time limit must be above 0 and at most 86,400 seconds.");
        Require(MessageSizeLimit is null or (> 0 and <= 2_097_151), "The message size limit must be 1 to 2,097,151 KB.");
        Require(MaxAddressBufferSize is >= 4_096 and <= 163_840, "Max Address Buffer Size must be 4,096 to 163,840.");
        Require(OemText.IsKnown(CodePage), $"The code page {CodePage} is not known.");
        Require(
            AdministratorAddress.Length == 0 || Domain.Addresses.MailAddress.TryParse(AdministratorAddress, out _, out _),
            $"The administrator's mailbox “{AdministratorAddress}” is not an address.");
        Require(TimeZone.Length == 0 || TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), $"The time zone {TimeZone} is not known.");
        return faults;

        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                faults.Add(sentence);
            }
        }
    }
}
