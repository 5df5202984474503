using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Makes transfers and connectors with only what a test cares about.</summary>
internal static class Transfers
{
    public const string Sender = "jane@site1.example";

    public static SmtpConnector Connector(string smartHost, Func<SmtpConnectorSettings, SmtpConnectorSettings>? change = null, TimeProvider? clock = null) =>
        Connector([smartHost], change, clock);

    public static SmtpConnector Connector(
        string[] smartHosts,
        Func<SmtpConnectorSettings, SmtpConnectorSettings>? change = null,
        TimeProvider? clock = null,
        Func<Transfer, CancellationToken, Task<MessageContent>>? open = null,
        Func<ContentWriter>? newWriter = null)
    {
        var settings = new SmtpConnectorSettings { SmartHosts = smartHosts };
        open ??= (_, _) => throw new InvalidOperationException("The transfer has no content.");
        return new SmtpConnector(
            "backbone", change?.Invoke(settings) ?? settings, open, newWriter ?? (() => new ContentWriter(Path.GetTempPath())), "postern.test", () => "secret", clock ?? TimeProvider.System, NullLogger<SmtpConnector>.Instance);
    }

    public static Transfer To(string content, params string[] recipients) => To(Encoding.UTF8.GetBytes(content), recipients);

    public static Transfer To(byte[] content, params string[] recipients) => new()
    {
        Id = 1,
        MessageId = 7,
        AcceptedAt = DateTimeOffset.UnixEpoch,
        Destination = "backbone",
        Sender = MailAddress.Parse(Sender),
        Size = content.Length,
        Content = MessageContent.FromMemory(content),
        Deliveries = [.. recipients.Select((address, i) => Delivery(i + 1, address))],
    };

    public static TransferDelivery Delivery(long id, string address, Notify notify = Notify.Unspecified, string original = "", int attempts = 0) =>
        new(id, MailAddress.Parse(address), original, RecipientClass.To, notify, attempts);

    public static async Task<DeliveryResult> DeliverOneAsync(this SmtpConnector connector, Transfer transfer, CancellationToken stop = default) =>
        (await connector.DeliverAsync([transfer], stop)).ShouldHaveSingleItem();

    public static async Task<IReadOnlyList<AttemptOutcome>> DeliverAllAsync(this SmtpConnector connector, Transfer transfer)
    {
        var results = await connector.DeliverAsync([transfer], CancellationToken.None);
        results.Select(result => result.DeliveryId).ShouldBe(transfer.Deliveries.Select(delivery => delivery.Id), ignoreOrder: true);
        return [.. results.OrderBy(result => result.DeliveryId).Select(result => result.Outcome)];
    }
}
