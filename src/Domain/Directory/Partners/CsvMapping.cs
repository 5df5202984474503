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

    /// <summary>What columns are compared by: letters and digits, without case.</summary>
    internal static string Plain(string title) => string.Concat(title.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
