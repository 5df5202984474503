using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>A site as it is stored.</summary>
public sealed class SiteRow
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public string[] SmtpDomains { get; set; } = [];

    public string CcMailPostOffice { get; set; } = "";

    public string MsMailNetwork { get; set; } = "";

    public string MsMailPostOffice { get; set; } = "";

    /// <summary><c>refuse</c> or <c>forward</c>.</summary>
    public string UnknownRecipients { get; set; } = "refuse";

    public uint Version { get; set; }
}

internal sealed class SiteTable : IEntityTypeConfiguration<SiteRow>
{
    public void Configure(EntityTypeBuilder<SiteRow> builder)
    {
        builder.ToTable("site");
        builder.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(row => row.Name).HasColumnName("name");
        builder.Property(row => row.SmtpDomains).HasColumnName("smtp_domains");
        builder.Property(row => row.CcMailPostOffice).HasColumnName("ccmail_post_office");
        builder.Property(row => row.MsMailNetwork).HasColumnName("msmail_network");
        builder.Property(row => row.MsMailPostOffice).HasColumnName("msmail_post_office");
        builder.Property(row => row.UnknownRecipients).HasColumnName("unknown_recipients");
        builder.Property(row => row.Version).IsRowVersion();
    }
}
