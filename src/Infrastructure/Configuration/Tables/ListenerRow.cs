using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>An SMTP listener as it is stored; its settings are JSON, as far as they differ from the defaults.</summary>
public sealed class ListenerRow
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public string Host { get; set; } = "127.0.0.1";

    public int Port { get; set; }

    public string Settings { get; set; } = "{}";

    public bool IsEnabled { get; set; } = true;

    public uint Version { get; set; }
}

internal sealed class ListenerTable : IEntityTypeConfiguration<ListenerRow>
{
    public void Configure(EntityTypeBuilder<ListenerRow> builder)
    {
        builder.ToTable("listener");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.Name).HasColumnName("name");
        builder.Property(row => row.Host).HasColumnName("host");
        builder.Property(row => row.Port).HasColumnName("port");
        builder.Property(row => row.Settings).HasColumnName("settings").HasColumnType("jsonb");
        builder.Property(row => row.IsEnabled).HasColumnName("enabled");
        builder.Property(row => row.Version).IsRowVersion();
    }
}
