using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>What a connector claims to reach, as it is stored.</summary>
public sealed class AddressSpaceRow
{
    public long Id { get; set; }

    public long ConnectorId { get; set; }

    /// <summary>SMTP, CCMAIL or MS.</summary>
    public required string Type { get; set; }

    public required string Pattern { get; set; }

    public int Cost { get; set; } = 1;
}

internal sealed class AddressSpaceTable : IEntityTypeConfiguration<AddressSpaceRow>
{
    public void Configure(EntityTypeBuilder<AddressSpaceRow> builder)
    {
        builder.ToTable("address_space");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.ConnectorId).HasColumnName("connector_id");
        builder.Property(row => row.Type).HasColumnName("type");
        builder.Property(row => row.Pattern).HasColumnName("pattern");
        builder.Property(row => row.Cost).HasColumnName("cost");
    }
}
