using System.DirectoryServices.Protocols;
using Npgsql;
using Postern.Domain.Directory.Partners;
using Postern.Infrastructure.Database;
using Postern.Lab.CcMail;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>A directory in which plans are carried out, and how it is looked at from outside.</summary>
internal abstract class KillSide(string name)
{
    /// <summary>The partner's name.</summary>
    public string Name => name;

    public long PartnerId { get; set; }

    /// <summary>So many old programs run for one application of a plan.</summary>
    public virtual int Programs => 0;

    /// <summary>A plan takes about so long here when nothing disturbs it.</summary>
    public abstract TimeSpan Span { get; }

    /// <summary>Changes with the directory where that can be seen quickly; empty where it cannot.</summary>
    public virtual string Mark => "";

    /// <summary>Everything that stands there, a line for each entry.</summary>
    public abstract Task<IReadOnlyList<string>> ListedAsync();

    /// <summary>What we believe to stand there, in the same lines; null where nothing stands between the two.</summary>
    public abstract Task<IReadOnlyList<string>?> RecordedAsync();

    /// <summary>How somebody of the model stands there.</summary>
    public abstract string LineOf(KillPerson person);

    /// <summary>What the other side complains of; nothing when nothing was done twice.</summary>
    public virtual IEnumerable<string> Complaints() => [];

    protected static string Stamp(string path) => File.Exists(path) ? $"{File.GetLastWriteTimeUtc(path).Ticks} {new FileInfo(path).Length}" : "absent";

    protected static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlCommand command)
    {
        await using var row = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }
}

/// <summary>Our own directory, which takes its entries from a table.</summary>
internal sealed class OwnSide(NpgsqlDataSource database) : KillSide("people")
{
    public override TimeSpan Span => TimeSpan.FromMilliseconds(900);

    public override async Task<IReadOnlyList<string>> ListedAsync()
    {
        await using var command = database.Command(
            """
              select e.display_name || ' | ' || string_agg(a.address, ', ' order by a.ordinal) || ' | ' || coalesce(substring(e.row_values from '(?:^|\n)phone=([^\n]*)'), '')
                from entry e left join entry_address a on a.entry_id = e.id
            group by e.id
            """);
        return await ReadAsync(command);
    }

    public override Task<IReadOnlyList<string>?> RecordedAsync() => Task.FromResult<IReadOnlyList<string>?>(null);

    public override string LineOf(KillPerson person) => $"{person.Name.Listed} | {person.Internet}, {person.CcMail}, {person.MsMail} | {person.Phone}";
}

/// <summary>A directory of a partner into which ours is written.</summary>
internal abstract class OutSide(string name, NpgsqlDataSource database) : KillSide(name)
{
    public override async Task<IReadOnlyList<string>?> RecordedAsync()
    {
        await using var command = database.Command(
            "select name || ' | ' || address || ' | ' || coalesce(substring(row_values from '(?:^|\\n)phone=([^\\n]*)'), '') from held_row where partner_id = $1 and is_ours", PartnerId);
        return await ReadAsync(command);
    }

    protected static string Line(string name, string address, string phone) => $"{name} | {address} | {phone}";
}

/// <summary>A table that is written as a whole.</summary>
internal sealed class TableSide(NpgsqlDataSource database, string path) : OutSide("payroll", database)
{
    public override TimeSpan Span => TimeSpan.FromMilliseconds(400);

    public override string Mark => Stamp(path);

    public override Task<IReadOnlyList<string>> ListedAsync()
    {
        var rows = File.Exists(path) ? CsvRows.Read(File.ReadLines(path)).Select(row => row.Cells).ToList() : [];
        var phone = rows.Count > 0 ? rows[0].Index().First(cell => cell.Item == "phone").Index : 0;
        return Task.FromResult<IReadOnlyList<string>>([.. rows.Skip(1).Select(cells => Line(cells[0], cells[1], cells[phone]))]);
    }

    public override string LineOf(KillPerson person) => Line(person.Name.Listed, person.Internet, person.Phone);

    // What was begun and never took the table's place.
    public override IEnumerable<string> Complaints() => Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "?*").Where(left => left != path).Select(left => $"{left} is left over");
}

