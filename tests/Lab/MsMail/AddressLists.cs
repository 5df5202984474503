namespace Postern.Lab.MsMail;

/// <summary>An entry of an address list: full name, <c>TYPE:address</c>, lines with the values of fields.</summary>
internal sealed record ListEntry(string Name, string Address, List<string> Values)
{
    /// <summary>NETWORK/POSTOFFICE of a native address, else the type of its gateway.</summary>
    public string List => ListOf(Address);

    public static string ListOf(string address)
    {
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var (type, text) = colon < 0 ? ("PCM", address) : (address[..colon].ToUpperInvariant(), address[(colon + 1)..]);
        var parts = text.Split('/');
        return type is "PCM" or "CSI" or "MS" ? string.Join('/', parts.Take(2)).ToUpperInvariant() : type;
    }

    /// <summary>The entry as a record of import text: letter, name from column 3, address from column 34 (formats 4.2).</summary>
    public IEnumerable<string> Lines(char letter) => [$"{letter} {Name,-30} {Address}", .. Values];
}

/// <summary>The address lists of a post office, beside its own mailboxes: <c>lists.txt</c>, in import text.</summary>
internal sealed class AddressLists(MsPostOffice postOffice)
{
    private readonly string path = postOffice.Folder("lists.txt");

    public List<ListEntry> Entries { get; private set; } = [];

    public Dictionary<string, List<string>> Templates { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists that are there though nobody is in them.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static AddressLists Load(MsPostOffice postOffice)
    {
        var lists = new AddressLists(postOffice);
        if (File.Exists(lists.path))
        {
            foreach (var record in ImportText.Read(postOffice.Oem.Decode(File.ReadAllBytes(lists.path))))
            {
                if (record.Letter == 'T')
                {
                    lists.Templates[ListEntry.ListOf(record.Address)] = record.Lines;
                }
                else
                {
                    lists.Entries.Add(new ListEntry(record.Name, record.Address, record.Lines));
                }

                lists.Names.Add(ListEntry.ListOf(record.Address));
            }
        }

        return lists;
    }

    public ListEntry? Find(string list, string name) => Entries.Find(entry => Address.AreSame(entry.Name, name) && Address.AreSame(entry.List, list));

    public void Remove(ListEntry entry) => Entries.Remove(entry);

    public void RemoveList(string list) => Entries = [.. Entries.Where(entry => !Address.AreSame(entry.List, list))];

    public void Save()
    {
        var lines = Templates.SelectMany(template => (string[])[$"T PCM:{template.Key}", .. template.Value])
            .Concat(Entries.OrderBy(entry => entry.List, StringComparer.Ordinal).ThenBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).SelectMany(entry => entry.Lines('A')));
        File.WriteAllBytes(path + ".tmp", postOffice.Oem.Encode(string.Concat(lines.Select(line => line + "\r\n"))));
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
