using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Text;

namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>A real directory server with people in two units, and a container that only Postern writes into.</summary>
internal sealed class HeadquartersSide : LabSide, IDisposable
{
    private static readonly string[] Units = ["People", "Annex"];

    private readonly Dictionary<LabPerson, string> units = [];
    private readonly LdapConnection connection;
    private int number;

    private HeadquartersSide(SlapdServer server, LdapConnection connection)
        : base("headquarters")
    {
        Server = server;
        this.connection = connection;
    }

    public static string Base => $"ou=hq,{SlapdServer.Suffix}";

    public static string Container => $"ou=Ours,{Base}";

    public SlapdServer Server { get; }

    public static async Task<HeadquartersSide> StartAsync(LabPeople people, int count, Random chance)
    {
        var (persons, where) = (new List<LabPerson>(), new Dictionary<LabPerson, string>());
        var server = await SlapdServer.StartAsync(writer =>
        {
            Write(writer, Base, ("objectClass", "organizationalUnit"), ("ou", "hq"));
            foreach (var unit in Units.Append("Ours"))
            {
                Write(writer, $"ou={unit},{Base}", ("objectClass", "organizationalUnit"), ("ou", unit));
            }

            for (var i = 0; i < count; i++)
            {
                var person = new LabPerson("hq", string.Create(CultureInfo.InvariantCulture, $"h{i}"), people.FreshName()) { Phone = chance.Next(4) == 0 ? "" : LabPeople.Telephone(chance) };
                where[person] = Units[chance.Next(5) == 0 ? 1 : 0];
                persons.Add(person);
                Write(
                    writer, $"cn={person.Name.Shown},ou={where[person]},{Base}",
                    [("objectClass", "inetOrgPerson"), ("cn", person.Name.Shown), ("sn", person.Name.Surname), ("givenName", person.Name.Given), ("mail", person.Native),
                    .. person.Phone.Length > 0 ? [("telephoneNumber", person.Phone)] : Array.Empty<(string, string)>()]);
            }
        });
        var side = new HeadquartersSide(server, server.Open()) { number = count };
        foreach (var person in persons)
        {
            side.Keep(person, where[person]);
            people.Add(person);
        }

        return side;
    }

    public override bool Has(LabPerson person) => person.Home == "hq";

    public override string Written(LabPerson person) => person.Name.Shown;

    public override LabPerson Add(PersonName name, string phone, Random chance)
    {
        var person = new LabPerson("hq", NewId(), name) { Phone = phone };
        Keep(person, Units[chance.Next(Units.Length)]);
        var request = new AddRequest(
            PlaceOf(person), new("objectClass", "inetOrgPerson"), new("cn", name.Shown), new("sn", name.Surname), new("givenName", name.Given), new("mail", person.Native));
        if (phone.Length > 0)
        {
            request.Attributes.Add(new("telephoneNumber", phone));
        }

        Send(request);
        return person;
    }

    public override void Rename(LabPerson person, PersonName name)
    {
        var unit = $"ou={units[person]},{Base}";
        Send(new ModifyDNRequest(PlaceOf(person), null, $"cn={name.Shown}") { DeleteOldRdn = true });
        Send(new ModifyRequest($"cn={name.Shown},{unit}", Replace("sn", name.Surname), Replace("givenName", name.Given)));
    }

    public override void Swap(LabPerson one, LabPerson other)
    {
        Send(new ModifyDNRequest(PlaceOf(one), null, "cn=between two names") { DeleteOldRdn = true });
        Rename(other, one.Name);
        var place = $"cn={other.Name.Shown},ou={units[one]},{Base}";
        Send(new ModifyDNRequest($"cn=between two names,ou={units[one]},{Base}", null, $"cn={other.Name.Shown}") { DeleteOldRdn = true });
        Send(new ModifyRequest(place, Replace("sn", other.Name.Surname), Replace("givenName", other.Name.Given)));
    }

    public override void SetPhone(LabPerson person, string phone)
    {
        person.Phone = phone;
        Send(new ModifyRequest(PlaceOf(person), phone.Length > 0 ? Replace("telephoneNumber", phone) : Replace("telephoneNumber")));
    }

    public override void Move(LabPerson person, Random chance)
    {
        if (chance.Next(2) == 0)
        {
            var place = PlaceOf(person);
            person.Id = NewId();
            Send(new ModifyRequest(place, Replace("mail", person.Native)));
        }
        else
        {
            var unit = Units[units[person] == Units[0] ? 1 : 0];
            Send(new ModifyDNRequest(PlaceOf(person), $"ou={unit},{Base}", $"cn={person.Name.Shown}"));
            units[person] = unit;
        }
    }

    public override void Delete(LabPerson person)
    {
        Send(new DeleteRequest(PlaceOf(person)));
        units.Remove(person);
        People.Remove(person);
    }

    public override IEnumerable<ListedEntry> Own() => Units.SelectMany(unit => Read($"ou={unit},{Base}", name => $"{name("cn")}|{name("givenName")}|{name("sn")}"));

    public override IEnumerable<ListedEntry> Foreign() => Read(Container, name => name("cn"));

    public override ListedEntry Expected(LabPerson person) => new($"{person.Name.Shown}|{person.Name.Given}|{person.Name.Surname}", person.Native, person.Phone);

    public void Dispose() => connection.Dispose();

    private static DirectoryAttributeModification Replace(string name, params string[] values)
    {
        var modification = new DirectoryAttributeModification { Name = name, Operation = DirectoryAttributeOperation.Replace };
        modification.AddRange(values);
        return modification;
    }

    private static void Write(TextWriter writer, string place, params (string Name, string Value)[] values)
    {
        foreach (var (name, value) in values.Prepend(("dn", place)))
        {
            writer.Write(value.All(char.IsAscii) ? $"{name}: {value}\n" : $"{name}:: {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}\n");
        }

        writer.Write('\n');
    }

    private string NewId() => string.Create(CultureInfo.InvariantCulture, $"h{number++}");

    private void Keep(LabPerson person, string unit)
    {
        units.Add(person, unit);
        People.Add(person);
    }

    private string PlaceOf(LabPerson person) => $"cn={person.Name.Shown},ou={units[person]},{Base}";

    private void Send(DirectoryRequest request) => connection.SendRequest(request).ResultCode.ShouldBe(ResultCode.Success);

    private List<ListedEntry> Read(string place, Func<Func<string, string>, string> nameOf)
    {
        var found = new List<ListedEntry>();
        var page = new PageResultRequestControl(1_000);
        do
        {
            var request = new SearchRequest(place, "(objectClass=inetOrgPerson)", SearchScope.OneLevel, "cn", "sn", "givenName", "mail", "telephoneNumber");
            request.Controls.Add(page);
            var response = (SearchResponse)connection.SendRequest(request);
            found.AddRange(response.Entries.Cast<SearchResultEntry>().Select(entry => new ListedEntry(nameOf(name => Value(entry, name)), Value(entry, "mail"), Value(entry, "telephoneNumber"))));
            page.Cookie = response.Controls.OfType<PageResultResponseControl>().Single().Cookie;
        }
        while (page.Cookie.Length > 0);
        return found;
    }

    private static string Value(SearchResultEntry entry, string name) => entry.Attributes[name] is { Count: > 0 } values ? (string)values.GetValues(typeof(string))[0] : "";
}