/// <summary>A container of a directory server.</summary>
internal sealed class ContainerSide(NpgsqlDataSource database, SlapdServer server) : OutSide("headquarters", database), IDisposable
{
    public static readonly string Container = $"ou=Ours,{SlapdServer.Suffix}";

    private readonly LdapConnection connection = server.Open();

    public override TimeSpan Span => TimeSpan.FromMilliseconds(1_200);

    public override Task<IReadOnlyList<string>> ListedAsync()
    {
        var found = (SearchResponse)connection.SendRequest(new SearchRequest(Container, "(objectClass=inetOrgPerson)", SearchScope.OneLevel, "cn", "mail", "telephoneNumber"));
        return Task.FromResult<IReadOnlyList<string>>([.. found.Entries.Cast<SearchResultEntry>().Select(entry => Line(Value(entry, "cn"), Value(entry, "mail"), Value(entry, "telephoneNumber")))]);
    }

    public override string LineOf(KillPerson person) => Line(person.Name.Listed, person.Internet, person.Phone);

    public void Dispose() => connection.Dispose();

    private static string Value(SearchResultEntry entry, string name) => entry.Attributes[name] is { Count: > 0 } values ? string.Join(" and ", values.GetValues(typeof(string)).Cast<string>()) : "";
}

/// <summary>The directory of the cc:Mail post office SALES.</summary>
internal sealed class SalesDirectorySide(NpgsqlDataSource database, string postOffice) : OutSide("sales", database)
{
    private readonly string directory = Path.Combine(postOffice, "directory.txt");

    // EXPORT, deletes, EXPORT, adds, EXPORT
    public override int Programs => 5;

    public override TimeSpan Span => TimeSpan.FromMilliseconds(1_500);

    public override string Mark => Stamp(directory);

    public override Task<IReadOnlyList<string>> ListedAsync() => Task.FromResult<IReadOnlyList<string>>(
    [
        .. PostOfficeDirectory.ParseAll(OemText.Western.Decode(File.ReadAllBytes(directory))).Where(entry => entry.Location == 'r')
            .Select(entry => Line(entry.Name, $"CCMAIL:{entry.ForeignAddress} at {entry.AddressPostOffice}", entry.Comment.TrimStart(';'))),
    ]);

    public override string LineOf(KillPerson person) => Line(person.Name.Listed, person.CcMail, person.Phone);

    // A record that is deleted a second time is one that IMPORT does not know, and its run ends with 5.
    public override IEnumerable<string> Complaints() =>
    [
        .. Log("violations.log"),
        .. Log("runs.log").Where(line => line.Split(' ') is [_, _, _, "end", not "0"]),
    ];

    private IEnumerable<string> Log(string name) => File.Exists(Path.Combine(postOffice, name)) ? File.ReadLines(Path.Combine(postOffice, name)) : [];
}

/// <summary>The list POSTERN/SITE1 of the MS Mail post office PIER1.</summary>
internal sealed class PierListSide(NpgsqlDataSource database, string postOffice) : OutSide("pier", database)
{
    // IMPORT -x, IMPORT, IMPORT -x
    public override int Programs => 3;

    public override TimeSpan Span => TimeSpan.FromMilliseconds(1_000);

    public override string Mark => Stamp(Path.Combine(postOffice, "lists.txt"));

    public override Task<IReadOnlyList<string>> ListedAsync() => Task.FromResult<IReadOnlyList<string>>(
    [
        .. AddressLists.Load(MsPostOffice.Open(postOffice)!).Entries.Where(entry => entry.List == "POSTERN/SITE1").Select(entry => Line(entry.Name, $"MS:{entry.Address[4..]}", PhoneOf(entry))),
    ]);

    public override string LineOf(KillPerson person) => Line(person.Name.Listed, person.MsMail, person.Phone);

    // An A of somebody who is there and a D of somebody who is not are told by the numbers 27 and 29.
    public override IEnumerable<string> Complaints() =>
        File.Exists(Path.Combine(postOffice, "dirsync.log")) ? File.ReadLines(Path.Combine(postOffice, "dirsync.log")).Where(line => line.Contains('[', StringComparison.Ordinal)) : [];

    private static string PhoneOf(ListEntry entry) =>
        entry.Values.Find(value => value.Contains("Phone:", StringComparison.Ordinal)) is { } phone ? phone[(phone.IndexOf('/', StringComparison.Ordinal) + 1)..].Trim() : "";
}
