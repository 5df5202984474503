using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>One thing that a row of a plan changes.</summary>
/// <param name="Label">Which value; empty where the texts say it.</param>
/// <param name="Before">Null for something that was not there.</param>
/// <param name="After">Null for something that goes.</param>
public sealed record ChangeLine(string Label, string? Before, string? After)
{
    /// <summary>With the letters marked that differ.</summary>
    public TextDifference Marked => Before is null ? new(new("", "", ""), new(VisibleText.Of(After), "", ""))
        : After is null ? new(new(VisibleText.Of(Before), "", ""), new("", "", ""))
        : TextDifference.Of(Before, After);
}

/// <summary>What a row of a plan changes, line by line, and how its entry is called.</summary>
public static class ChangeLines
{
    /// <summary>The most telling line first.</summary>
    public static IReadOnlyList<ChangeLine> Of(Change change) => change switch
    {
        { Class: ChangeClass.Delete, Before: { } gone } => [new("", gone.Name + Behind(gone), null)],
        { Class: ChangeClass.Add, After: { } added } => [new("", null, added.Name + Behind(added)), .. Values(RowValues.None, added.Values)],
        { Before: { } before, After: { } after } => [.. Between(before, after, change.Class)],
        { After: { } wanted } => [new("", null, wanted.Name + Behind(wanted))],
        _ => [],
    };

    /// <summary>The name of the entry, as it should be where it stays.</summary>
    public static string Name(Change change) => (change.Class == ChangeClass.Rename ? change.After : change.Before ?? change.After)!.Name;

    /// <summary>Where the entry is: its address without the person; with what it is, where that is no person.</summary>
    public static string Note(Change change)
    {
        var row = (change.Before ?? change.After)!;
        var where = Where(row);
        return row.Kind == RowKind.Person ? where : $"{KindWord(row.Kind)}, {where}";
    }

    /// <summary><c>at SALES</c>, or the whole address where the person is no part of it.</summary>
    public static string Where(DirectoryRow row) => WhereOf(row.Address);

    /// <summary>The same of an address as it stands beside a name.</summary>
    public static string WhereOf(string address)
    {
        var parts = AddressParts.Of(address);
        return parts.After.StartsWith(" at ", StringComparison.OrdinalIgnoreCase) ? parts.After.Trim() : parts.Before + parts.Name + parts.After;
    }

    /// <summary>The word for a value: Phone, Given name.</summary>
    public static string Label(string value) => value switch
    {
        ValueNames.Given => "Given name",
        ValueNames.Custom => "Custom 1",
        "proxies" => "Also known as",
        "trust" => "Trust level",
        "giver" => "Given by",
        "made" => "Made by template",
        "" => "",
        _ => char.ToUpperInvariant(value[0]) + value[1..],
    };

    /// <summary>What an entry is.</summary>
    public static string KindWord(RowKind kind) => kind == RowKind.PostOffice ? "post office" : kind.ToString().ToLowerInvariant();

    private static IEnumerable<ChangeLine> Between(DirectoryRow before, DirectoryRow after, ChangeClass kind)
    {
        if (before.AddressKey != after.AddressKey && kind == ChangeClass.Move)
        {
            yield return new("", Where(before), Where(after));
        }

        if (before.Name != after.Name)
        {
            yield return new(kind == ChangeClass.Rename ? "" : "Name", before.Name, after.Name);
        }

        if (before.AddressKey != after.AddressKey && kind != ChangeClass.Move)
        {
            yield return new("Address", before.Address, after.Address);
        }

        if (before.Kind != after.Kind)
        {
            yield return new("Kind", KindWord(before.Kind), KindWord(after.Kind));
        }

        foreach (var line in Values(before.Values, after.Values))
        {
            yield return line;
        }
    }

    private static IEnumerable<ChangeLine> Values(RowValues before, RowValues after) =>
        RowValues.Differences(before, after).Select(value => new ChangeLine(
            Label(value.Name), value.Before.Length == 0 ? null : value.Before, value.After.Length == 0 ? null : value.After));

    private static string Behind(DirectoryRow row)
    {
        var where = Where(row);
        return where.StartsWith("at ", StringComparison.OrdinalIgnoreCase) ? $" {where}" : $", {where}";
    }
}
