using System.Text;

namespace Postern.Domain.Mime;

/// <summary>The header fields that Postern itself reads; every other field is <see cref="Other"/> and is found by its name.</summary>
public enum KnownField
{
    Other,
    From,
    Sender,
    ReplyTo,
    To,
    Cc,
    Bcc,
    Subject,
    Date,
    MessageId,
    Received,
    AutoSubmitted,
    MimeVersion,
    ContentType,
    ContentTransferEncoding,
    ContentDisposition,
    InReplyTo,
    References,
}

internal static class FieldNames
{
    /// <summary>Recognises a field name without making a string of it.</summary>
    public static KnownField Match(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Is(name, "To"u8) ? KnownField.To : Is(name, "Cc"u8) ? KnownField.Cc : KnownField.Other,
        3 => Is(name, "Bcc"u8) ? KnownField.Bcc : KnownField.Other,
        4 => Is(name, "From"u8) ? KnownField.From : Is(name, "Date"u8) ? KnownField.Date : KnownField.Other,
        6 => Is(name, "Sender"u8) ? KnownField.Sender : KnownField.Other,
        7 => Is(name, "Subject"u8) ? KnownField.Subject : KnownField.Other,
        8 => Is(name, "Received"u8) ? KnownField.Received : Is(name, "Reply-To"u8) ? KnownField.ReplyTo : KnownField.Other,
        10 => Is(name, "Message-ID"u8) ? KnownField.MessageId : Is(name, "References"u8) ? KnownField.References : KnownField.Other,
        11 => Is(name, "In-Reply-To"u8) ? KnownField.InReplyTo : KnownField.Other,
        12 => Is(name, "Content-Type"u8) ? KnownField.ContentType
            : Is(name, "MIME-Version"u8) ? KnownField.MimeVersion : KnownField.Other,
        14 => Is(name, "Auto-Submitted"u8) ? KnownField.AutoSubmitted : KnownField.Other,
        19 => Is(name, "Content-Disposition"u8) ? KnownField.ContentDisposition : KnownField.Other,
        25 => Is(name, "Content-Transfer-Encoding"u8) ? KnownField.ContentTransferEncoding : KnownField.Other,
        _ => KnownField.Other,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);
}
