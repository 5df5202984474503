namespace Postern.Domain.Directory.Rows;

/// <summary>The values of an entry beside its name and addresses, as every partner's fields are mapped to them.</summary>
public static class ValueNames
{
    public const string Given = "given";
    public const string Surname = "surname";
    public const string Initials = "initials";
    public const string Alias = "alias";
    public const string Department = "department";
    public const string Office = "office";
    public const string Phone = "phone";
    public const string Title = "title";
    public const string Company = "company";
    public const string City = "city";
    public const string Notes = "notes";
    public const string Custom = "custom1";

    public static IReadOnlyList<string> All { get; } = [Given, Surname, Initials, Alias, Department, Office, Phone, Title, Company, City, Notes, Custom];
}
