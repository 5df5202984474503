using Postern.Domain.Addresses;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>What the columns of a table hold. Columns are known by their titles, so that a new one between them shifts nothing.</summary>
public sealed record CsvMapping
{
    /// <summary>The column with an id that never changes; empty where there is none.</summary>
    public string Id { get; init; } = "";

    public required string Name { get; init; }

    public required string Address { get; init; }

    /// <summary>Further addresses, with <see cref="ProxySeparator"/> between them; empty where there are none.</summary>
    public string Proxies { get; init; } = "";

    /// <summary>Between addresses in one cell, as Exchange's own tables have it (Q184536).</summary>
    public char ProxySeparator { get; init; } = '%';

    /// <summary>Between columns.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>A column that says person, list or board; empty where all are people.</summary>
    public string Kind { get; init; } = "";

    public IReadOnlyList<MappedValue> Values { get; init; } = [];

    /// <summary>A first guess by the titles of a table, for the page where columns are mapped.</summary>
    public static CsvMapping Guess(IReadOnlyList<string> titles)
    {
        string Find(params string[] names) => titles.FirstOrDefault(title => names.Contains(Plain(title), StringComparer.Ordinal)) ?? "";
        return new CsvMapping
        {
            Id = Find("id", "uuid", "guid", "objectguid", "entryuuid"),
            Name = Find("name", "displayname", "fullname", "cn"),
            Address = Find("address", "mail", "email", "emailaddress", "smtp"),
            Proxies = Find("proxies", "emailaddresses", "proxyaddresses"),
            Kind = Find("kind", "type", "objclass"),
            Values = [.. titles.Where(title => ValueNames.All.Contains(Plain(title))).Select(title => new MappedValue(title, Plain(title)))],
        };
    }

    /// <summary>Columns of the mapping that the table does not have; nothing is read before they are there.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<string> titles) =>
        [.. Values.Select(value => value.Attribute).Concat([Id, Name, Address, Proxies, Kind]).Where(column => column.Length > 0 && !titles.Any(title => Plain(title) == Plain(column)))];

    /// <summary>Reads a row; false with a sentence, and the next one is read all the same.</summary>
    public bool TryRead(IReadOnlyList<string> titles, CsvRow row, out PartnerEntry entry, out EntryFault fault)
    {
        entry = null!;
        var source = $"line {row.Line}";
        string Cell(string column) => column.Length > 0 && Index(titles, column) is >= 0 and var at && at < row.Cells.Count ? row.Cells[at].Trim() : "";
        fault = new EntryFault(source, $"It has {row.Cells.Count} columns, and the table has {titles.Count}.");
        if (row.Cells.Count > titles.Count)
        {
            return false;
        }

        if (!MailAddress.TryParse(Cell(Address), out var address, out var wrong))
        {
            fault = new EntryFault(source, $"“{Cell(Address)}” is no address: {wrong}");
            return false;
        }

        var proxies = new List<MailAddress>();
        foreach (var text in Cell(Proxies).Split(ProxySeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!MailAddress.TryParse(text, out var proxy, out wrong))
            {
                fault = new EntryFault(source, $"“{text}” is no address: {wrong}");
                return false;
            }

            if (proxy.Key != address.Key && !proxies.Exists(known => known.Key == proxy.Key))
            {
                proxies.Add(proxy);
            }
        }

        fault = new EntryFault(source, "It has no name.");
        entry = new PartnerEntry
        {
            SourceId = Cell(Id) is { Length: > 0 } id ? $"{Id}:{id}" : "",
            Name = Cell(Name),
            Address = address,
            Proxies = proxies,
            Kind = Plain(Cell(Kind)) switch { "list" or "dl" or "group" => RowKind.List, "board" => RowKind.Board, _ => RowKind.Person },
            Values = RowValues.Of(Values.Select(value => KeyValuePair.Create(value.Value, Cell(value.Attribute)))),
            Source = source,
        };
        return entry.Name.Length > 0;
    }

    private static int Index(IReadOnlyList<string> titles, string column)
    {
        for (var i = 0; i < titles.Count; i++)
        {
            if (Plain(titles[i]) == Plain(column))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Plain(string title) => string.Concat(title.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
