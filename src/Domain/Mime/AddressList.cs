namespace Postern.Domain.Mime;

/// <summary>The mailboxes of an address field (RFC 5322, 3.4, obsolete forms included), members of groups among them.</summary>
public sealed class AddressList
{
    /// <summary>Addresses taken from one field unless the caller says otherwise.</summary>
    public const int StandardMaximum = 10_000;

    internal AddressList(IReadOnlyList<Mailbox> mailboxes, MimeFaults faults)
    {
        Mailboxes = mailboxes;
        Faults = faults;
    }

    public static AddressList Empty { get; } = new([], MimeFaults.None);

    public IReadOnlyList<Mailbox> Mailboxes { get; }

    public MimeFaults Faults { get; }

    /// <summary>Reads the unfolded value of a field, encoded words still in it.</summary>
    public static AddressList Parse(string value, int maximum = StandardMaximum) => new AddressReader(value, maximum).Read();

    internal AddressList Join(AddressList more) => new([.. Mailboxes, .. more.Mailboxes], Faults | more.Faults);
}
