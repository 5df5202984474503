using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>A directory entry as it is stored.</summary>
public sealed class EntryRow
{
    public long Id { get; set; }

    public required string DisplayName { get; set; }

    /// <summary><c>person</c>, <c>list</c> or <c>board</c>.</summary>
    public string Kind { get; set; } = "person";

    /// <summary>The partner who gave it; null for one of our own.</summary>
    public long? PartnerId { get; set; }

    /// <summary>What its giver knows it by.</summary>
    public string SourceIdentity { get; set; } = "";

    /// <summary>Its values, a line each (<see cref="Domain.Directory.Rows.RowValues"/>).</summary>
    public string RowValues { get; set; } = "";

    public bool IsHidden { get; set; }

    /// <summary>0 to 100; a partner gets what is not above its own level.</summary>
    public int Trust { get; set; }

    /// <summary>Where it is kept, the outermost folder first.</summary>
    public string Container { get; set; } = "";

    public DateTimeOffset ChangedAt { get; set; }

    public List<EntryAddressRow> Addresses { get; } = [];

    public uint Version { get; set; }
}

/// <summary>One address of an entry as it is stored.</summary>
public sealed class EntryAddressRow
{
    public long Id { get; set; }

    public long EntryId { get; set; }

    /// <summary>SMTP, CCMAIL or MS.</summary>
    public required string Type { get; set; }

    /// <summary>Canonical text.</summary>
    public required string Address { get; set; }

    /// <summary><see cref="AddressKey.Of"/> of the address: unique, so that no address has two holders.</summary>
    public required byte[] Key { get; set; }

    public bool IsNative { get; set; }

    /// <summary>Place among the entry's addresses; the first of a type is shown to that system.</summary>
    public int Ordinal { get; set; }
}

internal sealed class EntryTable : IEntityTypeConfiguration<EntryRow>
{
    public void Configure(EntityTypeBuilder<EntryRow> builder)
    {
        builder.ToTable("entry");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.DisplayName).HasColumnName("display_name");
        builder.Property(row => row.Kind).HasColumnName("kind");
        builder.Property(row => row.PartnerId).HasColumnName("partner_id");
        builder.Property(row => row.SourceIdentity).HasColumnName("source_identity");
        builder.Property(row => row.RowValues).HasColumnName("row_values");
        builder.Property(row => row.IsHidden).HasColumnName("is_hidden");
        builder.Property(row => row.Trust).HasColumnName("trust");
        builder.Property(row => row.Container).HasColumnName("container");
        builder.Property(row => row.ChangedAt).HasColumnName("changed_at").HasDefaultValueSql("now()");
        builder.Property(row => row.Version).IsRowVersion();
        builder.HasMany(row => row.Addresses).WithOne().HasForeignKey(address => address.EntryId);
    }
}

internal sealed class EntryAddressTable : IEntityTypeConfiguration<EntryAddressRow>
{
    public void Configure(EntityTypeBuilder<EntryAddressRow> builder)
    {
        builder.ToTable("entry_address");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.EntryId).HasColumnName("entry_id");
        builder.Property(row => row.Type).HasColumnName("type");
        builder.Property(row => row.Address).HasColumnName("address");
        builder.Property(row => row.Key).HasColumnName("key");
        builder.Property(row => row.IsNative).HasColumnName("is_native");
        builder.Property(row => row.Ordinal).HasColumnName("ordinal");
    }
}
