using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>A post office as it is stored: reached by a connector or via another one, never both.</summary>
public sealed class PostOfficeRow
{
    public long Id { get; set; }

    /// <summary>CCMAIL or MS.</summary>
    public required string System { get; set; }

    public required string Name { get; set; }

    public long? ConnectorId { get; set; }

    public ConnectorRow? Connector { get; set; }

    public long? ViaId { get; set; }

    public PostOfficeRow? Via { get; set; }

    public uint Version { get; set; }
}

internal sealed class PostOfficeTable : IEntityTypeConfiguration<PostOfficeRow>
{
    public void Configure(EntityTypeBuilder<PostOfficeRow> builder)
    {
        builder.ToTable("post_office");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.System).HasColumnName("system");
        builder.Property(row => row.Name).HasColumnName("name");
        builder.Property(row => row.ConnectorId).HasColumnName("connector_id");
        builder.Property(row => row.ViaId).HasColumnName("via_id");
        builder.Property(row => row.Version).IsRowVersion();
        // A post office in use keeps what it is reached by: nothing is unhooked silently.
        builder.HasOne(row => row.Connector).WithMany().HasForeignKey(row => row.ConnectorId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(row => row.Via).WithMany().HasForeignKey(row => row.ViaId).OnDelete(DeleteBehavior.Restrict);
    }
}
