using System.Globalization;
using Postern.Domain.Directory.Partners;
using Postern.Infrastructure.Tests.Dirsync.Labs;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>Somebody in the source of all directories.</summary>
internal sealed class KillPerson(int number, string mailbox, PersonName name, string phone)
{
    /// <summary>Stays whatever changes.</summary>
    public int Number => number;

    /// <summary>What all addresses are made of.</summary>
    public string Mailbox { get; set; } = mailbox;

    public PersonName Name { get; set; } = name;

    public string Phone { get; set; } = phone;

    public string Internet => $"{Mailbox.ToLowerInvariant()}@people.example";

    public string CcMail => $"CCMAIL:{Mailbox} at SITE1";

    public string MsMail => $"MS:POSTERN/SITE1/{Mailbox}";
}

/// <summary>The model: who is in the source. Every directory is to hold exactly these, each in its own form.</summary>
internal sealed class KillPeople
{
    private readonly LabPeople names = new();
    private readonly List<KillPerson> people = [];
    private int numbers;
    private int mailboxes;

    public IReadOnlyList<KillPerson> All => people;

    /// <summary>Somebody new under a name that nobody had.</summary>
    public void Add(Random chance) => Add(names.FreshName(), chance);

    /// <summary>Changes of every kind; most people have one, nobody two.</summary>
    public void Change(Random chance)
    {
        var drawn = people.ToArray();
        chance.Shuffle(drawn);
        var next = new Queue<KillPerson>(drawn);
        var part = Math.Max(1, people.Count / 20);
        for (var i = 0; i < part; i++)
        {
            SwapNames(next.Dequeue(), next.Dequeue());
            MoveOn(next.Dequeue(), next.Dequeue());
            var leaving = next.Dequeue();
            people.Remove(leaving);
            Add(leaving.Name, chance); // a namesake, with other addresses
        }

        for (var i = 0; i < Math.Max(1, part / 3); i++)
        {
            var (one, two, three) = (next.Dequeue(), next.Dequeue(), next.Dequeue());
            (one.Name, two.Name, three.Name) = (two.Name, three.Name, one.Name);
        }

        for (var i = 0; i < 2 * part; i++)
        {
            next.Dequeue().Name = names.FreshName();
            next.Dequeue().Mailbox = FreshMailbox();
            next.Dequeue().Phone = LabPeople.Telephone(chance);
            people.Remove(next.Dequeue());
        }

        for (var i = 0; i < 3 * part; i++)
        {
            Add(chance);
        }
    }

    /// <summary>Writes everybody into the table from which our directory takes them.</summary>
    public void Write(string path)
    {
        var lines = people.Select(person => CsvRows.Write([Text(person.Number), person.Name.Listed, person.Internet, $"{person.CcMail}%{person.MsMail}", person.Phone]));
        File.WriteAllLines(path, lines.Prepend("id,name,address,proxies,phone"));
    }

    private static void SwapNames(KillPerson one, KillPerson other) => (one.Name, other.Name) = (other.Name, one.Name);

    // One leaves, and the other gets the name.
    private void MoveOn(KillPerson leaving, KillPerson other)
    {
        people.Remove(leaving);
        other.Name = leaving.Name;
    }

    private void Add(PersonName name, Random chance) => people.Add(new KillPerson(++numbers, FreshMailbox(), name, chance.Next(4) == 0 ? "" : LabPeople.Telephone(chance)));

    private string FreshMailbox() => $"P{Text(++mailboxes)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
