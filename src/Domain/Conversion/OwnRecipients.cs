using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Conversion;

/// <summary>
/// Who of a message's recipients is Postern's to deliver. The lines of an MS Mail message name everybody, those included whom their own post
/// office serves already; acting on these would give them a second copy (Q164850).
/// </summary>
/// <param name="Native">Mailboxes of our post offices, each once, in the order of the lines.</param>
/// <param name="Internet">Internet addresses, where the post office sends them through us as its gateway.</param>
/// <param name="Unreadable">Lines whose address cannot be understood; their sender has to be told.</param>
public sealed record OwnRecipients(
    IReadOnlyList<MsMailAddress> Native, IReadOnlyList<SmtpAddress> Internet, IReadOnlyList<MsMailRecipient> Unreadable)
{
    /// <summary>Sorts the lines of a message; mail to <c>*SPECIAL</c> is nobody's, because it holds a list for programs (Q112879).</summary>
    /// <param name="isOurs">Whether the network and post office of an address are one of our sites.</param>
    public static OwnRecipients Of(MsMailMessage message, MsMailProfile profile, Func<MsMailAddress, bool> isOurs)
    {
        var native = new List<MsMailAddress>();
        var internet = new List<SmtpAddress>();
        var unreadable = new List<MsMailRecipient>();
        foreach (var recipient in message.Recipients)
        {
            var address = recipient.Address;
            if (address.TryAddress(out var mailbox, out _))
            {
                if (isOurs(mailbox) && !address.IsMailbox(MsMailAddressText.SpecialMailbox))
                {
                    native.Add(mailbox);
                }
            }
            else if (address.TryInternet(out var smtp))
            {
                if (profile.UsesInternetSenders)
                {
                    internet.Add(smtp);
                }
            }
            else if (address.IsNative || address.Type == SmtpAddress.TypeName)
            {
                unreadable.Add(recipient);
            }
        }

        return new OwnRecipients([.. native.DistinctBy(a => a.Key)], [.. internet.DistinctBy(a => a.Key)], unreadable);
    }
}
