namespace Postern.Infrastructure.Events;

/// <summary>The number of every event, the same in the log and in the console: 1000 host, 2000 queue, 2300 watch, 3000 SMTP, 4000 cc:Mail, 5000 MS Mail, 6000 directory synchronisation, 7000 console.</summary>
/// <remarks>A number keeps its meaning for ever; one that is no longer used is not given away again.</remarks>
public static class EventCodes
{
    /// <summary>A part that all others need has ended with an error, and the process ends with it (Q151431).</summary>
    public const int PartLost = 1001;

    /// <summary>Content was removed after its time.</summary>
    public const int ContentRemoved = 2090;

    /// <summary>History was removed after its time.</summary>
    public const int HistoryRemoved = 2091;

    /// <summary>History is kept beyond its time, because something of its day is not over.</summary>
    public const int HistoryKept = 2092;

    /// <summary>Rows of a day without partitions were moved to where they belong.</summary>
    public const int PartitionRowsRescued = 2093;

    /// <summary>A connector was drained, as an operator asked, and has stopped.</summary>
    public const int ConnectorDrained = 2180;

    /// <summary>A pause that an operator had set has ended by itself.</summary>
    public const int ConnectorPauseEnded = 2181;

    /// <summary>A copy for capture mode could not be kept; mail goes on.</summary>
    public const int ConnectorCopyFailed = 2182;

    /// <summary>A connector shows no proof of life (Q212788).</summary>
    public const int ConnectorSilent = 2301;

    /// <summary>A connector that should run is in no process (Q181186).</summary>
    public const int ConnectorNotRunning = 2302;

    /// <summary>The mail of a connector grows older and none of it leaves (Q295812).</summary>
    public const int QueueOnlyAges = 2303;

    /// <summary>A folder that is needed cannot be read or written (Q202178).</summary>
    public const int FolderUnusable = 2304;

    /// <summary>A disk is nearly full.</summary>
    public const int DiskLow = 2305;

    /// <summary>A run of a foreign program began and has no end (Q181186).</summary>
    public const int ProgramRunUnended = 2306;

    /// <summary>An operation runs and gets no further.</summary>
    public const int OperationStuck = 2307;

    /// <summary>A sender should have a report, and there is none (Q199534).</summary>
    public const int ReportMissing = 2308;

    /// <summary>The ledger and the rows do not agree.</summary>
    public const int BooksOff = 2309;

    /// <summary>Rows lie in the partition of days that have none.</summary>
    public const int DefaultPartitionUsed = 2310;

    /// <summary>Poison waits in quarantine for somebody to look at it (Q159305).</summary>
    public const int MessagesQuarantined = 2311;

    /// <summary>The clock of a machine differs from the database's (Q119089).</summary>
    public const int ClockOff = 2312;

    /// <summary>A canary has not come back in its time.</summary>
    public const int CanaryMissing = 2313;

    /// <summary>A canary entry is older than it may be (Q118621).</summary>
    public const int CanaryEntryLate = 2314;

    /// <summary>Alerts could not be sent by mail.</summary>
    public const int AlertMailFailed = 2330;

    /// <summary>A webhook does not take alerts.</summary>
    public const int AlertWebhookFailed = 2331;

    /// <summary>Senders were told that their mail waits.</summary>
    public const int DelayNoticesWritten = 2340;

    /// <summary>Mail was put off at SMTP because it cannot be stored: 452.</summary>
    public const int SmtpStorageFull = 3090;

    /// <summary>An unknown or leftover file was set aside (Q212788).</summary>
    public const int CcMailFileSetAside = 4000;

    /// <summary>A file in a work folder cannot be opened or moved and stays where it is.</summary>
    public const int CcMailFileLocked = 4001;

    /// <summary>A work folder was missing and was made again (Q202178).</summary>
    public const int CcMailFolderRecreated = 4002;

    /// <summary>IMPORT stopped at a message: an end that repeats for that message alone.</summary>
    public const int CcMailImportStopped = 4003;

    /// <summary>A message was quarantined because IMPORT cannot take it.</summary>
    public const int CcMailMessageQuarantined = 4004;

    /// <summary>IMPORT cannot work at all: configuration, rights, or the post office.</summary>
    public const int CcMailImportFailed = 4005;

    /// <summary>The post office is locked by another program.</summary>
    public const int CcMailPostOfficeLocked = 4006;

    /// <summary>IMPORT refused the date; another order of day and month is used from now on (Q180641).</summary>
    public const int CcMailDateOrderChanged = 4007;

    /// <summary>A run without an end was found at start and resolved.</summary>
    public const int CcMailRunRecovered = 4008;

    /// <summary>An undeliverable file could not be matched to the messages of its run.</summary>
    public const int CcMailUndeliverableUnmatched = 4009;

