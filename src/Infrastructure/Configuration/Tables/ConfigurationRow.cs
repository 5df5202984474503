using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Postern.Infrastructure.Configuration.Tables;

/// <summary>The one row that says which version of the configuration this is.</summary>
public sealed class ConfigurationRow
{
    public bool IsSingle { get; set; }

    public long Version { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    public int ContentDays { get; set; }

    public int HistoryDays { get; set; }

    public int UndoMinutes { get; set; }

    public int ConfirmOver { get; set; }

    public string[] AlertRecipients { get; set; } = [];

    public string[] AlertWebhooks { get; set; } = [];

    public string AlertWebhookSecret { get; set; } = "";

    public string AlertSeverity { get; set; } = "";

    public TimeSpan AlertRepeat { get; set; }

    public TimeSpan DelayNotice { get; set; }
}

internal sealed class ConfigurationTable : IEntityTypeConfiguration<ConfigurationRow>
{
    public void Configure(EntityTypeBuilder<ConfigurationRow> builder)
    {
        builder.ToTable("configuration");
        builder.HasKey(row => row.IsSingle);
        builder.Property(row => row.IsSingle).HasColumnName("single");
        builder.Property(row => row.Version).HasColumnName("version");
        builder.Property(row => row.ChangedAt).HasColumnName("changed_at");
        builder.Property(row => row.ContentDays).HasColumnName("content_days");
        builder.Property(row => row.HistoryDays).HasColumnName("history_days");
        builder.Property(row => row.UndoMinutes).HasColumnName("undo_minutes");
        builder.Property(row => row.ConfirmOver).HasColumnName("confirm_over");
        builder.Property(row => row.AlertRecipients).HasColumnName("alert_recipients");
        builder.Property(row => row.AlertWebhooks).HasColumnName("alert_webhooks");
        builder.Property(row => row.AlertWebhookSecret).HasColumnName("alert_webhook_secret");
        builder.Property(row => row.AlertSeverity).HasColumnName("alert_severity");
        builder.Property(row => row.AlertRepeat).HasColumnName("alert_repeat");
        builder.Property(row => row.DelayNotice).HasColumnName("delay_notice");
    }
}
