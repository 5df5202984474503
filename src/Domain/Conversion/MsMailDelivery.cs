using Postern.Domain.Addresses;
using Postern.Domain.Formats;

namespace Postern.Domain.Conversion;

/// <summary>
/// One delivery to an MS Mail recipient: the address, on which line of the header it stands, and how the header names the same person (empty
/// when it does not). <see cref="HeaderRecipients.Delivery(MsMailAddress, string)"/> makes it for a recipient that came in as an internet address.
/// </summary>
public sealed record MsMailDelivery(MsMailAddress Recipient, RecipientClass Class, string HeaderAddress);
