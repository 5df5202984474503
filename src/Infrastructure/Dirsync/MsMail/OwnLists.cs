using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>A list of an MS Mail directory that is ours: NETWORK/POSTOFFICE of one of our sites.</summary>
internal sealed record OwnList(string Name, string HomeKey);

/// <summary>The MS Mail address lists that belong to us: those of our sites. Only they are written, and only they are ever replaced whole (Q156996).</summary>
internal sealed class OwnLists
{
    private const int FieldColumn = 15;
    private const int FieldWidth = 40;

    private readonly HashSet<string> homes;

    public OwnLists(MsMailLink link)
    {
        var names = new List<OwnList>();
        foreach (var name in link.House.Routes().Sites.Select(site => $"{site.MsMailNetwork}/{site.MsMailPostOffice}").Append(link.Settings.SiteName))
        {
            if (MsMailAddress.TryParse($"{name}/X", out var any, out _) && !names.Exists(known => known.HomeKey == any.HomeKey))
            {
                names.Add(new OwnList($"{any.Network}/{any.PostOffice}", any.HomeKey));
            }
        }

        Names = names;
        homes = [.. names.Select(name => name.HomeKey)];
    }

    public IReadOnlyList<OwnList> Names { get; }

    public bool Has(MailAddress address) => HasHome(address.HomeKey);

    public bool HasHome(string homeKey) => homes.Contains(homeKey);

    /// <summary>The row as import text will bring it there; what cannot be written is refused here, with its reason, and not by a program later.</summary>
    public bool TryHold(DirectoryRow row, MsMailEntries entries, NameRule rule, MsMailProfile profile, out DirectoryRow held, out string fault)
    {
        held = row;
        if (!MailAddress.TryParse(row.Address, out var address, out fault))
        {
            return false;
        }

        if (!Has(address))
        {
            fault = $"{row.Name} has the address {row.Address}, which is at none of our sites; MS Mail lists only who lives at one of them.";
            return false;
        }

        // Written and read once here.
        var buffer = new ArrayBufferWriter<byte>();
        ImportTextWriter.Write([entries.Write(new ApplyStep(StepKind.Add, null, row, new Change(ChangeClass.Add, null, row)))], profile, withNumbers: false, buffer);
        var record = ImportTextReader.Read(new ReadOnlySequence<byte>(buffer.WrittenMemory), profile).FirstOrDefault();
        if (record is null || !entries.TryRead(record, out var entry, out var unread))
        {
            fault = record?.Faults is [var first, ..] ? $"MS Mail cannot hold {row.Name}: {first.Sentence}" : $"MS Mail cannot hold {row.Name} with the address {row.Address}.";
            return false;
        }

        if (entry.Address.Key != row.AddressKey)
        {
            fault = $"{row.Address} cannot be written in code page {profile.CodePage}.";
            return false;
        }

        if (!DirectoryRow.TryCreate(rule, row.Identity, entry.Name, entry.Address, RowKind.Person, entries.SendsFields ? entry.Values : RowValues.None, out held, out fault))
        {
            return false;
        }

        held = held with { Address = row.Address };
        return true;
    }

    /// <summary>The fields of a list; they empty all values of it, so that a whole list follows (Q126611).</summary>
    public static ImportRecord Template(string list, IReadOnlyList<MappedValue> fields) => new()
    {
        Action = ImportAction.Template,
        Address = MsMailAddressText.Parse($"{ImportTextWriter.WrittenType}:{list}"),
        Fields = [.. fields.Select(field => new ImportField(field.Attribute, FieldColumn, FieldWidth, "A", "", ""))],
    };
}
