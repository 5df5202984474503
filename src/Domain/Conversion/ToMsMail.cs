using Postern.Domain.Addresses;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>What is to be carried to an MS Mail post office: a message and the deliveries that go there now.</summary>
public sealed record MsMailRequest
{
    public required MimeMessage Message { get; init; }

    public required IReadOnlyList<MsMailDelivery> Deliveries { get; init; }

    /// <summary>From <see cref="MsMailOriginator"/>.</summary>
    public required OriginatorText Originator { get; init; }

    public required MsMailProfile Profile { get; init; }

    /// <summary>Turns HTML into text where a message has nothing else.</summary>
    public required Func<string, string> HtmlToText { get; init; }

    /// <summary>When the message was accepted; stands in for a date that is missing or absurd.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The zone of the post office; the offset is that of the message's own day.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The MS Mail address of a person, by which reports name people; null for one who has none.</summary>
    public Func<SmtpAddress, MsMailAddress?> NativeOf { get; init; } = static _ => null;
}

/// <summary>A message for the put programs with the deliveries it carries.</summary>
public sealed record MsMailOutgoing(PutMessage Message, IReadOnlyList<MsMailDelivery> Deliveries);

/// <summary>A delivery that must not be made, and the sentence that says why.</summary>
public sealed record RefusedDelivery(MsMailDelivery Delivery, string Reason);

/// <summary>All messages made of one, the deliveries that none of them carries, and everything that was changed or lost on the way.</summary>
public sealed record MsMailOutput(
    IReadOnlyList<MsMailOutgoing> Messages, IReadOnlyList<RefusedDelivery> Refused, IReadOnlyList<ConversionLoss> Losses);

/// <summary>Turns an internet message into messages for GTWPUT, APPPUT or SMTPPUT.</summary>
/// <remarks>
/// The lines of a message name its own deliveries only, first those of To, then those of Cc, which the layout shows in the same way; the other
/// recipients stand in the text. Each hidden delivery is a message of its own, so that nobody sees it (Q156962). One copy per recipient, however
/// often it is named. Mail for <c>*SPECIAL</c>, and answers of programs to any mailbox that no person reads, are refused (Q112879, Q175447).
/// Relies on nothing but its arguments; fails never: what cannot be carried is in <see cref="MsMailOutput"/>.
/// </remarks>
public static class ToMsMail
{
    private const int FirstYear = 1980;
    private const int LastYear = 2099;

    public static MsMailOutput Convert(MsMailRequest request)
    {
        var losses = new List<ConversionLoss>(request.Originator.Losses);
        var refused = new List<RefusedDelivery>();
        var content = OutgoingMsMail.Of(request, losses);
        var date = SentDate.Local(request.Message, request.AcceptedAt, request.Zone, FirstYear, LastYear, losses);
        var note = new HeaderNote(request.Message, "");
        var sender = SenderLine(request);
        var messages = new List<MsMailOutgoing>();
        foreach (var group in Groups(request, content, refused))
        {
            var before = content.IsReport ? "" : sender + note.Of(Named(group, request.Profile));
            messages.Add(new MsMailOutgoing(
                new PutMessage
                {
                    From = request.Originator.Text,
                    Recipients = [.. group.Select(d => MsMailAddressText.Written(d.Recipient))],
                    Date = date,
                    Subject = content.Subject,
                    Priority = content.Priority,
                    Text = before.Length > 0 ? $"{before}\r\n{content.Text}" : content.Text,
                    Attachments = content.Files,
                },
                group));
        }

        return new MsMailOutput(messages, refused, [.. losses.Distinct()]);
    }

    // A copy stands on a To line and is therefore named as one in the text
    private static IEnumerable<string> Named(IReadOnlyList<MsMailDelivery> group, MsMailProfile profile) => group
        .Where(d => d.Class == RecipientClass.To || (d.Class == RecipientClass.Cc && !profile.NamesCopies))
        .Select(d => d.HeaderAddress);

    // The mailbox that stands for a stranger tells nobody who wrote
    private static string SenderLine(MsMailRequest request) =>
        request.Originator.Alias.Length > 0 && request.Message.Root.Addresses("From").Mailboxes is [var author, ..] ? $"From: {author}\r\n" : "";

    private static IEnumerable<IReadOnlyList<MsMailDelivery>> Groups(MsMailRequest request, OutgoingMsMail content, List<RefusedDelivery> refused)
    {
        var carried = new List<MsMailDelivery>();
        foreach (var delivery in request.Deliveries.OrderBy(d => d.Class).DistinctBy(d => d.Recipient))
        {
            if (RefusalOf(delivery.Recipient, content.IsAnswer) is { } reason)
            {
                refused.Add(new RefusedDelivery(delivery, reason));
            }
            else
            {
                carried.Add(delivery);
            }
        }

        foreach (var group in carried.Where(d => d.Class != RecipientClass.Bcc).Chunk(Math.Max(1, request.Profile.RecipientLimit)))
        {
            yield return group;
        }

        foreach (var hidden in carried.Where(d => d.Class == RecipientClass.Bcc))
        {
            yield return [hidden];
        }
    }

    private static string? RefusalOf(MsMailAddress recipient, bool isAnswer)
    {
        var text = MsMailAddressText.Parse(recipient.Text);
        if (text.IsMailbox(MsMailAddressText.SpecialMailbox))
        {
            return $"{recipient.Text} takes address lists of programs; mail to it would change the list of a post office.";
        }

        return isAnswer && text.IsSystem ? $"{recipient.Text} is read by a program; an answer to it would be answered without end." : null;
    }
}
