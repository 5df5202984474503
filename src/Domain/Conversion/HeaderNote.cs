using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>
/// The short text before a message that says what the address lines cannot: who else got it, where replies should go, the whole subject.
/// The address lines themselves carry the deliveries of the file alone, so that nobody gets a second copy.
/// </summary>
internal sealed class HeaderNote
{
    public const string Title = "Also to";

    private const int NameLimit = 200;

    private readonly HeaderRecipients recipients;
    private readonly string more;

    /// <summary>A subject that is given is one that will be cut, and stands whole in the note.</summary>
    public HeaderNote(MimeMessage message, string cutSubject)
    {
        recipients = new HeaderRecipients(message);
        var replyTo = message.Root.Addresses("Reply-To").Mailboxes.Where(CanBeAnswered).Take(NameLimit).ToList();
        var from = message.Root.Addresses("From").Mailboxes.Take(NameLimit).Select(m => HeaderRecipients.Key(m.Address)).ToHashSet();
        var isElsewhere = replyTo.Any(m => !from.Contains(HeaderRecipients.Key(m.Address)));
        more = (isElsewhere ? $"Reply to: {string.Join("; ", replyTo)}\r\n" : "") + (cutSubject.Length > 0 ? $"Subject: {cutSubject}\r\n" : "");
    }

    /// <summary>The note of a file that names these addresses of the header itself.</summary>
    public string Of(IEnumerable<string> namedInFile)
    {
        var here = namedInFile.Select(HeaderRecipients.Key).ToHashSet();
        var note = new StringBuilder();
        AddNames(note, "Also to: ", [.. recipients.OthersInTo(here)]);
        AddNames(note, "Also cc: ", [.. recipients.OthersInCc(here)]);
        return note.Append(more).ToString();
    }

    /// <summary>Whether the subject will be cut in the post office's code page.</summary>
    public static bool IsCut(string subject, CcMailProfile profile)
    {
        var losses = new List<ConversionLoss>();
        ImportHeader.Subject(subject, profile, losses);
        return losses.Any(l => l.Kind == LossKind.Shortened);
    }

    // A reply address that cannot be understood says nothing: the reply goes to the sender (Q158379).
    private static bool CanBeAnswered(Mailbox mailbox) => mailbox.HasAddress && SmtpAddress.TryParse(mailbox.Address, out _, out _);

    private static void AddNames(StringBuilder note, string label, List<string> others)
    {
        if (others.Count == 0)
        {
            return;
        }

        note.Append(label).AppendJoin("; ", others.Take(NameLimit));
        note.Append(others.Count > NameLimit ? $" and {others.Count - NameLimit} more\r\n" : "\r\n");
    }
}
