using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Directory.Partners;

/// <summary>Records of MS Mail's import text as entries, and steps of a plan as records.</summary>
/// <param name="Fields">Which prompt of a list's template holds which value; with a colon or without, that is the same (Q228601).</param>
public sealed record MsMailEntries(IReadOnlyList<MappedValue> Fields)
{
    /// <summary>Fields are sent to the partner; both sides must have that switched on (Q228601).</summary>
    public bool SendsFields { get; init; }

    /// <summary>What MS Mail's own lists commonly have, first and last name included (Q175482).</summary>
    public static MsMailEntries Standard { get; } = new(
    [
        new("First Name:", ValueNames.Given), new("Last Name:", ValueNames.Surname), new("Department:", ValueNames.Department), new("Office:", ValueNames.Office),
        new("Phone:", ValueNames.Phone), new("Title:", ValueNames.Title), new("City/ST/Zip:", ValueNames.City),
    ]);

    /// <summary>The entry that an A or M describes; false with a sentence for a record that cannot be used.</summary>
    public bool TryRead(ImportRecord record, out PartnerEntry entry, out EntryFault fault)
    {
        entry = null!;
        var source = $"line {record.Line}";
        fault = new EntryFault(source, record.Faults.Count > 0 ? record.Faults[0].Sentence : "The record names nobody.");
        if (!record.IsUsable || record.Action is ImportAction.Replace or ImportAction.Template)
        {
            return false;
        }

        var isModified = record.Action == ImportAction.Modify && record.NewAddress is not null;
        if (!TryAddress(isModified ? record.NewAddress! : record.Address, out var address, out var wrong))
        {
            fault = fault with { Sentence = wrong };
            return false;
        }

        entry = new PartnerEntry
        {
            Name = isModified && record.NewAlias.Length > 0 ? record.NewAlias : record.Alias,
            Address = address,
            Values = FieldsOf(record),
            Source = source,
        };
        return true;
    }

    /// <summary>The values of a record's fields, as far as the map knows their prompts.</summary>
    public RowValues FieldsOf(ImportRecord record) =>
        RowValues.Of(record.Values.Select(value => KeyValuePair.Create(ValueOf(value.Key), value.Value)).Where(value => value.Key.Length > 0));

    /// <summary>The records that carry a change: M where name or fields change in a list, D and A where an entry goes to another list (Q246833).</summary>
    public IEnumerable<ImportRecord> Write(Change change) => ApplySteps.Of(change, TargetAbility.MsMail).Select(Write);

    /// <summary>The record that carries one step.</summary>
    public ImportRecord Write(ApplyStep step) => step.Kind switch
    {
        StepKind.Delete => new ImportRecord { Action = ImportAction.Delete, Alias = step.Before!.Name, Address = AddressOf(step.Before) },
        StepKind.Add => new ImportRecord { Action = ImportAction.Add, Alias = step.After!.Name, Address = AddressOf(step.After), Values = FieldsOf(step.After) },
        // Fields that are left out would fall back to their defaults: all of them go with each M (Q107754).
        _ => new ImportRecord
        {
            Action = ImportAction.Modify,
            Alias = step.Before!.Name,
            Address = AddressOf(step.Before),
            NewAlias = step.After!.Name,
            NewAddress = AddressOf(step.After),
            Values = FieldsOf(step.After),
        },
    };

    /// <summary>A whole list of ours: an R and everybody in it. For one that we own only; an R for another's would empty it everywhere (Q156996).</summary>
    public IEnumerable<ImportRecord> WriteList(string networkAndPostOffice, IEnumerable<DirectoryRow> rows)
    {
        yield return new ImportRecord { Action = ImportAction.Replace, Address = MsMailAddressText.Parse($"{ImportTextWriter.WrittenType}:{networkAndPostOffice}") };
        foreach (var row in rows)
        {
            yield return new ImportRecord { Action = ImportAction.Add, Alias = row.Name, Address = AddressOf(row), Values = FieldsOf(row) };
        }
    }

    private static bool TryAddress(MsMailAddressText text, out MailAddress address, out string fault)
    {
        if (text.IsNative)
        {
            var isNative = text.TryAddress(out var native, out fault);
            address = native;
            return isNative;
        }

        fault = $"“{text}” is an address of the gateway {text.Type}, which Postern has no connector for.";
        var isInternet = text.TryInternet(out var internet);
        address = internet;
        return isInternet;
    }

    private static MsMailAddressText AddressOf(DirectoryRow row) =>
        MsMailAddressText.Parse(row.Address.StartsWith("MS:", StringComparison.OrdinalIgnoreCase) ? $"{ImportTextWriter.WrittenType}:{row.Address[3..]}" : $"SMTP:{row.Address}");

    private List<KeyValuePair<string, string>> FieldsOf(DirectoryRow row) =>
        SendsFields ? [.. Fields.Select(field => KeyValuePair.Create(field.Attribute, row.Values[field.Value])).Where(field => field.Value.Length > 0)] : [];

    private string ValueOf(string prompt) => Fields.FirstOrDefault(field => Plain(field.Attribute) == Plain(prompt))?.Value ?? "";

    private static string Plain(string prompt) => NameKey.Fold(prompt).TrimEnd(':', ' ');
}
