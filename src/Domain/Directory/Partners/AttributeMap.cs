using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>One line of a map: a field of the partner, and the value of an entry that it holds.</summary>
public sealed record MappedValue(string Attribute, string Value);

/// <summary>How the entries of an LDAP directory are read and written: which attribute holds what. Data, so that a directory of any shape can be served.</summary>
public sealed record AttributeMap
{
    /// <summary>Attributes that may hold the id that never changes; the first one there is counts.</summary>
    public IReadOnlyList<string> Id { get; init; } = ["entryUUID"];

    /// <summary>The attribute by which changed entries are found.</summary>
    public string ModifiedAt { get; init; } = "modifyTimestamp";

    /// <summary>Attributes that may hold the name; the first one there is counts.</summary>
    public IReadOnlyList<string> Name { get; init; } = ["displayName", "cn"];

    /// <summary>The attribute with the one internet address.</summary>
    public string Mail { get; init; } = "mail";

    /// <summary>The attribute with all addresses, each after its type: the type in capitals is the first of its kind, a small one is another (Q157007).</summary>
    public string Proxies { get; init; } = "";

    /// <summary>The attribute with the address that mail is sent on to, for an entry whose mailbox is elsewhere.</summary>
    public string Target { get; init; } = "";

    /// <summary>An attribute that hides the entry where it says TRUE.</summary>
    public string Hidden { get; init; } = "";

    /// <summary>Object classes that make an entry a list.</summary>
    public IReadOnlyList<string> ListClasses { get; init; } = ["groupOfNames", "groupOfMembers"];

    /// <summary>The object classes of an entry that we write.</summary>
    public IReadOnlyList<string> WrittenClasses { get; init; } = ["top", "person", "organizationalPerson", "inetOrgPerson"];

    /// <summary>The attribute that entries are named by. Where it holds nothing that people read (it is none of <see cref="Name"/>), what it says is made up.</summary>
    public string NamingAttribute { get; init; } = "cn";

