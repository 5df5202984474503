using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Canaries;

/// <summary>A row as a directory will hold it; false with a sentence where it cannot.</summary>
public delegate bool HoldRow(DirectoryRow row, out DirectoryRow held, out string fault);

/// <summary>
/// An entry that stands for nobody and bears the day on which it was written, so that a directory shows how old its copy of another one is. Administrators of the
/// original made one by hand every day, named after the day (Q118621).
/// </summary>
public static class CanaryEntry
{
    /// <summary>Letters of its name: with a blank and the day it still is a display name of MS Mail, which has 30.</summary>
    public const int LongestName = 19;

    private const string Form = "yyyy-MM-dd";

    // Where the day may stand, what a person would miss least first; the name bears it where a directory keeps none of them.
    private static readonly string[] Bearers =
        [ValueNames.Notes, ValueNames.Office, ValueNames.Title, ValueNames.Department, ValueNames.Company, ValueNames.City, ValueNames.Phone, ValueNames.Custom];

    /// <summary>The row that the canary of a day has in a directory; false with a sentence where it can have none.</summary>
    public static bool TryRow(string name, MailAddress address, DateOnly day, NameRule names, HoldRow hold, out DirectoryRow row, out string fault)
    {
        var text = Text(day);
        foreach (var bearer in Bearers)
        {
            if (TryHold(name, address, RowValues.Of([KeyValuePair.Create(bearer, text)]), names, hold, out row, out fault) && DayOf(row.Name, row.Values) == day)
            {
                return true;
            }
        }

        if (TryHold($"{name} {text}", address, RowValues.None, names, hold, out row, out fault))
        {
            fault = DayOf(row.Name, row.Values) == day ? "" : $"{row.Name} no longer shows the day {text}.";
        }

        return fault.Length == 0;
    }

    /// <summary>The entry is a canary of that name.</summary>
    public static bool Is(string canary, string name, RowValues values) =>
        canary.Length > 0 && name.StartsWith(canary, StringComparison.OrdinalIgnoreCase) && DayOf(name, values) is not null
        && (name.Length == canary.Length || (name[canary.Length] == ' ' && TryDay(name[canary.Length..].Trim(), out _)));

    /// <summary>The day that a canary bears; null where it bears none.</summary>
    public static DateOnly? DayOf(string name, RowValues values) =>
        TryDay(name.Split(' ')[^1], out var day) ? day
            : values.All().Select(value => TryDay(value.Value.Trim(), out var found) ? found : (DateOnly?)null).FirstOrDefault(found => found is not null);

    /// <summary>The day as it is written.</summary>
    public static string Text(DateOnly day) => day.ToString(Form, CultureInfo.InvariantCulture);

    private static bool TryHold(string name, MailAddress address, RowValues values, NameRule names, HoldRow hold, out DirectoryRow row, out string fault) =>
        DirectoryRow.TryCreate(names, "", name, address, RowKind.Person, values, out row, out fault) && hold(row, out row, out fault);

    private static bool TryDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
