using Postern.Domain.Addresses;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Directory.Partners;

/// <summary>Records of a cc:Mail directory as entries, and rows of ours as records.</summary>
/// <param name="PostOffice">Whose directory it is.</param>
/// <param name="Comments">What the comment of a record holds.</param>
public sealed record CcMailEntries(string PostOffice, CommentRule Comments)
{
    /// <summary>Post offices that the directory names, for addresses that begin with a name of several words.</summary>
    public IReadOnlyCollection<string> KnownPostOffices { get; init; } = [];

    /// <summary>The entry of a record; false with a sentence for one that stands for nobody we can write to.</summary>
    public bool TryRead(DirectoryRecord record, out PartnerEntry entry, out EntryFault fault)
    {
        entry = null!;
        fault = new EntryFault(record.Name, "");
        if (record.IsInternal || record.IsAlias || record.IsPostOffice)
        {
            fault = fault with { Sentence = record.IsAlias ? "It is another name of an entry." : record.IsPostOffice ? "It is a post office." : "It belongs to cc:Mail's own exchange of directories." };
            return false;
        }

        if (!CcMailAddress.TryCreate(record.Name, record.Home(PostOffice, KnownPostOffices), out var address, out var wrong))
        {
            fault = fault with { Sentence = wrong };
            return false;
        }

        var parts = NameParts.Of(record.Name);
        var values = Comments.Read(record.Comment).ToList();
        if (!record.IsBoard && !record.Name.Contains('@', StringComparison.Ordinal))
        {
            values.AddRange([KeyValuePair.Create(ValueNames.Given, parts.Given), KeyValuePair.Create(ValueNames.Surname, parts.Surname), KeyValuePair.Create(ValueNames.Initials, parts.Initials)]);
        }

        entry = new PartnerEntry { Name = record.Name, Address = address, Kind = record.IsBoard ? RowKind.Board : RowKind.Person, Values = RowValues.Of(values), Source = record.Name };
        return true;
    }

    /// <summary>The row that a record already takes in the directory, whoever put it there: it has a name that nobody else can have.</summary>
    public bool TryHeld(DirectoryRecord record, Names.NameRule rule, out DirectoryRow row)
    {
        row = null!;
        var (postOffice, foreign) = record.SplitAddress(KnownPostOffices);
        // An entry behind a gateway is addressed by what its record says behind the gateway's name.
        var name = foreign.Length > 0 && !record.IsAlias && !record.IsPostOffice ? foreign : record.Name;
        var home = record.IsPostOffice || record.IsAlias || postOffice.Length == 0 ? PostOffice : record.Home(PostOffice, KnownPostOffices);
        return (CcMailAddress.TryCreate(name, home, out var address, out _) || CcMailAddress.TryCreate(record.Name, PostOffice, out address, out _))
            && DirectoryRow.TryCreate(
                rule, "", record.Name, address,
                record.IsPostOffice ? RowKind.PostOffice : record.IsBoard ? RowKind.Board : RowKind.Person,
                RowValues.Of(Comments.Read(record.Comment)), out row, out _);
    }

    /// <summary>The record of a row of ours: a user behind the gateway that our site is there, with the foreign address that answers go to.</summary>
    public DirectoryRecord Write(DirectoryRow row)
    {
        var address = MailAddress.TryParse(row.Address, out var parsed, out _) ? parsed as CcMailAddress : null;
        var where = address is null ? row.Address : $"{address.PostOffice} {address.Name}";
        return new DirectoryRecord(row.Name, DirectoryLocation.RemoteUserElsewhere, where, Comments.Write(row.Values)) { LocationText = "r" };
    }
}