    /// <summary>How many characters an attribute takes at most, where that is known: more of them would have the whole entry refused.</summary>
    public IReadOnlyDictionary<string, int> Lengths { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<MappedValue> Values { get; init; } =
    [
        new("givenName", ValueNames.Given), new("sn", ValueNames.Surname), new("initials", ValueNames.Initials), new("uid", ValueNames.Alias),
        new("departmentNumber", ValueNames.Department), new("physicalDeliveryOfficeName", ValueNames.Office), new("telephoneNumber", ValueNames.Phone),
        new("title", ValueNames.Title), new("o", ValueNames.Company), new("l", ValueNames.City), new("description", ValueNames.Notes),
    ];

    /// <summary>Any LDAP directory with people in it.</summary>
    public static AttributeMap Standard { get; } = new();

    /// <summary>The directory of an Exchange 5.5 organisation. Its names of entries are made up, and are never shown (Q182503).</summary>
    public static AttributeMap Exchange55 { get; } = new()
    {
        Id = ["objectGUID", "distinguishedName"],
        ModifiedAt = "whenChanged",
        Name = ["cn"],
        Proxies = "otherMailbox",
        Target = "targetAddress",
        Hidden = "hide-from-address-book",
        ListClasses = ["groupOfNames"],
        WrittenClasses = ["top", "person", "organizationalPerson", "remote-address"],
        NamingAttribute = "rdn",
        Values =
        [
            new("givenName", ValueNames.Given), new("sn", ValueNames.Surname), new("initials", ValueNames.Initials), new("uid", ValueNames.Alias),
            new("department", ValueNames.Department), new("physicalDeliveryOfficeName", ValueNames.Office), new("telephoneNumber", ValueNames.Phone),
            new("title", ValueNames.Title), new("company", ValueNames.Company), new("l", ValueNames.City), new("info", ValueNames.Notes),
            new("extension-attribute-1", ValueNames.Custom),
        ],
    };

    /// <summary>Active Directory with Exchange's attributes.</summary>
    public static AttributeMap ActiveDirectory { get; } = new()
    {
        Id = ["objectGUID"],
        ModifiedAt = "whenChanged",
        Proxies = "proxyAddresses",
        Target = "targetAddress",
        Hidden = "msExchHideFromAddressLists",
        ListClasses = ["group"],
        WrittenClasses = ["top", "person", "organizationalPerson", "contact"],
        Values =
        [
            new("givenName", ValueNames.Given), new("sn", ValueNames.Surname), new("initials", ValueNames.Initials), new("mailNickname", ValueNames.Alias),
            new("department", ValueNames.Department), new("physicalDeliveryOfficeName", ValueNames.Office), new("telephoneNumber", ValueNames.Phone),
            new("title", ValueNames.Title), new("company", ValueNames.Company), new("l", ValueNames.City), new("info", ValueNames.Notes),
            new("extensionAttribute1", ValueNames.Custom),
        ],
        Lengths = new Dictionary<string, int>
        {
            ["givenName"] = 64,
            ["sn"] = 64,
            ["initials"] = 6,
            ["mailNickname"] = 64,
            ["department"] = 64,
            ["physicalDeliveryOfficeName"] = 128,
            ["telephoneNumber"] = 64,
            ["title"] = 64,
            ["company"] = 64,
            ["l"] = 128,
            ["info"] = 1024,
            ["displayName"] = 256,
            ["extensionAttribute1"] = 1024,
        },
    };

    /// <summary>Names of entries are made up, as those of Exchange 5.5 are.</summary>
    public bool HasMadeUpNames => !Name.Contains(NamingAttribute, StringComparer.OrdinalIgnoreCase);

    /// <summary>All attributes that must be asked for.</summary>
    public IReadOnlyList<string> Attributes =>
        [.. Id.Concat(Name).Concat([Mail, Proxies, Target, Hidden, ModifiedAt, "objectClass"]).Concat(Values.Select(value => value.Attribute))
            .Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The id that never changes, with the attribute that holds it before it; empty for an entry that shows none.</summary>
    public string IdOf(ILookup<string, string> attributes) =>
        Id.Select(id => (id, value: attributes[id].FirstOrDefault() ?? "")).Where(id => id.value.Length > 0).Select(id => $"{id.id}:{id.value}").FirstOrDefault() ?? "";

    /// <summary>Reads an entry; false with a sentence, and the next one is read all the same.</summary>
    /// <param name="attributes">By name without regard to case; ids that are bytes in hexadecimal.</param>
    public bool TryRead(string name, ILookup<string, string> attributes, out PartnerEntry entry, out EntryFault fault)
    {
        entry = null!;
        var shown = First(attributes, Name);
        var addresses = AddressesOf(attributes, out var wrong);
        fault = new EntryFault(name, shown.Length == 0 ? $"It has no {string.Join(" or ", Name)}." : wrong.Length > 0 ? wrong : "It has no address.");
        if (shown.Length == 0 || addresses.Count == 0)
        {
            return false;
        }

        entry = new PartnerEntry
        {
            SourceId = IdOf(attributes),
            Name = shown,
            Address = addresses[0],
            Proxies = addresses[1..],
            Kind = attributes["objectClass"].Any(kind => ListClasses.Contains(kind, StringComparer.OrdinalIgnoreCase)) ? RowKind.List : RowKind.Person,
            Values = RowValues.Of(Values.Select(value => KeyValuePair.Create(value.Value, attributes[value.Attribute].FirstOrDefault() ?? ""))),
            IsHidden = Hidden.Length > 0 && attributes[Hidden].Any(value => value.Trim().Equals("TRUE", StringComparison.OrdinalIgnoreCase) || value.Trim() == "1"),
            Source = name,
        };
        return true;
    }

    /// <summary>The attributes of an entry that we write, each once, in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Write(DirectoryRow row)
    {
        var isMail = IsInternet(row.Address);
        var written = WrittenClasses.Select(kind => KeyValuePair.Create("objectClass", kind)).ToList();
        written.AddRange(Name.Append(NamingAttribute).Where(name => !HasMadeUpNames || name != NamingAttribute).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => KeyValuePair.Create(name, row.Name)));
        written.AddRange(isMail && Mail.Length > 0 ? [KeyValuePair.Create(Mail, row.Address)] : []);
        written.AddRange(Target.Length > 0 ? [KeyValuePair.Create(Target, isMail ? $"SMTP:{row.Address}" : row.Address)] : []);
        written.AddRange(Values.Select(value => KeyValuePair.Create(value.Attribute, Fit(value.Attribute, row.Values[value.Value]))).Where(value => value.Value.Length > 0));
        if (WrittenClasses.Contains("person") && !written.Exists(value => value.Key == "sn"))
        {
            // A person must have a surname, by the schema.
            written.Add(KeyValuePair.Create("sn", Fit("sn", Templates.NameParts.Of(row.Name).Surname is { Length: > 0 } surname ? surname : row.Name)));
        }

        return [.. written.DistinctBy(value => $"{value.Key.ToUpperInvariant()}={value.Value}").OrderBy(value => value.Key, CodePointOrder.Instance)];
    }

    /// <summary>The row as it will be read back once it is written; false with a sentence where the directory cannot hold it.</summary>
    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault)
    {
        held = row;
        var isInternet = IsInternet(row.Address);
        fault = !isInternet && Target.Length == 0 ? $"{row.Name} has the address {row.Address}, and this directory holds internet addresses only."
            // The syntax of mail is IA5String (RFC 4524, section 2.16).
            : isInternet && Mail.Length > 0 && !row.Address.All(char.IsAscii) ? $"{row.Name} has the address {row.Address}, and this directory holds addresses of plain letters only."
            : "";
        if (fault.Length > 0)
        {
            return false;
        }

        if (!TryRead(row.Name, Write(row).ToLookup(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase), out var entry, out var unread))
        {
            fault = unread.Sentence;
            return false;
        }

        held = row with { Kind = entry.Kind, Values = entry.Values };
        return true;
    }

