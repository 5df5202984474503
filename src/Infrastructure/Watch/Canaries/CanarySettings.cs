using Postern.Domain.Addresses;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>What an administrator sets for the canary of a connector.</summary>
public sealed record CanarySettings
{
    /// <summary>
    /// A mailbox on the other side that cannot exist: a probe is sent there by this connector, and the report that comes back proves the way out, and the way back where the other side
    /// sends it. The same name is tried at other post offices behind the connector, and from each of our sites, while nothing has shown that they know the way. Empty sends none: a strange mail to a peer must be wanted. Default none.
    /// </summary>
    [Setting("Canary", "Mailbox that cannot exist")]
    public string Recipient { get; init; } = "";

    /// <summary>Time between two canaries. Default 15 minutes.</summary>
    [Setting("Canary", "Interval")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A canary that takes longer to come back opens an alert. Default 30 minutes.</summary>
    [Setting("Canary", "Comes back within")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>One is sent.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOn => Recipient.Length > 0;

    /// <summary>What is wrong with these settings, a sentence each.</summary>
    /// <param name="type">The address type that the connector carries.</param>
    public IEnumerable<string> Faults(string type)
    {
        if (IsOn && (!MailAddress.TryParse(Recipient, out var address, out _) || address.Type != type))
        {
            yield return $"The canary's mailbox “{Recipient}” is not an address of the type {type}.";
        }

        if (Interval < TimeSpan.FromMinutes(1) || Interval > TimeSpan.FromDays(7))
        {
            yield return "The interval of the canary must be 1 minute to 7 days.";
        }

        if (Wait < TimeSpan.FromMinutes(1) || Wait > TimeSpan.FromDays(14))
        {
            yield return "The time within which a canary comes back must be 1 minute to 14 days.";
        }
    }
}
