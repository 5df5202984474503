using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Rows of our own directory: what an entry has beside name, address and values rides in the values, so that a change of it is one that people see.</summary>
public static class OwnRows
{
    /// <summary>Further addresses, in order.</summary>
    public const string Proxies = "proxies";

    /// <summary>Those of them that a template made; they stay whatever the source says.</summary>
    public const string Made = "made";

    /// <summary><c>yes</c> for an entry that no partner gets.</summary>
    public const string Hidden = "hidden";

    /// <summary>Where it is kept.</summary>
    public const string Container = "container";

    /// <summary>How far it may be seen.</summary>
    public const string Trust = "trust";

    /// <summary>The partner that gives it; none for our own.</summary>
    public const string Giver = "giver";

    /// <summary>What stands for an entry that its partner did not give: the number of the entry after this.</summary>
    public const string EntryPrefix = "entry:";

    private const string Separator = "; ";

    private static readonly string[] Carried = [Proxies, Made, Hidden, Container, Trust, Giver];

    /// <summary>How entries stand in our directory: by their address.</summary>
    public static readonly NameRule Names = new OwnNames();

    /// <summary>The values of a row with all that rides in them.</summary>
    public static RowValues Join(RowValues values, OwnExtras extras) => RowValues.Of(
    [
        .. values.All().Where(pair => !Carried.Contains(pair.Key)),
        KeyValuePair.Create(Proxies, Text(extras.Proxies)),
        KeyValuePair.Create(Made, Text(extras.Made)),
        KeyValuePair.Create(Hidden, extras.IsHidden ? "yes" : ""),
        KeyValuePair.Create(Container, extras.Container),
        KeyValuePair.Create(Trust, extras.Trust.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        KeyValuePair.Create(Giver, extras.Giver),
    ]);

    /// <summary>What rides in the values of a row.</summary>
    public static OwnExtras ExtrasOf(RowValues values)
    {
        var extras = new OwnExtras();
        foreach (var (name, value) in values.All())
        {
            extras = name switch
            {
                Proxies => extras with { Proxies = Parts(value) },
                Made => extras with { Made = Parts(value) },
                Hidden => extras with { IsHidden = value.Length > 0 },
                Container => extras with { Container = value },
                Trust => extras with { Trust = int.TryParse(value, out var trust) ? Math.Clamp(trust, 0, 100) : 0 },
                Giver => extras with { Giver = value },
                _ => extras,
            };
        }

        return extras;
    }

    /// <summary>The values without what rides in them, as partners get them.</summary>
    public static RowValues Plain(RowValues values) => RowValues.Of(values.All().Where(pair => !Carried.Contains(pair.Key)));

    /// <summary>Whether an address can ride among others.</summary>
    public static bool CanRide(MailAddress address) => !address.ToString().Contains(Separator, StringComparison.Ordinal);

    /// <summary>The row of an entry of our directory; false with a sentence where its stored address cannot be read.</summary>
    /// <param name="addresses">All, the native one first.</param>
    internal static bool TryRow(string identity, string name, RowKind kind, IReadOnlyList<string> addresses, RowValues values, OwnExtras extras, out DirectoryRow row, out string fault)
    {
        row = null!;
        return MailAddress.TryParse(addresses[0], out var native, out fault)
            && DirectoryRow.TryCreate(
                Names, identity, name, native, kind,
                Join(values, extras with { Proxies = [.. addresses.Skip(1)], Made = Parts(values[Made]) }), out row, out fault);
    }

    /// <summary>Entry kinds by their words in the table.</summary>
    internal static RowKind KindOf(string word) => word switch
    {
        "list" => RowKind.List,
        "board" => RowKind.Board,
        _ => RowKind.Person,
    };

    internal static string WordOf(RowKind kind) => kind switch
    {
        RowKind.List => "list",
        RowKind.Board => "board",
        _ => "person",
    };

    private static string Text(IReadOnlyList<string> addresses) => string.Join(Separator, addresses);

    private static string[] Parts(string text) => text.Length == 0 ? [] : text.Split(Separator, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What an entry of our directory has beside name, address and values.</summary>
public sealed record OwnExtras
{
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>Proxies that a template made.</summary>
    public IReadOnlyList<string> Made { get; init; } = [];

    public bool IsHidden { get; init; }

    public string Container { get; init; } = "";

    public int Trust { get; init; }

    /// <summary>The partner that gives it; empty for our own.</summary>
    public string Giver { get; init; } = "";
}