    /// <summary>A file for IMPORT could not be written: the disk is full or refuses.</summary>
    public const int CcMailFileNotWritten = 4010;

    /// <summary>EXPORT did not end with 0.</summary>
    public const int CcMailExportFailed = 4020;

    /// <summary>A message from the post office cannot be read and was set aside (Q166561).</summary>
    public const int CcMailMessageUnreadable = 4021;

    /// <summary>A message from the post office is for nobody that Postern is responsible for.</summary>
    public const int CcMailMessageForNobody = 4022;

    /// <summary>A message came again after an EXPORT that did not end well, and was not accepted a second time (Q212759).</summary>
    public const int CcMailMessageRepeated = 4023;

    /// <summary>The intake cannot store a message from the post office.</summary>
    public const int CcMailMessageUnacceptable = 4024;

    /// <summary>The way EXPORT counts sizes was found, and IMPORT files follow it.</summary>
    public const int CcMailSizeModelLearned = 4025;

    /// <summary>A copy for diagnosis could not be written; mail goes on.</summary>
    public const int CcMailCaptureFailed = 4026;

    /// <summary>An unknown or leftover file in a work folder of an MS Mail connector was set aside.</summary>
    public const int MsMailFileSetAside = 5000;

    /// <summary>A file cannot be opened or moved and stays where it is.</summary>
    public const int MsMailFileLocked = 5001;

    /// <summary>A work folder was missing and was made again.</summary>
    public const int MsMailFolderRecreated = 5002;

    /// <summary>GTWPUT stopped at a message, which is tried again alone.</summary>
    public const int MsMailPutStopped = 5003;

    /// <summary>A message was quarantined because GTWPUT cannot take it (Q98159).</summary>
    public const int MsMailMessageQuarantined = 5004;

    /// <summary>GTWPUT cannot work at all: configuration, rights, or the post office.</summary>
    public const int MsMailPutFailed = 5005;

    /// <summary>Nobody takes the files from the exchange folder (Q163020).</summary>
    public const int MsMailStandstill = 5006;

    /// <summary>A run without an end was found at start and resolved.</summary>
    public const int MsMailRunRecovered = 5008;

    /// <summary>A file for GTWPUT could not be written: the disk is full or refuses.</summary>
    public const int MsMailFileNotWritten = 5010;

    /// <summary>GTWGET did not end with 0.</summary>
    public const int MsMailGetFailed = 5020;

    /// <summary>A message from the post office cannot be read and was set aside (Q100703).</summary>
    public const int MsMailMessageUnreadable = 5021;

    /// <summary>A message from the post office is for nobody that Postern is responsible for.</summary>
    public const int MsMailMessageForNobody = 5022;

    /// <summary>A message came again after a GTWGET that did not end well, and was not accepted a second time.</summary>
    public const int MsMailMessageRepeated = 5023;

    /// <summary>The intake cannot store a message from the post office.</summary>
    public const int MsMailMessageUnacceptable = 5024;

    /// <summary>The layout of the post office's files was found.</summary>
    public const int MsMailLayoutLearned = 5025;

    /// <summary>A message came back that Postern had sent on, and was returned (Q128627).</summary>
    public const int MsMailCircularRoute = 5026;

    /// <summary>Synchronisation mail came that no partner waits for.</summary>
    public const int MsMailDirsyncUnknown = 5027;

    /// <summary>A cycle of a partner came to nothing, or works again.</summary>
    public const int DirsyncCycleFailed = 6000;

    /// <summary>The schedule of a partner called for cycles that never began (Q148718).</summary>
    public const int DirsyncRunMissed = 6001;

    /// <summary>Changes of a directory wait for somebody to look at them.</summary>
    public const int PlanWaits = 6050;

    /// <summary>What was approved of a plan was carried out.</summary>
    public const int PlanApplied = 6051;

    /// <summary>A directory refused rows of a plan.</summary>
    public const int PlanRowsRefused = 6052;

    /// <summary>A plan cannot be carried out now, and goes on later.</summary>
    public const int PlanStuck = 6053;

    /// <summary>Cycle after cycle changes the same entry (Q237588).</summary>
    public const int EntryFlaps = 6054;

    /// <summary>Those who approve could not be told by mail that a plan waits.</summary>
    public const int ApproverMailFailed = 6055;

    /// <summary>Many requests with wrong keys came to the API from one address.</summary>
    public const int ApiKeysRefused = 7050;

    /// <summary>The daily head of the audit; in the log only.</summary>
    public const int AuditHead = 7100;

    /// <summary>A row of the audit was changed, removed or put in past Postern.</summary>
    public const int AuditBroken = 7101;

    /// <summary>The head of the audit cannot be mailed where it should go.</summary>
    public const int AuditHeadNotSent = 7102;
}
