using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Routing;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.MsMail;

/// <summary>Who runs the gateway programs of the post office.</summary>
public enum MsMailTransport
{
    /// <summary>Postern starts GTWPUT and GTWGET.</summary>
    Programs,

    /// <summary>They run elsewhere; Postern writes <c>*.PUT</c> into a folder and takes <c>*.GET</c> from it.</summary>
    Folder,
}

/// <summary>What became of the messages that stand in a file before one that GTWPUT refuses; public documents do not settle it.</summary>
public enum EarlierMessages
{
    /// <summary>They go once more, each alone and marked as a possible repeat.</summary>
    GoAgain,

    /// <summary>The post office has them.</summary>
    AreTaken,
}

/// <summary>Whether an uncounted line end stands before the body in files of GTWGET; public documents do not settle it.</summary>
public enum BodyGapChoice
{
    /// <summary>As the files show it.</summary>
    Learn,
    None,
    LineEnd,
}

/// <summary>Everything an operator sets on a connector to one MS Mail post office. Where the original had a setting, it has its name.</summary>
public sealed record MsMailConnectorSettings
{
    /// <summary>The post office at which the gateway programs work, <c>NETWORK/POSTOFFICE</c>. Default none.</summary>
    [Setting("Post Office", "Post office")]
    public string PostOfficeName { get; init; } = "";

    /// <summary>Our own post office there, <c>NETWORK/POSTOFFICE</c>: the logical one that GTWCFG made, which is the MS Mail name of one of our sites (Q96605). Default none.</summary>
    [Setting("Post Office", "Our post office there")]
    public string SiteName { get; init; } = "";

    /// <summary>Programs when Postern starts GTWPUT and GTWGET, Folder when they run elsewhere and only files are exchanged. Default Programs.</summary>
    [Setting("Post Office", "Transport")]
    public MsMailTransport Transport { get; init; } = MsMailTransport.Programs;

    /// <summary>The data directory of the post office, as the programs see it. Default none.</summary>
    [Setting("Post Office", "Path")]
    public string PostOfficePath { get; init; } = "";

    /// <summary>Mailbox of the administrator, with whose password the programs sign in. Default ADMIN.</summary>
    [Setting("Post Office", "Administrator")]
    public string Administrator { get; init; } = "ADMIN";

    /// <summary>Name of the secret that holds the administrator's password (8 characters in the original). Default none.</summary>
    [Setting("Post Office", "Password")]
    public string PasswordSecret { get; init; } = "";

    /// <summary>The folder in which files are exchanged when the programs run elsewhere. Default none.</summary>
    [Setting("Post Office", "Exchange folder")]
    public string ExchangeFolder { get; init; } = "";

    /// <summary>
    /// GTWPUT and its arguments. A DOS emulator or a batch file may stand first. <c>{site}</c>, <c>{postoffice}</c>, <c>{administrator}</c>, <c>{password}</c>,
    /// <c>{path}</c> and <c>{file}</c> are replaced; <c>{dosfile}</c> is the file seen from the work folder, with backslashes. It must end lines with CRLF
    /// (<c>-f2</c>, Q85055) and must not keep the file (<c>-k</c>): a file that is gone was taken.
    /// </summary>
    [Setting("Programs", "GTWPUT")]
    public IReadOnlyList<string> PutProgram { get; init; } = ["GTWPUT.EXE", "-a{administrator}:{password}", "-d{path}", "-f2", "{file}"];

    /// <summary>GTWGET and its arguments; the same words are replaced, and <c>{count}</c> by the messages that one run may fetch.</summary>
    [Setting("Programs", "GTWGET")]
    public IReadOnlyList<string> GetProgram { get; init; } = ["GTWGET.EXE", "{site}", "-a{administrator}:{password}", "-d{path}", "-f2", "-n{count}", "{file}"];

    /// <summary><c>Put</c>, <c>Get</c>, <c>Bad</c> and <c>Work</c> lie below it. Default empty: one in the data folder.</summary>
    [Setting("Programs", "Work folder")]
    public string WorkFolder { get; init; } = "";

    /// <summary>Seconds that one run of GTWPUT may take; then its whole process group is ended. Default 300.</summary>
    [Setting("Programs", "Time limit of GTWPUT", Unit = "seconds")]
    public double PutTimeLimit { get; init; } = 300;

    /// <summary>Seconds that one run of GTWGET may take; then its whole process group is ended. Default 300.</summary>
    [Setting("Programs", "Time limit of GTWGET", Unit = "seconds")]
    public double GetTimeLimit { get; init; } = 300;

