using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Configure;

namespace Postern.Web.Components.Dirsync;

/// <summary>What somebody is typing about a partner: the settings of its kind and its rules, each in a field of its own.</summary>
public sealed class PartnerForm
{
    private readonly IPartnerKind kind;
    private readonly PartnerSettings settings;

    /// <param name="basis">What is edited; null for a new one.</param>
    public PartnerForm(IPartnerKind kind, Partner? basis)
    {
        this.kind = kind;
        settings = new PartnerSettings(kind);
        Basis = basis;
        Fields = new ItemForm("partners", [.. General, .. settings.Fields, .. RuleFields.Fields], basis is null ? new Dictionary<string, string>() : Texts(basis), basis is null);
    }

    /// <summary>The partner as it was opened.</summary>
    public Partner? Basis { get; private set; }

    public ItemForm Fields { get; }

    /// <summary>Why the stored settings cannot be read; empty when they can.</summary>
    public string Unreadable { get; private set; } = "";

    /// <summary>The tabs, those of the kind between what every partner has.</summary>
    public IReadOnlyList<string> Tabs => [.. Fields.Tabs.Where(tab => tab != RuleFields.Cells)];

    private static IReadOnlyList<SettingField> General { get; } =
    [
        new("name", ItemFields.General, "Name", "", "Small letters a to z, digits and hyphens, at most 63. Plans and events name it.", "none", "", SettingForm.Text, []),
        new("enabled", ItemFields.General, "Enabled", "", "Cycles run. One that is switched off keeps its entries, and its open plans can still be decided.", "yes", "true", SettingForm.Flag, []),
    ];

    /// <summary>The settings of the kind as they are typed.</summary>
    public string SettingsJson() => settings.Read(settings.Fields.Select(field => new DraftValue(field.Path, Fields[field.Path], field.Form))).Json;

    /// <summary>What is to be saved; the faults of the form are those of reading it.</summary>
    public PartnerDraft ToDraft()
    {
        foreach (var path in Fields.Passwords.Where(pair => pair.Value.Length > 0 && Fields[pair.Key].Trim().Length == 0).Select(pair => pair.Key).ToList())
        {
            Fields[path] = $"{Fields["name"].Trim()}-password";
        }

        var faults = new List<DraftFault>();
        var rules = RuleFields.Read(path => Fields[path], faults);
        var (json, wrong) = settings.Read(settings.Fields.Select(field => new DraftValue(field.Path, Fields[field.Path], field.Form)));
        Fields.Faults = [.. faults, .. wrong.Select(RuleFields.Placed)];
        return new PartnerDraft(Basis?.Id ?? 0, Fields["name"].Trim(), kind.Name, json, rules, Fields["enabled"] == "true");
    }

    /// <summary>Faults that were found in saving or testing; those of reading stay.</summary>
    public void Add(IEnumerable<PartnerFault> faults) => Fields.Faults = [.. Fields.Faults, .. faults.Select(RuleFields.Placed)];

    /// <summary>Somebody else saved; the form goes on from that.</summary>
    public void Rebase(Partner theirs)
    {
        Basis = theirs;
        Fields.RebaseOn(Texts(theirs));
    }

    private Dictionary<string, string> Texts(Partner partner)
    {
        var texts = new Dictionary<string, string>(settings.Texts(partner.Settings, out var fault), StringComparer.Ordinal) { ["name"] = partner.Name, ["enabled"] = partner.IsEnabled ? "true" : "false" };
        Unreadable = fault;
        foreach (var (path, text) in RuleFields.Texts(partner.Rules))
        {
            texts[path] = text;
        }

        return texts;
    }
}