    // A telephone number is a PrintableString (RFC 4517, section 3.3.31), and what follows a cut would be read as a blank.
    private string Fit(string attribute, string value)
    {
        var fitted = attribute.Equals("telephoneNumber", StringComparison.OrdinalIgnoreCase) ? string.Concat(value.Where(IsPrintable)) : value;
        if (Lengths.TryGetValue(attribute, out var most) && fitted.Length > most)
        {
            fitted = fitted[..(char.IsHighSurrogate(fitted[most - 1]) ? most - 1 : most)];
        }

        return fitted.Trim();
    }

    private static bool IsPrintable(char c) => char.IsAsciiLetterOrDigit(c) || "'()+,-./:? =".Contains(c, StringComparison.Ordinal);

    private static bool IsInternet(string text) => MailAddress.TryParse(text, out var address, out _) && address is SmtpAddress;

    private List<MailAddress> AddressesOf(ILookup<string, string> attributes, out string wrong)
    {
        var texts = new List<string>();
        texts.AddRange(Target.Length > 0 ? attributes[Target].Take(1) : []);
        var proxies = Proxies.Length > 0 ? attributes[Proxies].ToList() : [];
        texts.AddRange(attributes[Mail].Take(1));
        texts.AddRange(proxies.Where(IsFirst));
        texts.AddRange(proxies.Where(text => !IsFirst(text)).Order(CodePointOrder.Instance));
        var addresses = new List<MailAddress>();
        wrong = "";
        foreach (var text in texts)
        {
            if (!MailAddress.TryParse(text.Replace('$', ':'), out var address, out var fault) && !MailAddress.TryParse(text, out address, out fault))
            {
                wrong = wrong.Length > 0 ? wrong : $"{text} is no address: {fault}";
            }
            else if (!addresses.Exists(known => known.Key == address.Key))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private static bool IsFirst(string proxy) => proxy.IndexOfAny([':', '$']) is > 0 and var colon && !proxy.AsSpan(0, colon).ContainsAnyInRange('a', 'z');

    private static string First(ILookup<string, string> attributes, IReadOnlyList<string> names) =>
        names.Select(name => attributes[name].FirstOrDefault(value => value.Trim().Length > 0)).FirstOrDefault(value => value is not null)?.Trim() ?? "";
}
