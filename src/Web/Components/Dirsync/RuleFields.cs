using System.Globalization;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Components.Dirsync;

/// <summary>The rules of a partner as fields of its page, and back: what is taken and given, whose consent changes need, when cycles run.</summary>
public static class RuleFields
{
    public const string Taken = "What is taken";
    public const string Given = "What is given";
    public const string Consent = "Consent";
    public const string Schedule = "Schedule";
    public const string Canary = "Canary";

    /// <summary>What stands in the table of consents; its cells are no rows of their own.</summary>
    public const string Cells = "Table of consents";

    public const string Grid = "rules.schedule.grid";
    public const string Zone = "rules.schedule.zone";

    private const string All = "all";

    private static readonly string[] Modes = [.. Enum.GetNames<ApprovalMode>()];

    /// <summary>The sides of which each has a consent of its own.</summary>
    public static IReadOnlyList<(string Key, string Title)> Sides { get; } = [("importConsent", "Changes of our directory"), ("exportConsent", "Changes of the partner's directory")];

    /// <summary>The classes with a threshold, and all together.</summary>
    public static IReadOnlyList<(string Key, ChangeClass? Class, string Title)> Watched { get; } =
        [.. ClassLook.RiskiestFirst.Select(kind => (Key(kind), (ChangeClass?)kind, ClassLook.Of(kind).Word)), (All, null, "All together")];

