using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>A secret as it is stored: encrypted with the key file.</summary>
public sealed class SecretRow
{
    public required string Name { get; set; }

    public required byte[] Ciphertext { get; set; }

    public DateTimeOffset SetAt { get; set; }

    public string SetBy { get; set; } = "";
}

internal sealed class SecretTable : IEntityTypeConfiguration<SecretRow>
{
    public void Configure(EntityTypeBuilder<SecretRow> builder)
    {
        builder.ToTable("secret");
        builder.HasKey(row => row.Name);
        builder.Property(row => row.Name).HasColumnName("name");
        builder.Property(row => row.Ciphertext).HasColumnName("ciphertext");
        builder.Property(row => row.SetAt).HasColumnName("set_at");
        builder.Property(row => row.SetBy).HasColumnName("set_by");
    }
}