    /// <summary>
    /// Messages in one file and run of GTWPUT, 1 to 50 (Q115490). With one, an end that nobody expected leaves at most that one in doubt; with more, each of them. Default 1.
    /// </summary>
    [Setting("Timing", "Messages per GTWPUT")]
    public int MessagesPerPut { get; init; } = 1;

    /// <summary>Messages that one run of GTWGET fetches, 1 to 50; a batch this large repeats at once. Default 50 (Q118787).</summary>
    [Setting("Timing", "Messages per GTWGET")]
    public int MessagesPerGet { get; init; } = 50;

    /// <summary>The time between two polls of the post office or of the exchange folder. Default 15.</summary>
    [Setting("Timing", "Wait before GTWGET", Unit = "seconds")]
    public int SecondsBeforeGet { get; init; } = 15;

    /// <summary>The wait after the post office was busy; else a due delivery starts at once. Default 15.</summary>
    [Setting("Timing", "Wait before GTWPUT", Unit = "seconds")]
    public int SecondsBeforePut { get; init; } = 15;

    /// <summary>When the oldest file that nobody takes from the exchange folder is older, mail waits in the queue and an event says so. Default 60.</summary>
    [Setting("Timing", "Exchange folder stands still after", Unit = "minutes")]
    public int MinutesToStandstill { get; init; } = 60;

    /// <summary>What became of the messages before one that GTWPUT refuses, in a file of several: GoAgain repeats them visibly, AreTaken believes that the post office has them. Default GoAgain.</summary>
    [Setting("Formats", "Messages before a refused one")]
    public EarlierMessages EarlierMessages { get; init; } = EarlierMessages.GoAgain;

    /// <summary>The code page of names and text; 1252 for a post office whose Windows clients put in their own. Default 850 (Q87432).</summary>
    [Setting("Post Office", "Code page")]
    public int CodePage { get; init; } = 850;

    /// <summary>The time zone of the post office, such as <c>Europe/Berlin</c>; files hold local time. Default empty: that of this machine.</summary>
    [Setting("Post Office", "Time zone")]
    public string TimeZone { get; init; } = "";

    /// <summary>"Message size" of the original, for both directions: 1 to 2,097,151; a larger message is returned and never sent another way (Q160534). Default empty: no limit.</summary>
    [Setting("General", "Message size", Unit = "KB")]
    public long? MessageSizeLimit { get; init; }

    /// <summary>
    /// Only these may send through this connector: an address, a domain such as <c>example.net</c> or <c>*.example.net</c>, or a pattern such as <c>MS:NETWORK/POSTOFFICE/*</c>,
    /// one a line; any address of somebody in the directory counts, and mail without a sender always passes. Others are refused at RCPT, or their mail is returned, with the
    /// reason. Default none: everybody may, as in the original.
    /// </summary>
    [Setting("Delivery Restrictions", "Accept from")]
    public IReadOnlyList<string> AcceptFrom { get; init; } = [];

    /// <summary>These may not send through this connector, though accept from has them; written in the same way. Default none: nobody is rejected, as in the original.</summary>
    [Setting("Delivery Restrictions", "Reject from")]
    public IReadOnlyList<string> RejectFrom { get; init; } = [];

    /// <summary>Hops after which mail that comes again and again is returned with [003], 1 to 100; counted here, never taken from the message. Default 10 (Q147471).</summary>
    [Setting("General", "Hops")]
    public int HopLimit { get; init; } = 10;

    /// <summary>Whether an uncounted line end stands before the body: None, LineEnd, or as the post office's own files show it. Default Learn.</summary>
    [Setting("Formats", "Line end before the body")]
    public BodyGapChoice BodyGap { get; init; } = BodyGapChoice.Learn;

    /// <summary>Characters of a subject, 1 to 255; a longer one stands whole in the text. 63 behind Mail Connection 3.2 (Q117581). Default 40 (Q156844).</summary>
    [Setting("Formats", "Subject", Unit = "characters")]
    public int SubjectLimit { get; init; } = 40;

    /// <summary>Recipients of one message, 1 to 350; more are spread over several (Q98811). Default 100.</summary>
    [Setting("Formats", "Recipients of a message")]
    public int RecipientLimit { get; init; } = 100;

