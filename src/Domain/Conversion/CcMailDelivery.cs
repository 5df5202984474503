using Postern.Domain.Addresses;
using Postern.Domain.Formats;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>
/// One delivery to a cc:Mail recipient: the address, on which line it stands, and how the header of the message names the same person
/// (empty when it does not). <see cref="HeaderRecipients.Delivery(CcMailAddress, string)"/> makes it for a recipient that came in as an internet address.
/// </summary>
public sealed record CcMailDelivery(CcMailAddress Recipient, RecipientClass Class, string HeaderAddress);

/// <summary>Who stands in the header of a message, read once for all its deliveries.</summary>
public sealed class HeaderRecipients
{
    private readonly List<(string Key, string Text)> to;
    private readonly List<(string Key, string Text)> cc;
    private readonly HashSet<string> toKeys;
    private readonly HashSet<string> ccKeys;

    public HeaderRecipients(MimeMessage message)
    {
        to = Read(message, "To");
        cc = Read(message, "Cc");
        toKeys = [.. to.Select(r => r.Key)];
        ccKeys = [.. cc.Select(r => r.Key)];
    }

    /// <summary>
    /// The delivery for a recipient of the envelope: To or Cc where the header names it, else Bcc, so that nobody learns of a recipient
    /// who was not named (Q231803, Q243184).
    /// </summary>
    public CcMailDelivery Delivery(CcMailAddress recipient, string envelopeAddress) => new(recipient, ClassOf(envelopeAddress), envelopeAddress);

    /// <summary>The same for a recipient at an MS Mail post office (Q156962).</summary>
    public MsMailDelivery Delivery(MsMailAddress recipient, string envelopeAddress) => new(recipient, ClassOf(envelopeAddress), envelopeAddress);

    internal IEnumerable<string> OthersInTo(IReadOnlySet<string> here) => Others(to, here);

    internal IEnumerable<string> OthersInCc(IReadOnlySet<string> here) => Others(cc, here);

    /// <summary>Equal for two spellings of one mailbox.</summary>
    internal static string Key(string address) =>
        SmtpAddress.TryParse(address, out var parsed, out _) ? parsed.Key : NameKey.Fold(address);

    private RecipientClass ClassOf(string address)
    {
        var key = Key(address);
        return toKeys.Contains(key) ? RecipientClass.To : ccKeys.Contains(key) ? RecipientClass.Cc : RecipientClass.Bcc;
    }

    private static IEnumerable<string> Others(List<(string Key, string Text)> list, IReadOnlySet<string> here) =>
        list.Where(r => !here.Contains(r.Key)).DistinctBy(r => r.Key).Select(r => r.Text);

    private static List<(string Key, string Text)> Read(MimeMessage message, string field) =>
        [.. message.Root.Addresses(field).Mailboxes.Select(m => (Key(m.HasAddress ? m.Address : m.DisplayName), m.ToString()))];
}
