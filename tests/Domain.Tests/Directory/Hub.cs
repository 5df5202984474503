using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Ownership;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using static Postern.Domain.Tests.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

/// <summary>A person in some directory of the model.</summary>
internal sealed record Person(int Number, string Name, string Home, string Phone)
{
    public bool IsHidden { get; init; }
}

/// <summary>A partner of the model: its own people, and what we have put beside them.</summary>
internal sealed class ModelPartner(string name, NameRule rule, string type, bool hasIds, TargetAbility ability)
{
    public string Name { get; } = name;

    public NameRule Rule { get; } = rule;

    public string Type { get; } = type;

    public TargetAbility Ability { get; } = ability;

    public List<Person> People { get; } = [];

    /// <summary>Rows that came from us.</summary>
    public List<HeldRow> Given { get; set; } = [];

    /// <summary>What was worked out for an entry once; entries never change, they are replaced.</summary>
    public Dictionary<DirectoryEntry, (DirectoryRow? Row, GoneReason Reason)> Known { get; } = new(ReferenceEqualityComparer.Instance);

    public ExportScope Scope => new() { Partner = Name, ExportsGiven = true, AddressTypes = [Type] };

    /// <summary>What it answers when it is read: its own people as rows of our directory.</summary>
    public IEnumerable<DirectoryRow> Read() => People.Select(person => Row(Own, person.Name, Address(person), hasIds ? $"id:{Name}:{person.Number}" : "", ("notes", $"{person.Number}"), ("phone", person.Phone)));

    public IEnumerable<HeldRow> Held() => People.Select(person => Row(Rule, person.Name, Address(person)).Foreign()).Concat(Given);

    /// <summary>Its own rule: a name that stands there already cannot be entered again.</summary>
    public bool HasName(string personName, string home, int except)
    {
        Rule.TryHold(personName, MailAddress.Parse(Address(new Person(0, personName, home, ""))), out var held, out _);
        return Held().Any(row => row.Row.Key == held.Key && row.Row.AddressKey != MailAddress.Parse(Address(new Person(except, personName, home, ""))).Key
            && !People.Exists(person => person.Number == except && MailAddress.Parse(Address(person)).Key == row.Row.AddressKey));
    }

    public string Address(Person person) => Type switch
    {
        "CCMAIL" => $"CCMAIL:p{person.Number} at {Name}{person.Home}",
        "MS" => $"MS:{Name}/PO{person.Home}/P{person.Number}",
        _ => $"p{person.Number}@{Name}{person.Home}.example",
    };
}

/// <summary>Postern in the middle: takes in what partners have, and gives each what the others have.</summary>
internal sealed class Hub
{
    private readonly Dictionary<string, DirectoryEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<HeldRow>> imported = new(StringComparer.Ordinal);
    private readonly Dictionary<Person, DirectoryEntry> own = [];
    private OwnershipTable? ownership;

    public List<ModelPartner> Partners { get; } = [];

    public List<Person> People { get; } = [];

    /// <summary>How many changes of each class there were in all cycles.</summary>
    public PlanCounts Counts { get; } = new();

    private OwnershipTable Ownership => ownership ??= new(
        Partners.SelectMany(partner => "12", (partner, home) => KeyValuePair.Create(MailAddress.Parse(partner.Address(new Person(1, "x", $"{home}", ""))).HomeKey, partner.Name)), []);

    /// <summary>One cycle with all partners in this order: everything is read, then everything is written. The number of changes that were proposed.</summary>
    public int Cycle(IEnumerable<ModelPartner> order)
    {
        var list = order.ToList();
        return list.Sum(Import) + list.Sum(Export);
    }

    private int Import(ModelPartner partner)
    {
        var present = imported.GetValueOrDefault(partner.Name) ?? [];
        var others = imported.Where(other => other.Key != partner.Name).SelectMany(other => other.Value).Select(row => row.Row.Foreign());
        var changes = DirectoryComparison.Of(partner.Read(), present.Concat(others), Rules(Own));
        imported[partner.Name] = Applied(present, changes, TargetAbility.Ldap);
        foreach (var change in changes)
        {
            Counts.Add(change.Class);
        }

        foreach (var change in changes.Where(change => change.IsProposal))
        {
            entries.Remove($"{partner.Name}|{change.Identity}");
            if (change.After is { } row)
            {
                entries.Add($"{partner.Name}|{change.Identity}", Entry($"{partner.Name}|{change.Identity}", row.Name, MailAddress.Parse(row.Address), row.Values, partner.Name));
            }
        }

        return changes.Count(change => change.IsProposal);
    }

    private int Export(ModelPartner partner)
    {
        var (wanted, withheld) = (new List<DirectoryRow>(), new Dictionary<string, GoneReason>(StringComparer.Ordinal));
        var scope = partner.Scope;
        foreach (var entry in entries.Values.Concat(People.Select(Entry)))
        {
            if (!partner.Known.TryGetValue(entry, out var known))
            {
                known = scope.TryRow(entry, partner.Rule, Ownership, hasWay: true, out var row, out var reason, out _) ? (row, default) : (null, reason);
                partner.Known.Add(entry, known);
            }

            if (known.Row is { } wantedRow)
            {
                wanted.Add(wantedRow);
            }
            else
            {
                withheld[entry.Identity] = known.Reason;
            }
        }

        var held = partner.Held().ToList();
        var changes = DirectoryComparison.Of(wanted, held, Rules(partner.Rule), withheld);
        foreach (var change in changes)
        {
            Counts.Add(change.Class);
        }

        var after = Applied(held, changes, partner.Ability);
        partner.Given = [.. after.Where(row => row.IsOurs)];
        return changes.Count(change => change.IsProposal);
    }

    private DirectoryEntry Entry(Person person)
    {
        if (!own.TryGetValue(person, out var entry))
        {
            own.Add(person, entry = Made(person));
        }

        return entry;
    }

    private static DirectoryEntry Made(Person person) => Entry(
        $"own|{person.Number}", person.Name, MailAddress.Parse($"p{person.Number}@hub{person.Home}.example"), RowValues.Of(("notes", $"9{person.Number}"), ("phone", person.Phone)), "") with
    {
        IsHidden = person.IsHidden,
    };

    // Addresses for the other systems, as templates would have given them once and for all.
    private static DirectoryEntry Entry(string identity, string name, MailAddress native, RowValues values, string giver)
    {
        var number = $"{(giver.Length > 0 ? giver[0] : 'h')}{values["notes"]}";
        return new DirectoryEntry
        {
            Identity = identity,
            Name = name,
            Native = native,
            Proxies = [MailAddress.Parse($"CCMAIL:{number} at SITE1"), MailAddress.Parse($"MS:HUB/SITE1/{number}"), MailAddress.Parse($"{number}@site1.example")],
            Values = values,
            Giver = giver,
        };
    }
}
