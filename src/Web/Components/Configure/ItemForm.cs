using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;

namespace Postern.Web.Components.Configure;

/// <summary>An address space while it is edited.</summary>
public sealed class SpaceRow
{
    public string Type { get; set; } = "SMTP";

    public string Pattern { get; set; } = "*";

    public string Cost { get; set; } = "1";
}

/// <summary>
/// What somebody is typing about one item: the values, what they were made from, what is wrong with them. When somebody else saves meanwhile,
/// <see cref="Rebase"/> puts it on top of theirs: values that only they changed are taken over, and where both did, both are kept in sight.
/// </summary>
public sealed class ItemForm
{
    private readonly Dictionary<string, string> values;
    private readonly Dictionary<string, string> theirs = new(StringComparer.Ordinal);
    private readonly bool? isNew;
    private Dictionary<string, string> basis;

    /// <param name="item">What is edited, or cloned; null for an item that begins with the defaults.</param>
    /// <param name="isClone">A new item that begins with the values of another.</param>
    public ItemForm(string section, IReadOnlyList<SettingField> fields, ConfigurationItem? item, bool isClone = false)
    {
        Section = section;
        Fields = fields;
        Basis = isClone ? null : item;
        basis = item is null ? Defaults() : TextsOf(item);
        values = new(basis, StringComparer.Ordinal);
        Spaces = [.. SpacesOf(item)];
        if (isClone)
        {
            (basis["name"], values["name"]) = ("", "");
        }
    }

    /// <param name="stored">What is stored, by path; defaults for something new.</param>
    public ItemForm(string section, IReadOnlyList<SettingField> fields, IReadOnlyDictionary<string, string> stored, bool isNew)
    {
        (Section, Fields, this.isNew) = (section, fields, isNew);
        basis = Defaults();
        foreach (var (path, text) in stored)
        {
            basis[path] = text;
        }

        values = new(basis, StringComparer.Ordinal);
        Spaces = [];
    }

    public string Section { get; }

    public IReadOnlyList<SettingField> Fields { get; }

    /// <summary>The item as it was when it was opened; null for a new one.</summary>
    public ConfigurationItem? Basis { get; private set; }

    public IList<SpaceRow> Spaces { get; private set; }

