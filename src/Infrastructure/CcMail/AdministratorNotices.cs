using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>
/// Sends what could not be converted, or matched to any message, to the "Administrator's mailbox" of the post office (Exchange 5.5
/// Administrator, Post Office tab).
/// </summary>
/// <remarks>
/// A notice is a report: it has a null sender and is never answered. It bears the identity of the file it speaks of, so that reading that file
/// again after a crash sends it once. No more than <see cref="MostPerHour"/> go out in an hour, whatever comes in: a mailbox that sends its
/// mail back cannot make a loop of it. What is not sent stands in the events all the same.
/// </remarks>
internal sealed class AdministratorNotices(CcMailLink link, AcceptMessage accept)
{
    /// <summary>Enough to see what is wrong, little enough to be read.</summary>
    public const int MostPerHour = 20;

    /// <summary>A larger file is looked at where it lies.</summary>
    private const int LargestFile = 128 * 1024;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Queue<DateTimeOffset> sent = new();

    /// <summary>Sends a notice.</summary>
    /// <param name="identity">Of the file, or of the message in it; what was told of once is not told again.</param>
    /// <param name="text">What happened and where the file lies, in sentences.</param>
    /// <param name="path">The file in <c>Bad</c>; it travels with the notice.</param>
    /// <exception cref="IntakeUnavailableException">The intake takes nothing now; try again with the same identity.</exception>
    public async Task SendAsync(PickupIdentity identity, string text, string path, CancellationToken cancellationToken)
    {
        if (!TryRoute(out var address, out var route) || !HasTurn())
        {
            return;
        }

        using var content = Write(address, identity, text, path);
        switch (await accept(MessageOf(address, route, identity, content), cancellationToken))
        {
            case IntakeResult.Accepted:
                TakeTurn();
                break;
            case IntakeResult.TryLater later:
                throw new IntakeUnavailableException($"The notice to the administrator of {link.Settings.PostOfficeName} waits: {later.Reason}");
        }
    }

    private bool TryRoute(out MailAddress address, out RouteDecision.Routed route)
    {
        route = null!;
        if (!MailAddress.TryParse(link.Settings.AdministratorAddress, out address!, out _)
            || link.Routes().Resolve(address) is not RouteDecision.Routed found)
        {
            return false;
        }

        route = found;
        return true;
    }

    private bool HasTurn()
    {
        lock (sent)
        {
            while (sent.TryPeek(out var oldest) && link.Clock.GetUtcNow() - oldest >= Hour)
            {
                sent.Dequeue();
            }

            return sent.Count < MostPerHour;
        }
    }

    private void TakeTurn()
    {
        lock (sent)
        {
            sent.Enqueue(link.Clock.GetUtcNow());
        }
    }

    private string Domain => link.OwnSite()?.SmtpDomains is [var first, ..] ? first : "postern.invalid";

    private string MessageIdOf(PickupIdentity identity) =>
        $"n-{Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(identity.FileId))[..Math.Min(64, identity.FileId.Length * 2)]}.{identity.Ordinal}.{link.ConnectorId}@{Domain}";

    private IncomingMessage MessageOf(MailAddress address, RouteDecision.Routed route, PickupIdentity identity, MessageContent content) => new()
    {
        Source = link.Name,
        Peer = $"{link.Settings.PostOfficeName} {identity.FileId}/{identity.Ordinal}",
        Sender = null,
        Recipients = [new IncomingRecipient(route, address.ToString(), Notify.Never, Queue.RecipientClass.To)],
        Content = content,
        HeaderId = MessageIdOf(identity),
        Subject = Subject,
        IsReport = true,
        Identity = identity,
    };

    private string Subject => $"Notice from the connector to {Storable.Text(link.Settings.PostOfficeName, 100)}";

    private MessageContent Write(MailAddress address, PickupIdentity identity, string text, string path)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.Write(
            new MessageDraft
            {
                From = new Mailbox("Mail Delivery System", $"postmaster@{Domain}"),
                To = [new Mailbox("", link.Routes().SmtpFaceOf(address)?.Text ?? address.Text)],
                Subject = Subject,
                Date = link.Clock.GetUtcNow(),
                MessageId = $"<{MessageIdOf(identity)}>",
                MoreFields = [new("Auto-Submitted", "auto-generated")],
                Parts = [new DraftPart.Text(text + "\r\n"), .. FileOf(path)],
            },
            output);
        return MessageContent.FromMemory(output.WrittenMemory);
    }

    // The words alone are worth sending when the file is gone or too large.
    private static IEnumerable<DraftPart> FileOf(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? [new DraftPart.File(Path.GetFileName(path), "application/octet-stream", new ReadOnlySequence<byte>(File.ReadAllBytes(path)))]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
