using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>The turns that most conversations with a peer share, and one message to send in them.</summary>
internal static class Dialogue
{
    public const string Hello =
        """
        S: 220 mx.example ESMTP
        C: EHLO postern.test
        S: 250-mx.example
        S: 250 PIPELINING

        """;

    public const string Envelope =
        """
        C: MAIL FROM:<jane@site1.example>
        C: RCPT TO:<bob@peer.example>
        C: DATA

        """;

    public const string EnvelopeTaken =
        """
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 354 Go on

        """;

    public const string Goodbye =
        """
        C: QUIT
        S: 221 Bye

        """;

    public static readonly Transfer Plain = Transfers.To("Subject: x\r\n\r\n.dot\r\n", "bob@peer.example");

    public static async Task<AttemptOutcome> DeliverAsync(ReplayPeer peer, Transfer transfer) => (await DeliverAllAsync(peer, transfer)).ShouldHaveSingleItem();

    public static async Task<IReadOnlyList<AttemptOutcome>> DeliverAllAsync(ReplayPeer peer, Transfer transfer)
    {
        await using var connector = Transfers.Connector(peer.Address);
        return await connector.DeliverAllAsync(transfer);
    }
}
