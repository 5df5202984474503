using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Watch.Canaries;

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
    /// <summary>The post office as cc:Mail knows it, 1 to 256 characters ("cc:Mail post office Name" of the original). Default none.</summary>
    [Setting("Post Office", "cc:Mail post office name")]
    public string PostOfficeName { get; init; } = "";

    /// <summary>The data directory of the post office, as Postern sees it. It holds <c>CCPOMBOX.*</c> (Q170011). Default none.</summary>
    [Setting("Post Office", "Path")]
    public string PostOfficePath { get; init; } = "";

    /// <summary>Name of the secret that holds the post office's password (10 characters in the original). Default none.</summary>
    [Setting("Post Office", "Password")]
    public string PasswordSecret { get; init; } = "";

    /// <summary>The post office entry under which cc:Mail knows our site; its queue is what EXPORT empties. Default none.</summary>
    [Setting("Post Office", "Our name there")]
    public string SiteName { get; init; } = "";

    /// <summary>
    /// IMPORT and its arguments. A DOS emulator or a batch file may stand first. <c>{site}</c>, <c>{postoffice}</c>, <c>{password}</c>,
    /// <c>{path}</c> and <c>{file}</c> are replaced; <c>{dosfile}</c> is the file seen from the work folder, with backslashes.
    /// </summary>
    [Setting("Programs", "IMPORT")]
    public IReadOnlyList<string> ImportProgram { get; init; } =
        ["IMPORT.EXE", "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", "/PARTIAL", "/BATCH", "/FILES/MACBIN2", "/@{file}"];

    /// <summary>EXPORT and its arguments; the same words are replaced.</summary>
    [Setting("Programs", "EXPORT")]
    public IReadOnlyList<string> ExportProgram { get; init; } =
        ["EXPORT.EXE", "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", "/FORMAT/FAN", "/BATCH", "/FILES/MACBIN2", "/@{file}"];

    /// <summary>The original's Ccmcdata: <c>Submit</c>, <c>Import</c>, <c>Export</c>, <c>Bad</c> and <c>Work</c> lie below it. Default empty: one in the data folder.</summary>
    [Setting("Programs", "Work folder")]
    public string WorkFolder { get; init; } = "";

    /// <summary>"Import/Export version": DB6 for Import 5.15 and Export 5.14, DB8 for 6.0 and later, which need <c>IE.RI</c> beside them (Q233164). Default DB8.</summary>
    [Setting("Post Office", "Import/Export version")]
    public CcMailDatabase DatabaseVersion { get; init; } = CcMailDatabase.DB8;

    /// <summary>"Language" of the original: the OEM code page of text in both directions. Default 850.</summary>
    [Setting("Post Office", "Language (code page)")]
    public int CodePage { get; init; } = 850;

    /// <summary>The time zone of the post office, such as <c>Europe/Berlin</c>; files hold local time (Q154041). Default empty: that of this machine.</summary>
    [Setting("Post Office", "Time zone")]
    public string TimeZone { get; init; } = "";

    /// <summary>How IMPORT and EXPORT count sizes: A, B, or as the post office's own files show it. Default Learn.</summary>
    [Setting("Formats", "Size model")]
    public SizeModelChoice SizeModel { get; init; } = SizeModelChoice.Learn;

    /// <summary>
    /// "Administrator's mailbox": an address in any of the three forms that gets each message from the post office that cannot be converted,
    /// and each undeliverable file that speaks of none of our messages, as a report. Empty for nobody.
    /// </summary>
    [Setting("Post Office", "Administrator's mailbox")]
    public string AdministratorAddress { get; init; } = "";

    /// <summary>"Message size" of the original, for both directions: 1 to 2,097,151; a larger message is returned. Default empty: no limit, as in the original (Q190555).</summary>
    [Setting("General", "Message size", Unit = "KB")]
    public long? MessageSizeLimit { get; init; }

    /// <summary>
    /// Only these may send through this connector: an address, a domain such as <c>example.net</c> or <c>*.example.net</c>, or a pattern such as <c>CCMAIL:* at SALES</c>,
    /// one a line; any address of somebody in the directory counts, and mail without a sender always passes. Others are refused at RCPT, or their mail is returned, with the
    /// reason. Default none: everybody may, as in the original.
    /// </summary>
    [Setting("Delivery Restrictions", "Accept from")]
    public IReadOnlyList<string> AcceptFrom { get; init; } = [];

    /// <summary>These may not send through this connector, though accept from has them; written in the same way. Default none: nobody is rejected, as in the original.</summary>
    [Setting("Delivery Restrictions", "Reject from")]
    public IReadOnlyList<string> RejectFrom { get; init; } = [];

    /// <summary>"Second to wait before EXPORT" of the original: the time between two polls of the post office. Default 15, as in the original (Q168211).</summary>
    [Setting("Timing", "Wait before EXPORT", Unit = "seconds")]
    public int SecondsBeforeExport { get; init; } = 15;

    /// <summary>"Second to wait before IMPORT" of the original: the wait after the post office was locked; else a due delivery starts at once. Default 15, as in the original (Q168211).</summary>
    [Setting("Timing", "Wait before IMPORT", Unit = "seconds")]
    public int SecondsBeforeImport { get; init; } = 15;

    /// <summary>"Maximum number of messages to EXPORT" of the original; a batch this large repeats at once. Default 16, as in the original (Q168211).</summary>
    [Setting("Timing", "Messages per EXPORT")]
    public int MaximumMessagesToExport { get; init; } = 16;

    /// <summary>"Maximum number of messages to IMPORT" of the original: files given to one run. Default 5, as in the original (Q168211).</summary>
    [Setting("Timing", "Messages per IMPORT")]
    public int MaximumMessagesToImport { get; init; } = 5;

    /// <summary>"Save a copy of the exported files" in <c>Export.bak</c>, before conversion. Default false, as in the original (Q192516).</summary>
    [Setting("Formats", "Copy exported files")]
    public bool SaveExportedFiles { get; init; }

    /// <summary>"Save a copy of the imported files" in <c>Import.bak</c>, after conversion. Default false, as in the original (Q192516).</summary>
    [Setting("Formats", "Copy imported files")]
    public bool SaveImportedFiles { get; init; }

    /// <summary>"Use ANR" of the original: recipients go without their post office. Default false, as in the original (Q184052).</summary>
    [Setting("Formats", "Use ANR")]
    public bool UseAnr { get; init; }

    /// <summary>"Use long filename" of the original: attachments keep long names instead of 8.3. Default false, as in the original (Q192593).</summary>
    [Setting("Formats", "Use long filename")]
    public bool UseLongFilename { get; init; }

    /// <summary>"Version 8 Attachment Format" of the original: no date and time behind the names of attachments. Default false, as in the original (Q195203).</summary>
    [Setting("Formats", "Version 8 attachment format")]
    public bool Version8AttachmentFormat { get; init; }

    /// <summary>"Max Address Buffer Size" of the original, 4,096 to 163,840: the larger one for Import and Export later than 8.2x. Default 4,096 (Q266711).</summary>
    [Setting("Formats", "Max address buffer size", Unit = "bytes")]
    public int MaxAddressBufferSize { get; init; } = 4_096;

    /// <summary>"Locale Date Format" of the original: the order of day and month; Automatic begins with that of the United States and keeps another when IMPORT refuses it. Default Automatic (Q180641).</summary>
    [Setting("Formats", "Locale date format")]
    public LocaleDateFormat LocaleDateFormat { get; init; } = LocaleDateFormat.Automatic;

    /// <summary>Seconds that one run of IMPORT may take; then its whole process group is ended. Default 300.</summary>
    [Setting("Programs", "Time limit of IMPORT", Unit = "seconds")]
    public double ImportTimeLimit { get; init; } = 300;

    /// <summary>Seconds that one run of EXPORT may take; then its whole process group is ended. Default 300.</summary>
    [Setting("Programs", "Time limit of EXPORT", Unit = "seconds")]
    public double ExportTimeLimit { get; init; } = 300;

    /// <summary>A probe that shows whether the post office takes mail and answers.</summary>
    [Setting("Canary", "Canary")]
    public CanarySettings Canary { get; init; } = new();

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
        faults.AddRange(Canary.Faults("CCMAIL"));
        Require(TimeZone.Length == 0 || TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), $"The time zone {TimeZone} is not known.");
        faults.AddRange(SenderFaults.Of(AcceptFrom, RejectFrom));
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
