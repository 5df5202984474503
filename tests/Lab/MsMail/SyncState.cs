using System.Text.Json;

namespace Postern.Lab.MsMail;

/// <summary>What the server keeps of one requestor (formats 5.5).</summary>
internal sealed class SyncPeer
{
    public string Name { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Records that one answer may hold; 0 for any number.</summary>
    public int Limit { get; set; }

    /// <summary>The last of its records that the server has.</summary>
    public long ReqSync { get; set; }

    /// <summary>The last record of the master list that it says it has.</summary>
    public long SrvSync { get; set; }

    /// <summary>Full imports so far.</summary>
    public long ImpSync { get; set; }
}

/// <summary>A record of the master list.</summary>
internal sealed class MasterRecord
{
    public long Number { get; set; }

    public long Cycle { get; set; }

    /// <summary>The requestor that it came from; the server's own post office for its own.</summary>
    public string Origin { get; set; } = "";

    /// <summary>TYPE of its address, in capitals.</summary>
    public string Type { get; set; } = "";

    public List<string> Lines { get; set; } = [];
}

/// <summary>An entry as the server's lists hold it now.</summary>
internal sealed class ListedPerson
{
    public string Name { get; set; } = "";

    public string Address { get; set; } = "";

    public List<string> Values { get; set; } = [];

    public string Origin { get; set; } = "";

    public long Number { get; set; }
}

/// <summary>All that a synchronisation server remembers: one file, <c>dirsync.json</c>. A copy of it put back is a restore from a backup.</summary>
internal sealed class SyncState
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    public long Sync { get; set; }

    public long Cycle { get; set; }

    /// <summary>"Keep Updates": records of older cycles are forgotten.</summary>
    public int KeepCycles { get; set; } = 14;

    /// <summary>The last number that was forgotten.</summary>
    public long Purged { get; set; }

    public List<SyncPeer> Peers { get; set; } = [];

    public List<MasterRecord> Master { get; set; } = [];

    public List<ListedPerson> People { get; set; } = [];

    private Dictionary<string, ListedPerson>? byName;

    public static SyncState Load(MsPostOffice postOffice) => File.Exists(PathOf(postOffice)) ? JsonSerializer.Deserialize<SyncState>(File.ReadAllText(PathOf(postOffice)), Options)! : new SyncState();

    public void Save(MsPostOffice postOffice)
    {
        var path = PathOf(postOffice);
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(this, Options));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    public static string PathOf(MsPostOffice postOffice) => postOffice.Folder("dirsync.json");

    /// <summary>Appends a record to the master list and does to the lists what it says.</summary>
    public void Append(ImportRecord record, string origin)
    {
        Sync++;
        var list = ListEntry.ListOf(record.Address);
        Master.Add(new MasterRecord { Number = Sync, Cycle = Cycle, Origin = origin, Type = TypeOf(record.Address), Lines = [.. LinesOf(record)] });
        byName ??= People.ToDictionary(person => KeyOf(ListEntry.ListOf(person.Address), person.Name), StringComparer.OrdinalIgnoreCase);
        byName.TryGetValue(KeyOf(list, record.Name), out var present);
        switch (record.Letter)
        {
            case 'R':
                People.RemoveAll(person => Address.AreSame(ListEntry.ListOf(person.Address), list));
                byName = null;
                break;
            case 'D':
                Remove(present);
                break;
            case 'A' or 'M':
                Remove(present);
                People.Add(new ListedPerson
                {
                    Name = record.NewName.Length > 0 ? record.NewName : record.Name,
                    Address = record.NewAddress.Length > 0 ? record.NewAddress : record.Address,
                    Values = [.. record.Lines.Where(line => line[0] == '-')],
                    Origin = origin,
                    Number = Sync,
                });
                byName[KeyOf(list, People[^1].Name)] = People[^1];
                break;
        }
    }

    private static string KeyOf(string list, string name) => $"{list}\n{name}";

    private void Remove(ListedPerson? person)
    {
        if (person is not null)
        {
            People.Remove(person);
            byName?.Remove(KeyOf(ListEntry.ListOf(person.Address), person.Name));
        }
    }

    /// <summary>Forgets what is older than the updates that are kept.</summary>
    public void Purge()
    {
        foreach (var old in Master.Where(record => record.Cycle < Cycle - KeepCycles).ToList())
        {
            Purged = Math.Max(Purged, old.Number);
            Master.Remove(old);
        }
    }

    public static string TypeOf(string address) => address.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? address[..colon].ToUpperInvariant() : "PCM";

    private static IEnumerable<string> LinesOf(ImportRecord record) => record.Letter switch
    {
        'R' => [$"R {record.Address}"],
        'T' => [$"T {record.Address}", .. record.Lines],
        'M' => [$"M {record.Name,-30} {record.Address}", $"  {(record.NewName.Length > 0 ? record.NewName : record.Name),-30} {(record.NewAddress.Length > 0 ? record.NewAddress : record.Address)}", .. record.Lines],
        _ => [$"{record.Letter} {record.Name,-30} {record.Address}", .. record.Lines],
    };
}
