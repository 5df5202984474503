using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>Takes what is sent to a canary: the report that answers one closes it, and goes to nobody.</summary>
/// <remarks>
/// A report comes by the listener, the pickup or Postern's own reports like any other, is accepted, delivered here and stands in the books. It counts when it speaks of a failure; a notice of
/// delay, and Postern's own report of a canary to which nobody has said a word, prove nothing.
/// </remarks>
public sealed class CanaryConnector(NpgsqlDataSource database, ContentStore contents, LiveRouting routing) : IConnector
{
    private const int AtOnce = 20;

    private const string CloseSql =
        """
        -- the report of a canary is here: from outside, or our own because the other side refused it in its own words
        update canary c
           set back_at = now(), report_id = $2, reporter = $4, way = case when m.source = 'postern' then 'refused' else 'returned' end
          from message m
         where c.token = $1 and c.back_at is null and m.id = $2 and m.accepted_at = $3
           and (m.source <> 'postern' or exists (select from delivery_history h where h.id = m.report_of + 1 and h.state = 'bounced' and h.reply <> ''))
        """;

    /// <summary>Raised after a canary has come back to this process.</summary>
    public event Action? CameBack;

    /// <inheritdoc/>
    public ConnectorLimits Limits { get; } = new(AtOnce, 1);

    /// <summary>As the dispatcher runs it.</summary>
    public ConnectorRuntime Runtime => new(RoutingTable.Canaries.Id, RoutingTable.Canaries.Name, RoutingTable.Canaries.Kind, this, null, RetrySchedule.Default);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<Transfer> transfers, CancellationToken cancellationToken)
    {
        var results = new List<DeliveryResult>();
        foreach (var transfer in transfers)
        {
            var (isAnswer, reporter) = transfer.Sender is null ? await ReadAsync(transfer, cancellationToken) : (false, "");
            foreach (var delivery in transfer.Deliveries)
            {
                var hasClosed = isAnswer && CanaryToken.TryRead(routing.Current.CanaryKey.Span, delivery.Recipient, out var token)
                    && await CloseAsync(token, transfer, reporter, cancellationToken);
                var reason = hasClosed ? "The canary has come back." : isAnswer ? "The canary was back, or was given up, before." : "It came for a canary and is not its report.";
                results.Add(new DeliveryResult(delivery.Id, new AttemptOutcome.Delivered("2.0.0", "", reason, "", Relayed: false)));
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<(bool IsFailure, string Reporter)> ReadAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        using var content = await contents.OpenAsync(transfer, cancellationToken);
        var message = MimeMessage.Read(content.AsSequence());
        var report = DeliveryReportReader.Read(message)?.Report;
        // An old system says it in plain text; only a report of the standard can be about something else than a failure.
        return (report is not { Recipients: { Count: > 0 } recipients } || recipients.Any(recipient => recipient.Action == ReportAction.Failed), ReporterOf(message, report));
    }

    // The post office that speaks, or empty: MS Mail's report names its postmaster, and so does the sender of any.
    private string ReporterOf(MimeMessage message, DeliveryReport? report)
    {
        if (report is not null && MsMailAddressText.Parse(report.ReportingMta.Text).TryAddress(out var postmaster, out _))
        {
            return postmaster.HomeKey;
        }

        var from = message.Root.Addresses("From").Mailboxes.FirstOrDefault(mailbox => mailbox.HasAddress);
        if (from is null || !MailAddress.TryParse(from.Address, out var address, out _))
        {
            return "";
        }

        var inner = address is SmtpAddress smtp && AddressEncapsulation.TryUnwrap(smtp, out var wrapped) ? wrapped : address;
        return (routing.Current.Book.Find(inner)?.Native ?? inner).HomeKey;
    }

    private async Task<bool> CloseAsync(string token, Transfer transfer, string reporter, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CloseSql);
        command.Parameters.Add(new() { Value = token });
        command.Parameters.Add(new() { Value = transfer.MessageId });
        command.Parameters.Add(new() { Value = transfer.AcceptedAt });
        command.Parameters.Add(new() { Value = reporter });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        CameBack?.Invoke();
        return true;
    }
}
