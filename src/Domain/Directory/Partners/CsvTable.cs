using Postern.Domain.Addresses;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>A table whose columns were found by their titles; it makes an entry of each row.</summary>
public sealed class CsvTable
{
    private readonly CsvMapping mapping;
    private readonly int columns;
    private readonly int id;
    private readonly int name;
    private readonly int address;
    private readonly int proxies;
    private readonly int kind;
    private readonly List<(string Value, int Column)> values;

    /// <param name="titles">The first row of the table; see <see cref="CsvMapping.Missing"/> first.</param>
    public CsvTable(CsvMapping mapping, IReadOnlyList<string> titles)
    {
        this.mapping = mapping;
        columns = titles.Count;
        var known = titles.Select(CsvMapping.Plain).ToList();
        int Column(string title) => title.Length == 0 ? -1 : known.IndexOf(CsvMapping.Plain(title));
        (id, name, address, proxies, kind) = (Column(mapping.Id), Column(mapping.Name), Column(mapping.Address), Column(mapping.Proxies), Column(mapping.Kind));
        values = [.. mapping.Values.Select(value => (value.Value, Column(value.Attribute)))];
    }

    /// <summary>Reads a row; false with a sentence, and the next one is read all the same.</summary>
    public bool TryRead(CsvRow row, out PartnerEntry entry, out EntryFault fault)
    {
        entry = null!;
        var source = $"line {row.Line}";
        fault = new EntryFault(source, $"It has {row.Cells.Count} columns, and the table has {columns}.");
        if (row.Cells.Count > columns)
        {
            return false;
        }

        if (!MailAddress.TryParse(Cell(row, address), out var native, out var wrong))
        {
            fault = new EntryFault(source, $"“{Cell(row, address)}” is no address: {wrong}");
            return false;
        }

        if (!TryProxies(Cell(row, proxies), native, out var others, out wrong))
        {
            fault = new EntryFault(source, wrong);
            return false;
        }

        fault = new EntryFault(source, "It has no name.");
        entry = new PartnerEntry
        {
            SourceId = Cell(row, id) is { Length: > 0 } known ? $"{mapping.Id}:{known}" : "",
            Name = Cell(row, name),
            Address = native,
            Proxies = others,
            Kind = CsvMapping.Plain(Cell(row, kind)) switch { "list" or "dl" or "group" => RowKind.List, "board" => RowKind.Board, _ => RowKind.Person },
            Values = RowValues.Of(values.Select(value => KeyValuePair.Create(value.Value, Cell(row, value.Column)))),
            Source = source,
        };
        return entry.Name.Length > 0;
    }

    private bool TryProxies(string cell, MailAddress native, out List<MailAddress> others, out string fault)
    {
        others = [];
        fault = "";
        foreach (var text in cell.Split(mapping.ProxySeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!MailAddress.TryParse(text, out var proxy, out var wrong))
            {
                fault = $"“{text}” is no address: {wrong}";
                return false;
            }

            if (proxy.Key != native.Key && !others.Exists(known => known.Key == proxy.Key))
            {
                others.Add(proxy);
            }
        }

        return true;
    }

    private static string Cell(CsvRow row, int column) => column >= 0 && column < row.Cells.Count ? row.Cells[column].Trim() : "";
}
