using Postern.Domain.Addresses;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Partners;

/// <summary>An entry as a partner lists it, whatever the form: a record of a file, an LDAP entry, a line of a table.</summary>
public sealed record PartnerEntry
{
    /// <summary>The source's own id, with the name of its field before it; empty where the source has none.</summary>
    public string SourceId { get; init; } = "";

    public required string Name { get; init; }

    public required MailAddress Address { get; init; }

    public IReadOnlyList<MailAddress> Proxies { get; init; } = [];

    public RowKind Kind { get; init; }

    public RowValues Values { get; init; } = RowValues.None;

    public bool IsHidden { get; init; }

    /// <summary>Where it stands in what was read: a line, an entry name; shown beside each value of the plan.</summary>
    public string Source { get; init; } = "";

    /// <summary>What the entry is known by from cycle to cycle.</summary>
    public string Identity => SourceId.Length > 0 ? SourceId : Address.Key;
}

/// <summary>An entry of a partner that could not be read or taken, and why; the next one is not kept up by it (Q156729, Q194819).</summary>
public sealed record EntryFault(string Source, string Sentence);
