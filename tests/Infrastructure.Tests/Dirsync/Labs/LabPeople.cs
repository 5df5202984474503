using System.Globalization;

namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>Somebody who lives in one of the directories. The model knows of a person only where they live, what they are called there and their telephone.</summary>
internal sealed class LabPerson(string home, string id, PersonName name)
{
    /// <summary>hq, SALES, DEPOT, PIER1 or PIER2.</summary>
    public string Home { get; set; } = home;

    /// <summary>What the address is made of where it is not made of the name.</summary>
    public string Id { get; set; } = id;

    public PersonName Name { get; set; } = name;

    public string Phone { get; set; } = "";

    public string Native => Home switch
    {
        "hq" => $"{Id}@hq.example",
        "PIER1" or "PIER2" => $"MS:HARBOR/{Home}/{Id}",
        _ => $"CCMAIL:{Name.Listed} at {Home}",
    };

    public override string ToString() => $"{Name.Listed} ({Native}, {Phone})";
}

/// <summary>The two parts of a name, as people spell them.</summary>
internal sealed record PersonName(string Given, string Surname)
{
    /// <summary>As the old systems list people.</summary>
    public string Listed => $"{Surname}, {Given}";

    /// <summary>As the directory server shows them.</summary>
    public string Shown => $"{Given} {Surname}";

    /// <summary>Names that differ only in case have the same one.</summary>
    public string Key => Listed.ToUpperInvariant();

    public PersonName InCapitals => new(Given.ToUpperInvariant(), Surname.ToUpperInvariant());

    public bool IsInCapitals => this == InCapitals;

    /// <summary>Another spelling of it.</summary>
    public PersonName Respelled(PersonName usual) => IsInCapitals ? usual : InCapitals;
}

/// <summary>Everybody in all directories, and names that nobody had before.</summary>
internal sealed class LabPeople
{
    private static readonly string[] Beginnings = ["Ber", "Nov", "Kea", "San", "Mbe", "For", "Ort", "Yam", "Low", "Had", "Far", "Qui", "Oka", "Lun", "Höf", "Tri", "Vel", "Wes", "Zan", "Åke"];
    private static readonly string[] Ends = ["gson", "aker", "ne", "doval", "ki", "sberg", "iz", "ada", "ell", "dad", "row", "strand", "for", "dquist", "mann", "ton", "asco", "tby", "der", "ström"];
    private static readonly string[] Givens =
    [
        "Anna", "Petra", "Orla", "Luz", "Thandi", "Nils", "Carmen", "Ken", "Patrick", "Rami", "Pia", "Anders", "Ngozi", "Jörg", "Zoë", "Bjørn", "André", "Uwe", "Ida", "Carl", "Gustava", "Jimmy",
        "Maria", "Tom", "Eva", "Otto", "Lena", "Max", "Nora", "Paul", "Rita", "Sven", "Tilda", "Ulf", "Vera", "Walt", "Xenia", "Yves", "Zeno", "Abel", "Berta", "Cleo", "Dora", "Emil", "Fay", "Gil",
        "Hugo", "Iris", "Jon", "Kai", "Liv", "Mona", "Ned", "Olga", "Per", "Ruth", "Saul", "Tea", "Udo", "Vito",
    ];

    private readonly Dictionary<string, List<LabPerson>> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PersonName> usual = new(StringComparer.Ordinal);
    private int names;

    public IEnumerable<string> Keys => byKey.Keys;

    /// <summary>Nobody had it before, not even in another spelling.</summary>
    public PersonName FreshName()
    {
        var surnames = Beginnings.Length * Ends.Length;
        var (row, place) = (names / surnames, names % surnames);
        names++;
        row.ShouldBeLessThan(Givens.Length, "names are used up");
        var name = new PersonName(Givens[(row + place) % Givens.Length], Beginnings[place % Beginnings.Length] + Ends[place / Beginnings.Length]);
        usual.Add(name.Key, name);
        return name;
    }

    /// <summary>The other spelling of a name.</summary>
    public PersonName Respelled(PersonName name) => name.Respelled(usual[name.Key]);

    /// <summary>Those whose names differ only in case, or not at all.</summary>
    public IReadOnlyList<LabPerson> Namesakes(string key) => byKey.TryGetValue(key, out var group) ? group : [];

    public void Add(LabPerson person)
    {
        if (!byKey.TryGetValue(person.Name.Key, out var group))
        {
            byKey.Add(person.Name.Key, group = []);
        }

        group.Add(person);
    }

    public void Remove(LabPerson person)
    {
        var group = byKey[person.Name.Key];
        group.Remove(person).ShouldBeTrue();
        if (group.Count == 0)
        {
            byKey.Remove(person.Name.Key);
        }
    }

    public void Rename(LabPerson person, PersonName name)
    {
        Remove(person);
        person.Name = name;
        Add(person);
    }

    public static string Telephone(Random chance) => string.Create(CultureInfo.InvariantCulture, $"040 {chance.Next(1000, 9999)}-{chance.Next(10, 99)}");
}
