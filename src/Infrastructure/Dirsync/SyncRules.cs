using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

/// <summary>What is exchanged with a partner, whose consent changes need, and when cycles run; the same for every kind of partner.</summary>
/// <remarks>Stored as JSON; what is missing there has its default.</remarks>
public sealed record SyncRules
{
    /// <summary>Its entries are taken into our directory.</summary>
    public bool TakesEntries { get; init; } = true;

    /// <summary>Entries of ours are written into its directory.</summary>
    public bool GivesEntries { get; init; } = true;

    /// <summary>Homes of addresses that it owns: entries there are its own, whoever tells us of them.</summary>
    public IReadOnlyList<string> OwnedHomes { get; init; } = [];

    public ImportRules Import { get; init; } = new();

    public ExportRules Export { get; init; } = new();

    /// <summary>Consent that changes of our directory need.</summary>
    public ConsentRules ImportConsent { get; init; } = new();

    /// <summary>Consent that changes of the partner's directory need.</summary>
    public ConsentRules ExportConsent { get; init; } = new();

    public ScheduleRules Schedule { get; init; } = new();

    /// <summary>Days for which a namesake does not get the addresses of somebody who is gone.</summary>
    public int HoldOffDays { get; init; } = 90;

    public CanaryRules Canary { get; init; } = new();

    /// <summary>Who is told when a plan waits: internet addresses.</summary>
    public IReadOnlyList<string> TellApprovers { get; init; } = [];
}

/// <summary>Which entries of a partner are taken, and where they are put (ImportScope).</summary>
public sealed record ImportRules
{
    public IReadOnlyList<string> Only { get; init; } = [];

    public IReadOnlyList<string> Except { get; init; } = [];

    public int Trust { get; init; } = 20;

    public string Container { get; init; } = "";

    public IReadOnlyDictionary<string, string> Containers { get; init; } = new Dictionary<string, string>();

    /// <summary>Templates of addresses that imported entries lack, by address type: <c>SMTP</c> = <c>%g.%s@site1.example</c>.</summary>
    public IReadOnlyDictionary<string, string> AddressTemplates { get; init; } = new Dictionary<string, string>();
}

/// <summary>Which of our entries the partner gets (ExportScope).</summary>
public sealed record ExportRules
{
    /// <summary>Partners of one mesh exchange entries among themselves.</summary>
    public string Mesh { get; init; } = "";

    public IReadOnlyList<string> Containers { get; init; } = [];

    public int TrustLimit { get; init; } = 99;

    public bool ExportsGiven { get; init; }

    public IReadOnlyList<RowKind> Kinds { get; init; } = [RowKind.Person, RowKind.List, RowKind.Board];

    /// <summary>Names of values that it gets; empty for all.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>How names are written there, such as <c>%s, %g</c>; empty for the name of the entry.</summary>
    public string NameTemplate { get; init; } = "";
}

/// <summary>Whose consent each class of changes needs, and from how many on a person looks in any case.</summary>
public sealed record ConsentRules
{
    public ApprovalMode Delete { get; init; } = ApprovalMode.Approve;

    public ApprovalMode Move { get; init; } = ApprovalMode.Approve;

    public ApprovalMode Rename { get; init; } = ApprovalMode.Approve;

    public ApprovalMode Modify { get; init; } = ApprovalMode.Approve;

    public ApprovalMode Add { get; init; } = ApprovalMode.Approve;

    public IReadOnlyList<Threshold> Thresholds { get; init; } = Threshold.Defaults;
}

/// <summary>The entries that show whether a directory follows another one (<see cref="Domain.Directory.Canaries.CanaryEntry"/>).</summary>
public sealed record CanaryRules
{
    /// <summary>Where the canary that we write lives: an address of a type that the partner lists, at one of our homes, which nobody has. Empty for none.</summary>
    public string Address { get; init; } = "";

    /// <summary>Its name there; the day follows it where the directory keeps no other value.</summary>
    public string Name { get; init; } = UsualName;

    /// <summary>The name of the canary that the partner writes for us; empty when none of its entries is one.</summary>
    public string Theirs { get; init; } = UsualName;

    /// <summary>From so many days on one that has not moved is an alert; 0 for never.</summary>
    public int OldAfterDays { get; init; } = 2;

    public const string UsualName = "Postern canary";
}

/// <summary>When cycles begin.</summary>
public sealed record ScheduleRules
{
    /// <summary>Quarter hours of the week, as <see cref="Domain.Directory.Schedules.WeekGrid"/> writes them; empty when cycles run on request only.</summary>
    public string Grid { get; init; } = "";

    /// <summary>IANA name of the time zone.</summary>
    public string Zone { get; init; } = "UTC";
}
