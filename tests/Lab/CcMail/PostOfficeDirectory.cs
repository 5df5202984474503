namespace Postern.Lab.CcMail;

/// <summary>The directory of the post office, as it stands in <c>directory.txt</c> (formats 7).</summary>
internal sealed class PostOfficeDirectory
{
    private readonly List<DirectoryEntry> entries = [];
    private readonly Dictionary<string, DirectoryEntry> byName = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<DirectoryEntry> Entries => entries;

    public static PostOfficeDirectory Parse(string text)
    {
        var directory = new PostOfficeDirectory();
        foreach (var entry in ParseAll(text))
        {
            directory.Add(entry);
        }

        return directory;
    }

    /// <summary>The records of a directory file in their order, those that cannot stand beside each other included.</summary>
    public static IEnumerable<DirectoryEntry> ParseAll(string text)
    {
        string? name = null;
        var (location, address, comment) = ('L', "", "");
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r', '\x1a', ' ');
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : line[..colon])
            {
                case "Name":
                    if (!string.IsNullOrEmpty(name))
                    {
                        yield return new DirectoryEntry(name, location, address, comment);
                    }

                    (name, location, address, comment) = (value, 'L', "", "");
                    break;
                case "Locn":
                    location = value.Length == 1 ? value[0] : 'L';
                    break;
                case "Addr":
                    address = value;
                    break;
                case "Cmts":
                    comment = value;
                    break;
            }
        }

        if (!string.IsNullOrEmpty(name))
        {
            yield return new DirectoryEntry(name, location, address, comment);
        }
    }

    /// <summary>A person, list, board or alias by either form of the name.</summary>
    public DirectoryEntry? Find(string name)
    {
        return byName.TryGetValue(name, out var entry)
            || (AddressText.OtherForm(name) is { } other && byName.TryGetValue(other, out entry))
            ? entry
            : null;
    }

    public DirectoryEntry? FindPostOffice(string name) =>
        byName.TryGetValue(name, out var entry) && entry.IsPostOffice ? entry : null;

    /// <summary>The text of EXPORT /DIRECTORY/PROPADD: post offices before those who live there (D6).</summary>
    public string ToPropaddText() => string.Concat(entries
        .OrderBy(entry => entry.PropaddRank)
        .ThenBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
        .Select(entry => entry.ToText()));

    // Names are unique over the whole directory whatever the post office; the second one is refused (D15)
    private void Add(DirectoryEntry entry)
    {
        if (byName.TryAdd(entry.Name, entry))
        {
            entries.Add(entry);
        }
    }
}