    /// <summary>Passwords typed and not yet stored, by the path of their setting.</summary>
    public Dictionary<string, string> Passwords { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<DraftFault> Faults { get; set; } = [];

    public IReadOnlyList<CheckAnswer> Answers { get; set; } = [];

    public bool IsNew => isNew ?? Basis is null;

    public bool IsChanged => IsNew || Basis is { Unreadable.Length: > 0 } || Passwords.Values.Any(word => word.Length > 0) || SpacesText != basis.GetValueOrDefault(ItemDraft.SpacesPath, "")
        || Fields.Any(setting => Was(setting.Path) is not null);

    /// <summary>How many values differ from what is stored.</summary>
    public int Changes => Fields.Count(setting => Was(setting.Path) is not null)
        + (SpacesText != basis.GetValueOrDefault(ItemDraft.SpacesPath, "") ? 1 : 0) + Passwords.Values.Count(word => word.Length > 0);

    /// <summary>The tabs, in the order of the fields.</summary>
    public IReadOnlyList<string> Tabs => [.. Fields.Select(setting => setting.Tab).Distinct()];

    public string this[string path]
    {
        get => values.GetValueOrDefault(path, "");
        set => values[path] = value;
    }

    /// <summary>What it was before the change; null when it was not changed.</summary>
    public string? Was(string path) => basis.GetValueOrDefault(path, "") is var was && was != this[path] ? was : null;

    /// <summary>What somebody else saved there meanwhile; null when nobody did.</summary>
    public string? Theirs(string path) => theirs.TryGetValue(path, out var text) && text != this[path] ? text : null;

    /// <summary>The address spaces that somebody else saved meanwhile, a line each; null when nobody did.</summary>
    public string? TheirSpaces => theirs.TryGetValue(ItemDraft.SpacesPath, out var text) && text != SpacesText ? text : null;

    /// <summary>Takes their address spaces over ours.</summary>
    public void TakeTheirSpaces() => Spaces = [.. SpacesOf(Basis)];

    public void Reset(string path) => this[path] = basis.GetValueOrDefault(path, "");

    public string? FaultOf(string path) => Faults.FirstOrDefault(fault => fault.Path == path)?.Text;

    public IReadOnlyList<CheckAnswer> AnswersOf(string path) => [.. Answers.Where(answer => "settings." + answer.Path == path)];

    /// <summary>Faults that belong to no field.</summary>
    public IEnumerable<string> OtherFaults =>
        Faults.Where(fault => !Fields.Any(setting => setting.Path == fault.Path) && !fault.Path.StartsWith(ItemDraft.SpacesPath, StringComparison.Ordinal)).Select(fault => fault.Text);

    public string? SpaceFault(int index) => FaultOf($"{ItemDraft.SpacesPath}[{index}]");

    /// <summary>The values as the configuration text would have them.</summary>
    public ItemDraft ToDraft(string? kind = null)
    {
        foreach (var path in Passwords.Where(pair => pair.Value.Length > 0 && this[pair.Key].Trim().Length == 0).Select(pair => pair.Key).ToList())
        {
            this[path] = $"{this["name"].Trim()}-password";
        }

        var draft = Fields.Select(setting => new DraftValue(setting.Path, this[setting.Path], setting.Form));
        return new ItemDraft(
            Section,
            kind is null ? [.. draft] : [new DraftValue("kind", kind), .. draft],
            [.. Spaces.Select(space => new DraftSpace(space.Type, space.Pattern, space.Cost))]);
    }

    /// <summary>The secrets to be stored with it, by name.</summary>
    public IReadOnlyDictionary<string, string> SecretsToStore() =>
        Passwords.Where(pair => pair.Value.Length > 0).ToDictionary(pair => this[pair.Key].Trim(), pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Somebody else saved; the form goes on from what they saved. Null: they deleted it, and saving makes it anew.</summary>
    public void Rebase(ConfigurationItem? saved)
    {
        theirs.Clear();
        if (saved is null)
        {
            Basis = null;
            basis = Defaults();
            return;
        }

        var now = TextsOf(saved);
        foreach (var (path, text) in now)
        {
            var before = basis.GetValueOrDefault(path, "");
            if (path == ItemDraft.SpacesPath ? SpacesText == before : this[path] == before)
            {
                Take(path, text, saved);
            }
            else if (text != before)
            {
                theirs[path] = text;
            }
        }

        Basis = saved;
        basis = now;
    }

    /// <summary>The same for what is no item of the configuration.</summary>
    public void RebaseOn(IReadOnlyDictionary<string, string> now)
    {
        theirs.Clear();
        foreach (var (path, text) in now)
        {
            var before = basis.GetValueOrDefault(path, "");
            if (this[path] == before)
            {
                this[path] = text;
            }
            else if (text != before)
            {
                theirs[path] = text;
            }

            basis[path] = text;
        }
    }

    private void Take(string path, string text, ConfigurationItem saved)
    {
        if (path == ItemDraft.SpacesPath)
        {
            Spaces = [.. SpacesOf(saved)];
        }

        this[path] = text;
    }

    private string SpacesText => string.Join('\n', Spaces.Select(space => $"{space.Type} {space.Pattern} {space.Cost}").Order(StringComparer.Ordinal));

    private Dictionary<string, string> Defaults() => Fields.ToDictionary(setting => setting.Path, setting => setting.Default, StringComparer.Ordinal);

    private static Dictionary<string, string> TextsOf(ConfigurationItem item)
    {
        var texts = new Dictionary<string, string>(ItemFields.Texts(item), StringComparer.Ordinal);
        if (item is ConnectorItem connector)
        {
            texts[ItemDraft.SpacesPath] = string.Join('\n', connector.AddressSpaces.Select(space => $"{space.Type} {space.Pattern} {space.Cost}").Order(StringComparer.Ordinal));
        }

        return texts;
    }

    private static IEnumerable<SpaceRow> SpacesOf(ConfigurationItem? item) => item is ConnectorItem connector
        ? connector.AddressSpaces.Select(space => new SpaceRow { Type = space.Type, Pattern = space.Pattern, Cost = $"{space.Cost}" })
        : [];
}
