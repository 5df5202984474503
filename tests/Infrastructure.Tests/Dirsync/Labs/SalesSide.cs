using Postern.Infrastructure.Tests.CcMail;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>The cc:Mail post office SALES with people of its own and others at DEPOT; its administrator changes the directory at the post office itself.</summary>
internal sealed class SalesSide(CcMailLab lab) : LabSide("sales")
{
    private List<DirectoryEntry>? open;

    public override bool OwnNamesGoFirst => true;

    public override bool IsKnownByName => true;

    public override bool SpellingCounts => false;

    private List<DirectoryEntry> Entries => open ??= [.. Directory()];

    /// <summary>An empty directory, but for the post offices.</summary>
    public void Begin() => open = [new("SALES", 'P', "", ""), new("DEPOT", 'P', "", "")];

    public override bool Has(LabPerson person) => person.Home is "SALES" or "DEPOT";

    public override string Written(LabPerson person) => person.Name.Listed;

    public override LabPerson Add(PersonName name, string phone, Random chance)
    {
        var person = new LabPerson(chance.Next(4) == 0 ? "DEPOT" : "SALES", "", name) { Phone = phone };
        People.Add(person);
        Entries.Add(EntryOf(person, name));
        return person;
    }

    public override void Rename(LabPerson person, PersonName name) => Entries[Find(person)] = EntryOf(person, name);

    public override void Swap(LabPerson one, LabPerson other)
    {
        (one.Phone, other.Phone) = (other.Phone, one.Phone);
        Entries[Find(one)] = EntryOf(one, one.Name);
        Entries[Find(other)] = EntryOf(other, other.Name);
    }

    public override void SetPhone(LabPerson person, string phone)
    {
        person.Phone = phone;
        Entries[Find(person)] = EntryOf(person, person.Name);
    }

    public override void Move(LabPerson person, Random chance)
    {
        var at = Find(person);
        person.Home = person.Home == "SALES" ? "DEPOT" : "SALES";
        Entries[at] = EntryOf(person, person.Name);
    }

    public override void Delete(LabPerson person)
    {
        Entries.RemoveAt(Find(person));
        People.Remove(person);
    }

    public override void Finish()
    {
        if (open is { } entries)
        {
            File.WriteAllBytes(lab.PostOffice.At("directory.txt"), OemText.Western.Encode(string.Concat(entries.Select(entry => entry.ToText()))));
            open = null;
        }
    }

    public override IEnumerable<ListedEntry> Own() => Directory().Where(entry => entry.Location is 'L' or 'l').Select(entry => new ListedEntry(entry.Name, entry.Address, entry.Comment));

    // SITE1 and behind it the name by which the gateway knows them.
    public override IEnumerable<ListedEntry> Foreign() => Directory().Where(entry => entry.Location == 'r').Select(entry => new ListedEntry(
        entry.Name, $"CCMAIL:{entry.ForeignAddress} at {entry.AddressPostOffice}", entry.Comment.TrimStart(';')));

    public override ListedEntry Expected(LabPerson person) => EntryOf(person, person.Name) is var entry ? new ListedEntry(entry.Name, entry.Address, entry.Comment) : null!;

    private static DirectoryEntry EntryOf(LabPerson person, PersonName name) =>
        new(name.Listed, person.Home == "SALES" ? 'L' : 'l', person.Home == "SALES" ? "" : person.Home, person.Phone.Length > 0 ? $";{person.Phone}" : "");

    private int Find(LabPerson person) => Entries.FindIndex(entry => entry.Name == person.Name.Listed);

    private IEnumerable<DirectoryEntry> Directory() => PostOfficeDirectory.ParseAll(OemText.Western.Decode(File.ReadAllBytes(lab.PostOffice.At("directory.txt"))));
}
