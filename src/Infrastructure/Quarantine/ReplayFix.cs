using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Quarantine;

/// <summary>What an operator changes in deliveries that were set aside, before they are tried again.</summary>
public sealed record ReplayFix
{
    /// <summary>They go as they are.</summary>
    public static readonly ReplayFix Nothing = new();

    /// <summary>The sender of the envelope, who gets reports; empty for none, null for the one it has.</summary>
    public string? Sender { get; init; }

    /// <summary>The recipient of the envelope, routed anew; null for the one it has.</summary>
    public string? Recipient { get; init; }

    /// <summary>What is changed in the message itself.</summary>
    public ContentFix Content { get; init; } = ContentFix.Nothing;

    public bool IsNothing => Sender is null && Recipient is null && Content.IsNothing;

    /// <summary>Why this can be done to no delivery at all; null when it can.</summary>
    public string? Fault()
    {
        if (Sender is { Length: > 0 } sender && !MailAddress.TryParse(sender, out _, out var wrong))
        {
            return $"The sender “{sender}” is no address: {wrong}";
        }

        return Recipient is { } recipient && !MailAddress.TryParse(recipient, out _, out wrong)
            ? $"The recipient “{recipient}” is no address: {wrong}"
            : Content.Fault();
    }

    internal string ToJson() => JsonSerializer.Serialize(this, SettingsJson.Options);

    internal static ReplayFix FromJson(string json) => SettingsJson.Read<ReplayFix>(json);
}
