using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>A connector as it is stored; its settings are the JSON of the record of its kind, as far as they differ from the defaults.</summary>
public sealed class ConnectorRow
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public required string Kind { get; set; }

    public string Settings { get; set; } = "{}";

    /// <summary><c>started</c> or <c>stopped</c>.</summary>
    public string DesiredState { get; set; } = "started";

    public string NodeLabel { get; set; } = "";

    public List<AddressSpaceRow> AddressSpaces { get; } = [];

    public uint Version { get; set; }
}

internal sealed class ConnectorTable : IEntityTypeConfiguration<ConnectorRow>
{
    public void Configure(EntityTypeBuilder<ConnectorRow> builder)
    {
        builder.ToTable("connector");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.Name).HasColumnName("name");
        builder.Property(row => row.Kind).HasColumnName("kind");
        builder.Property(row => row.Settings).HasColumnName("settings").HasColumnType("jsonb");
        builder.Property(row => row.DesiredState).HasColumnName("desired_state");
        builder.Property(row => row.NodeLabel).HasColumnName("node_label");
        builder.Property(row => row.Version).IsRowVersion();
        builder.HasMany(row => row.AddressSpaces).WithOne().HasForeignKey(space => space.ConnectorId);
    }
}