    /// <summary>The programs are those of the SMTP gateway (SMTPPUT, SMTPGET): internet addresses are written as <c>SMTP:user@host</c> in both directions (Q98050). Default false.</summary>
    [Setting("Formats", "Internet addresses")]
    public bool UsesInternetAddresses { get; init; }

    /// <summary>Receipts are put with priority C; nobody has shown that a put takes it. Default false.</summary>
    [Setting("Formats", "Priority C on receipts")]
    public bool WritesReceiptPriority { get; init; }

    /// <summary>The order of day, month and year in the texts of failures and receipts: MonthDayYear, DayMonthYear or YearMonthDay. Default MonthDayYear (Q132059).</summary>
    [Setting("Formats", "Dates in texts")]
    public DateOrder DateOrder { get; init; } = DateOrder.MonthDayYear;

    /// <summary>A probe that shows whether the post office takes mail and answers with [002].</summary>
    [Setting("Canary", "Canary")]
    public CanarySettings Canary { get; init; } = new();

    /// <summary>What the files of this post office look like, with what was learned from it.</summary>
    public MsMailProfile Profile(BodyGap learned)
    {
        var (network, postOffice) = Parts(SiteName);
        return new MsMailProfile
        {
            CodePage = CodePage,
            Network = network,
            PostOffice = postOffice,
            BodyGap = BodyGap switch { BodyGapChoice.None => Domain.Formats.MsMail.BodyGap.None, BodyGapChoice.LineEnd => Domain.Formats.MsMail.BodyGap.LineEnd, _ => learned },
            SubjectLimit = SubjectLimit,
            RecipientLimit = RecipientLimit,
            UsesInternetSenders = UsesInternetAddresses,
            WritesReceiptPriority = WritesReceiptPriority,
            MessagesPerFile = MessagesPerPut,
            DateOrder = DateOrder,
        };
    }

    /// <summary>What is wrong with these settings, a sentence each; empty when a connector can start with them.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(PostOfficeName.Length > 0, "The MS Mail post office must be named, NETWORK/POSTOFFICE.");
        Require(SiteName.Length > 0, "Our own post office there must be named, NETWORK/POSTOFFICE.");
        faults.AddRange(new[] { PostOfficeName, SiteName }.Where(name => name.Length > 0).Select(name => PostOfficeNames.FaultOf("MS", name)).Where(fault => fault.Length > 0));
        Require(Transport == MsMailTransport.Folder || (PutProgram.Count > 0 && GetProgram.Count > 0), "The programs GTWPUT and GTWGET must be set.");
        Require(!PutProgram.Contains("-k", StringComparer.OrdinalIgnoreCase), "GTWPUT must not be given -k: a file that is gone was taken, one that is kept would be sent again.");
        Require(Transport == MsMailTransport.Programs || ExchangeFolder.Length > 0, "The exchange folder must be set.");
        Require(WorkFolder.Length > 0, "The work folder must be set.");
        Require(MessagesPerPut is > 0 and <= MmffWriter.MessageLimit && MessagesPerGet is > 0 and <= MmffWriter.MessageLimit, "The messages of a run must be 1 to 50.");
        Require(SecondsBeforeGet is > 0 and <= 86_400 && SecondsBeforePut is > 0 and <= 86_400, "The seconds to wait must be 1 to 86,400.");
        Require(MinutesToStandstill is > 0 and <= 10_080, "The minutes to a standstill of the exchange folder must be 1 to 10,080.");
        Require(PutTimeLimit is > 0 and <= 86_400 && GetTimeLimit is > 0 and <= 86_400, "A time limit must be above 0 and at most 86,400 seconds.");
        Require(MessageSizeLimit is null or (> 0 and <= 2_097_151), "The message size limit must be 1 to 2,097,151 KB.");
        Require(HopLimit is > 0 and <= 100, "The hops must be 1 to 100.");
        Require(SubjectLimit is > 0 and <= 255, "The characters of a subject must be 1 to 255.");
        Require(RecipientLimit is > 0 and <= 350, "The recipients of a message must be 1 to 350.");
        Require(OemText.IsKnown(CodePage), $"The code page {CodePage} is not known.");
        Require(TimeZone.Length == 0 || TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), $"The time zone {TimeZone} is not known.");
        faults.AddRange(Canary.Faults("MS"));
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

    /// <summary>Network and post office of a name; empty for what is none.</summary>
    internal static (string Network, string PostOffice) Parts(string name) => name.Split('/') is [var network, var postOffice] ? (network.Trim(), postOffice.Trim()) : ("", "");
}
