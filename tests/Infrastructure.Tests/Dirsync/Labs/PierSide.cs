using System.Globalization;
using Postern.Infrastructure.Tests.MsMail;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>The MS Mail post office PIER1 with its mailboxes, and the people of PIER2 in its address lists; its administrator runs IMPORT for these.</summary>
internal sealed class PierSide(Harbor harbor) : LabSide("pier")
{
    private readonly List<string> records = [];
    private readonly List<string> before = [.. File.ReadAllLines(Path.Combine(harbor.Pier1, "network.txt"))];
    private bool hasChanged;
    private int number;

    public override bool Has(LabPerson person) => person.Home is "PIER1" or "PIER2";

    public override string Written(LabPerson person) => person.Name.Listed;

    // What is said of a mailbox at its own post office is no part of a list.
    public override bool CanHavePhone(LabPerson person) => person.Home == "PIER2";

    public override LabPerson Add(PersonName name, string phone, Random chance)
    {
        var isHere = chance.Next(2) == 0;
        var person = new LabPerson(isHere ? "PIER1" : "PIER2", string.Create(CultureInfo.InvariantCulture, $"B{number++}"), name) { Phone = isHere ? "" : phone };
        People.Add(person);
        Appear(person);
        return person;
    }

    public override void Rename(LabPerson person, PersonName name) => Change(person, person.Name, name);

    public override void Swap(LabPerson one, LabPerson other)
    {
        var between = new PersonName("Between", "Somebody");
        Change(one, one.Name, between);
        Change(other, other.Name, one.Name);
        Change(one, between, other.Name);
    }

    public override void SetPhone(LabPerson person, string phone)
    {
        person.Phone = phone;
        Change(person, person.Name, person.Name);
    }

    public override void Move(LabPerson person, Random chance)
    {
        Vanish(person);
        (person.Home, person.Phone) = person.Home == "PIER1" ? ("PIER2", LabPeople.Telephone(chance)) : ("PIER1", "");
        Appear(person);
    }

    public override void Delete(LabPerson person)
    {
        Vanish(person);
        People.Remove(person);
    }

    public override void Finish()
    {
        if (hasChanged)
        {
            File.WriteAllLines(Path.Combine(harbor.Pier1, "network.txt"), before.Concat(People.Where(person => person.Home == "PIER1").Select(person => $"mailbox {person.Id} {person.Name.Listed}")));
            hasChanged = false;
        }

        if (records.Count > 0)
        {
            var file = Path.Combine(harbor.Exchange, "ADMIN.IMP");
            File.WriteAllBytes(file, OemText.Western.Encode(string.Concat(records.Select(line => line + "\r\n"))));
            var run = LabProgram.Run("msimport", "ADMIN", "-pPASSWORD", $"-d{harbor.Pier1}", $"-f{file}", "-a", "-c", "-t", "-y");
            run.Output.ShouldNotContain("[");
            records.Clear();
        }
    }

    public override IEnumerable<ListedEntry> Own()
    {
        var pier = MsPostOffice.Open(harbor.Pier1)!;
        return pier.People.Select(person => new ListedEntry(person.Name, $"PCM:{pier.Name}/{person.Mailbox}", "")).Concat(Entries(pier, "HARBOR/PIER2"));
    }

    public override IEnumerable<ListedEntry> Foreign() => Entries(MsPostOffice.Open(harbor.Pier1)!, "POSTERN/SITE1").Select(entry => entry with { Address = $"MS:{entry.Address[4..]}" });

    public override ListedEntry Expected(LabPerson person) => new(person.Name.Listed, AddressOf(person), person.Phone);

    private static IEnumerable<ListedEntry> Entries(MsPostOffice pier, string list) => AddressLists.Load(pier).Entries.Where(entry => entry.List == list)
        .Select(entry => new ListedEntry(entry.Name, entry.Address, entry.Values.Find(value => value.Contains("Phone:", StringComparison.Ordinal)) is { } phone ? phone[(phone.IndexOf('/', StringComparison.Ordinal) + 1)..].Trim() : ""));

    private static string AddressOf(LabPerson person) => $"PCM:HARBOR/{person.Home}/{person.Id}";

    private void Appear(LabPerson person)
    {
        hasChanged |= person.Home == "PIER1";
        if (person.Home == "PIER2")
        {
            records.AddRange([$"A {person.Name.Listed,-30} {AddressOf(person)}", .. Fields(person)]);
        }
    }

    private void Vanish(LabPerson person)
    {
        hasChanged |= person.Home == "PIER1";
        if (person.Home == "PIER2")
        {
            records.Add($"D {person.Name.Listed,-30} {AddressOf(person)}");
        }
    }

    private void Change(LabPerson person, PersonName from, PersonName to)
    {
        hasChanged |= person.Home == "PIER1";
        if (person.Home == "PIER2")
        {
            records.AddRange([$"M {from.Listed,-30} {AddressOf(person)}", $"  {to.Listed,-30} {AddressOf(person)}", .. Fields(person)]);
        }
    }

    private static string[] Fields(LabPerson person) => person.Phone.Length > 0 ? [$"- Phone:/{person.Phone}"] : [];
}