    /// <summary>Every field, in the order of the tabs.</summary>
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        Flag("takesEntries", Taken, "Take its entries", "Its entries become entries of our directory.", true),
        Lines("ownedHomes", Taken, "Homes it owns", "Entries with addresses there are its own, whoever tells us of them: site1.example, CCMAIL:SALES, MS:NETWORK/POSTOFFICE. A home has one owner."),
        Lines("import.only", Taken, "Only", "Patterns of addresses that are taken, with * for any run of characters; with none named, all are."),
        Lines("import.except", Taken, "Except", "Patterns of addresses that are not taken."),
        Number("import.trust", Taken, "Trust level", "What it gives has this level, 0 to 100; others get it up to a limit of their own.", 20),
        Text("import.container", Taken, "Container", "Where its entries are put; each exported container leads to somebody.", ""),
        Lines("import.containers", Taken, "Containers", "Where entries of a single home are put instead, one a line: HOME = CONTAINER."),
        Lines("import.addressTemplates", Taken, "Address templates", "Addresses that entries get at their first import where they lack them, one a line: SMTP = %g.%s@site1.example. An address that is there is never made anew."),
        Number("holdOffDays", Taken, "Hold-off", "For so long a namesake does not get the addresses of somebody who is gone.", 90, "days"),
        Flag("givesEntries", Given, "Give ours", "Entries of ours are written into its directory.", true),
        Lines("export.containers", Given, "Containers", "Containers whose entries it gets; with none named, all."),
        Lines("export.kinds", Given, "Kinds", "What it gets.", "Person\nList\nBoard", ["Person", "List", "Board"]),
        Number("export.trustLimit", Given, "Trust limit", "Entries with a higher level are not given.", 99),
        Flag("export.exportsGiven", Given, "Pass on what others gave", "Entries that other partners gave go there too, but never back to their giver.", false),
        Text("export.mesh", Given, "Mesh", "Partners of one mesh exchange entries among themselves; nothing is passed on between them.", ""),
        Lines("export.values", Given, "Values", "Values that it gets; with none named, all.", "", [.. ValueNames.All]),
        Text("export.nameTemplate", Given, "Name template", "How names are written there, such as %s, %g; empty for the name of the entry. A change of it is itself a plan.", ""),
        .. Sides.SelectMany(side => ClassLook.RiskiestFirst.Select(kind =>
            new SettingField($"rules.{side.Key}.{Key(kind)}", Cells, ClassLook.Of(kind).Word, "", "", "Approve", nameof(ApprovalMode.Approve), SettingForm.Choice, Modes))),
        .. Sides.SelectMany(side => Watched.SelectMany(watched => (SettingField[])
        [
            Limit(side.Key, watched.Key, "number", Threshold.Defaults.FirstOrDefault(limit => limit.Class == watched.Class)?.Number),
            Limit(side.Key, watched.Key, "percent", Threshold.Defaults.FirstOrDefault(limit => limit.Class == watched.Class)?.Percent),
        ])),
        Lines("tellApprovers", Consent, "Tell when a plan waits", "Internet addresses that get a mail with a link."),
        Text("schedule.grid", Schedule, "Quarter hours", "Mon-Fri 02:00, 12:00-13:30; Sun 04:15. Also always, hourly and never.", ""),
        Text("schedule.zone", Schedule, "Time zone", "IANA name, such as Europe/Berlin. Changes of the clock leave out no cycle and begin none twice.", "UTC"),
        Text("canary.address", Canary, "Address of our canary", "An entry that stands for nobody and bears the day, so that anybody there sees how old their copy of our directory is. An address of the kind that the partner lists, at one of our homes, which nobody has; empty for none.", ""),
        Text("canary.name", Canary, "Its name", "At most 19 letters; where the partner keeps no other value the day follows.", CanaryRules.UsualName),
        Text("canary.theirs", Canary, "Name of theirs", "An entry of that name with a day is the partner's canary: it shows how old what it gives is, and does not become one of ours.", CanaryRules.UsualName),
        Number("canary.oldAfterDays", Canary, "Alert after", "A canary that has not moved for so long opens an alert; 0 for never.", 2, "days"),
    ];

    /// <summary>The path of a mode or a limit of one side.</summary>
    public static string Path(string side, string watched, string part = "") => $"rules.{side}.{watched}{(part.Length == 0 ? "" : $".{part}")}";

    /// <summary>What the fields hold for stored rules.</summary>
    public static IReadOnlyDictionary<string, string> Texts(SyncRules rules)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rules.takesEntries"] = Yes(rules.TakesEntries),
            ["rules.givesEntries"] = Yes(rules.GivesEntries),
            ["rules.ownedHomes"] = Joined(rules.OwnedHomes),
            ["rules.holdOffDays"] = Text(rules.HoldOffDays),
            ["rules.tellApprovers"] = Joined(rules.TellApprovers),
            ["rules.import.only"] = Joined(rules.Import.Only),
            ["rules.import.except"] = Joined(rules.Import.Except),
            ["rules.import.trust"] = Text(rules.Import.Trust),
            ["rules.import.container"] = rules.Import.Container,
            ["rules.import.containers"] = Joined(rules.Import.Containers),
            ["rules.import.addressTemplates"] = Joined(rules.Import.AddressTemplates),
            ["rules.export.mesh"] = rules.Export.Mesh,
            ["rules.export.containers"] = Joined(rules.Export.Containers),
            ["rules.export.trustLimit"] = Text(rules.Export.TrustLimit),
            ["rules.export.exportsGiven"] = Yes(rules.Export.ExportsGiven),
            ["rules.export.kinds"] = Joined(rules.Export.Kinds.Select(kind => kind.ToString())),
            ["rules.export.values"] = Joined(rules.Export.Values),
            ["rules.export.nameTemplate"] = rules.Export.NameTemplate,
            ["rules.canary.address"] = rules.Canary.Address,
            ["rules.canary.name"] = rules.Canary.Name,
            ["rules.canary.theirs"] = rules.Canary.Theirs,
            ["rules.canary.oldAfterDays"] = Text(rules.Canary.OldAfterDays),
            [Grid] = rules.Schedule.Grid,
            [Zone] = rules.Schedule.Zone,
        };
        Add(texts, "importConsent", rules.ImportConsent);
        Add(texts, "exportConsent", rules.ExportConsent);
        return texts;
    }

    /// <summary>The rules for what was typed, with what is wrong about it.</summary>
    public static SyncRules Read(Func<string, string> typed, ICollection<DraftFault> faults)
    {
        var reading = new Reading(typed, faults);
        return new SyncRules
        {
            TakesEntries = reading.Flag("takesEntries"),
            GivesEntries = reading.Flag("givesEntries"),
            OwnedHomes = reading.Lines("ownedHomes"),
            HoldOffDays = reading.Number("holdOffDays"),
            TellApprovers = reading.Lines("tellApprovers"),
            Import = new ImportRules
            {
                Only = reading.Lines("import.only"),
                Except = reading.Lines("import.except"),
                Trust = reading.Number("import.trust"),
                Container = reading.Text("import.container"),
                Containers = reading.Pairs("import.containers"),
                AddressTemplates = reading.Pairs("import.addressTemplates"),
            },
            Export = new ExportRules
            {
                Mesh = reading.Text("export.mesh"),
                Containers = reading.Lines("export.containers"),
                TrustLimit = reading.Number("export.trustLimit"),
                ExportsGiven = reading.Flag("export.exportsGiven"),
                Kinds = reading.Kinds("export.kinds"),
                Values = reading.Lines("export.values"),
                NameTemplate = reading.Text("export.nameTemplate"),
            },
            ImportConsent = reading.Consent("importConsent"),
            ExportConsent = reading.Consent("exportConsent"),
            Canary = new CanaryRules
            {
                Address = reading.Text("canary.address"),
                Name = reading.Text("canary.name"),
                Theirs = reading.Text("canary.theirs"),
                OldAfterDays = reading.Number("canary.oldAfterDays"),
            },
            Schedule = new ScheduleRules { Grid = reading.Text("schedule.grid"), Zone = reading.Text("schedule.zone") is { Length: > 0 } zone ? zone : "UTC" },
        };
    }

    /// <summary>The field that a fault is about: that of a list for one of its lines.</summary>
    public static DraftFault Placed(PartnerFault fault)
    {
        var path = fault.Path.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket ? fault.Path[..bracket] : fault.Path;
        const string Templates = "rules.import.addressTemplates";
        return new DraftFault(path.StartsWith(Templates, StringComparison.Ordinal) ? Templates : path, fault.Text);
    }

    private static string Key(ChangeClass kind) => kind.ToString().ToLowerInvariant();

    private static void Add(Dictionary<string, string> texts, string side, ConsentRules rules)
    {
        foreach (var kind in ClassLook.RiskiestFirst)
        {
            texts[Path(side, Key(kind))] = (kind switch { ChangeClass.Delete => rules.Delete, ChangeClass.Move => rules.Move, ChangeClass.Rename => rules.Rename, ChangeClass.Modify => rules.Modify, _ => rules.Add }).ToString();
        }

        foreach (var (key, kind, _) in Watched)
        {
            var limits = rules.Thresholds.Where(limit => limit.Class == kind).ToList();
            texts[Path(side, key, "number")] = limits.Min(limit => limit.Number) is { } number ? Text(number) : "";
            texts[Path(side, key, "percent")] = limits.Min(limit => limit.Percent) is { } percent ? percent.ToString("0.##", CultureInfo.InvariantCulture) : "";
        }
    }

    private static string Yes(bool flag) => flag ? "true" : "false";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Joined(IEnumerable<string> lines) => string.Join('\n', lines);

    private static string Joined(IReadOnlyDictionary<string, string> pairs) => string.Join('\n', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} = {pair.Value}"));

    private static SettingField Text(string path, string tab, string label, string meaning, string usual) =>
        new($"rules.{path}", tab, label, "", meaning, usual.Length == 0 ? "none" : usual, usual, SettingForm.Text, []);

    private static SettingField Lines(string path, string tab, string label, string meaning, string usual = "", IReadOnlyList<string>? choices = null) =>
        new($"rules.{path}", tab, label, "", meaning, usual.Length == 0 ? "none" : usual.Replace("\n", ", ", StringComparison.Ordinal), usual, SettingForm.Lines, choices ?? []);

    private static SettingField Number(string path, string tab, string label, string meaning, long usual, string unit = "") =>
        new($"rules.{path}", tab, label, unit, meaning, Text(usual), Text(usual), SettingForm.Number, []);

    private static SettingField Flag(string path, string tab, string label, string meaning, bool usual) =>
        new($"rules.{path}", tab, label, "", meaning, usual ? "yes" : "no", Yes(usual), SettingForm.Flag, []);

    private static SettingField Limit(string side, string watched, string part, decimal? usual) =>
        new(Path(side, watched, part), Cells, part, "", "", "", usual?.ToString("0.##", CultureInfo.InvariantCulture) ?? "", SettingForm.Number, []);

    private sealed class Reading(Func<string, string> typed, ICollection<DraftFault> faults)
    {
        public string Text(string path) => typed($"rules.{path}").Trim();

        public bool Flag(string path) => Text(path) == "true";

        public string[] Lines(string path) => Text(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        public int Number(string path)
        {
            if (int.TryParse(Text(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            faults.Add(new DraftFault($"rules.{path}", $"“{Text(path)}” is no whole number."));
            return 0;
        }

        public Dictionary<string, string> Pairs(string path)
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in Lines(path))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || !pairs.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim()))
                {
                    faults.Add(new DraftFault($"rules.{path}", equals <= 0 ? $"“{line}” has no equals sign with a word before it." : $"“{line[..equals].Trim()}” stands there twice."));
                }
            }

            return pairs;
        }

        public List<RowKind> Kinds(string path)
        {
            var kinds = new List<RowKind>();
            foreach (var line in Lines(path))
            {
                if (Enum.TryParse<RowKind>(line, ignoreCase: true, out var kind) && kind != RowKind.PostOffice && Enum.IsDefined(kind))
                {
                    kinds.Add(kind);
                }
                else
                {
                    faults.Add(new DraftFault($"rules.{path}", $"“{line}” is none of Person, List and Board."));
                }
            }

            return kinds;
        }

        public ConsentRules Consent(string side) => new()
        {
            Delete = Mode(side, ChangeClass.Delete),
            Move = Mode(side, ChangeClass.Move),
            Rename = Mode(side, ChangeClass.Rename),
            Modify = Mode(side, ChangeClass.Modify),
            Add = Mode(side, ChangeClass.Add),
            Thresholds = [.. Watched.Select(watched => new Threshold(watched.Class, (long?)Limit(side, watched.Key, "number"), Limit(side, watched.Key, "percent"))).Where(limit => limit.Number is not null || limit.Percent is not null)],
        };

        private ApprovalMode Mode(string side, ChangeClass kind) => Enum.TryParse<ApprovalMode>(typed(Path(side, Key(kind))), out var mode) ? mode : ApprovalMode.Approve;

        private decimal? Limit(string side, string watched, string part)
        {
            var (path, isNumber) = (Path(side, watched, part), part == "number");
            var text = typed(path).Trim();
            if (text.Length == 0)
            {
                return null;
            }

            if (decimal.TryParse(text, isNumber ? NumberStyles.None : NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit) && (isNumber ? limit <= int.MaxValue : limit <= 100))
            {
                return limit;
            }

            faults.Add(new DraftFault(path, isNumber ? $"“{text}” is no whole number." : $"“{text}” is no part of a hundred."));
            return null;
        }
    }
}
