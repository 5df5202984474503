using Npgsql;
using Postern.Domain.Watch;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Watch;

/// <summary>Who is told of alerts, of which and how often; and when a sender hears that mail waits.</summary>
public sealed record AlertSettings
{
    /// <summary>Most ways of each kind.</summary>
    public const int MostTargets = 20;

    /// <summary>Internet addresses that get a mail with what is new.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Addresses of programs that get each change of an alert by POST.</summary>
    public IReadOnlyList<string> Webhooks { get; init; } = [];

    /// <summary>Name of the secret that signs what webhooks get; empty sends it unsigned.</summary>
    public string WebhookSecret { get; init; } = "";

    /// <summary>Lesser alerts stand in the console only.</summary>
    public AlertSeverity MinimumSeverity { get; init; } = AlertSeverity.Warning;

    /// <summary>An open alert that nobody has taken is told again after this; zero: never.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>A sender whose mail waits longer is told so, once; zero: never.</summary>
    public TimeSpan DelayNotice { get; init; } = TimeSpan.FromHours(4);

    /// <summary>What cannot be used, a sentence each.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        foreach (var recipient in Recipients.Where(recipient => !SmtpAddress.TryParse(recipient, out _, out _)))
        {
            faults.Add($"The recipient “{recipient}” is not an internet address.");
        }

        foreach (var webhook in Webhooks.Where(webhook => !IsWebhook(webhook)))
        {
            faults.Add($"The webhook “{webhook}” is not an address that begins with https:// or http://, without a name or password in it.");
        }

        Check(Recipients.Count <= MostTargets && Webhooks.Count <= MostTargets, $"There can be {MostTargets} recipients and {MostTargets} webhooks.");
        Check(RepeatAfter == TimeSpan.Zero || (RepeatAfter >= TimeSpan.FromMinutes(5) && RepeatAfter <= TimeSpan.FromDays(30)), "Alerts are told again after 5 minutes to 30 days, or 0 for never.");
        Check(DelayNotice == TimeSpan.Zero || (DelayNotice >= TimeSpan.FromMinutes(1) && DelayNotice <= TimeSpan.FromDays(30)), "Senders hear of a delay after 1 minute to 30 days, or 0 for never.");
        return faults;

        void Check(bool holds, string sentence)
        {
            if (!holds)
            {
                faults.Add(sentence);
            }
        }
    }

    /// <summary>Only these are ever called: an address of another scheme would reach files or other services of this machine.</summary>
    public static bool IsWebhook(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && text.Length <= 1000;

    /// <summary>Reads a time as the configuration writes it: <c>90s</c>, <c>15m</c>, <c>4h</c>, <c>5d</c>; 0 is zero.</summary>
    public static bool TryReadTime(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        return text.Trim() == "0" || SettingsText.TryReadTime(text, out time);
    }

    /// <summary>Writes a time as <see cref="TryReadTime"/> reads it.</summary>
    public static string TimeText(TimeSpan time) => SettingsText.Short(time);

    /// <inheritdoc/>
    public bool Equals(AlertSettings? other) => other is not null && Recipients.SequenceEqual(other.Recipients) && Webhooks.SequenceEqual(other.Webhooks)
        && (WebhookSecret, MinimumSeverity, RepeatAfter, DelayNotice) == (other.WebhookSecret, other.MinimumSeverity, other.RepeatAfter, other.DelayNotice);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Recipients.Count, Webhooks.Count, WebhookSecret, MinimumSeverity, RepeatAfter, DelayNotice);
}

/// <summary>Keeps <see cref="AlertSettings"/>; a change is a new version of the configuration, audited.</summary>
public sealed class AlertSettingsStore(NpgsqlDataSource database, ConfigurationStore configuration)
{
    internal const string ReadSql = "select alert_recipients, alert_webhooks, alert_webhook_secret, alert_severity, alert_repeat, delay_notice from configuration";

    private const string WriteSql =
        """
        update configuration
           set alert_recipients = $1, alert_webhooks = $2, alert_webhook_secret = $3, alert_severity = $4, alert_repeat = $5, delay_notice = $6
        """;

    /// <summary>As they are now.</summary>
    public async Task<AlertSettings> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return Of(row);
    }

    /// <summary>Puts others in their place. Empty when it was done; else the sentences that say why not.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public async Task<IReadOnlyList<string>> ChangeAsync(AlertSettings wanted, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        if (wanted.Faults() is { Count: > 0 } faults)
        {
            return faults;
        }

        await configuration.ChangeAsync(who, Right.Configure, "change alert settings", "alerts", connection => WriteAsync(connection, wanted, cancellationToken), cancellationToken);
        return [];
    }

    internal static AlertSettings Of(NpgsqlDataReader row) => new()
    {
        Recipients = row.GetFieldValue<string[]>(0),
        Webhooks = row.GetFieldValue<string[]>(1),
        WebhookSecret = row.GetString(2),
        MinimumSeverity = AlertWords.SeverityOf(row.GetString(3)),
        RepeatAfter = row.GetFieldValue<TimeSpan>(4),
        DelayNotice = row.GetFieldValue<TimeSpan>(5),
    };

    private static async Task<bool> WriteAsync(NpgsqlConnection connection, AlertSettings wanted, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteSql, connection);
        command.Parameters.Add(new() { Value = wanted.Recipients.ToArray() });
        command.Parameters.Add(new() { Value = wanted.Webhooks.ToArray() });
        command.Parameters.Add(new() { Value = wanted.WebhookSecret });
        command.Parameters.Add(new() { Value = wanted.MinimumSeverity.ToWord() });
        command.Parameters.Add(new() { Value = wanted.RepeatAfter });
        command.Parameters.Add(new() { Value = wanted.DelayNotice });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
