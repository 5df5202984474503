using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Mime;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Whom the header names in To and Cc; an envelope recipient who is in neither was a blind copy.</summary>
internal sealed class NamedRecipients
{
    public static readonly NamedRecipients None = new();

    private readonly Dictionary<string, RecipientClass> byKey = new(StringComparer.Ordinal);

    private NamedRecipients()
    {
    }

    /// <summary>Reads the address fields; an address of somebody in the directory also names that person's mailbox.</summary>
    public static NamedRecipients Read(HeaderSummary header, in ReadOnlySequence<byte> content, AddressBook book)
    {
        var named = new NamedRecipients();
        named.Take(header.Recipients(content, KnownField.To), RecipientClass.To, book);
        named.Take(header.Recipients(content, KnownField.Cc), RecipientClass.Cc, book);
        return named;
    }

    public RecipientClass ClassOf(IEnumerable<MailAddress> addresses, MailAddress target)
    {
        foreach (var address in addresses.Append(target))
        {
            if (byKey.TryGetValue(address.Key, out var found))
            {
                return found;
            }
        }

        return RecipientClass.NotNamed;
    }

    private void Take(AddressList list, RecipientClass field, AddressBook book)
    {
        foreach (var mailbox in list.Mailboxes)
        {
            if (!mailbox.HasAddress || !SmtpAddress.TryParse(mailbox.Address, out var address, out _))
            {
                continue;
            }

            byKey.TryAdd(address.Key, field);
            if (book.Find(address) is { } entry)
            {
                byKey.TryAdd(entry.Native.Key, field);
            }
        }
    }
}
