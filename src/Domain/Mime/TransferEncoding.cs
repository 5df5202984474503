namespace Postern.Domain.Mime;

/// <summary>How the bytes of a part were made fit for transport (RFC 2045, 6).</summary>
public enum TransferEncoding
{
    SevenBit,
    EightBit,
    Binary,
    QuotedPrintable,
    Base64,
    Uuencode,

    /// <summary>A label that nobody knows; the bytes are taken as they are.</summary>
    Unknown,
}

internal static class TransferEncodings
{
    public static TransferEncoding Parse(string value)
    {
        var end = value.AsSpan().IndexOfAny(" \t;(");
        var name = (end < 0 ? value : value[..end]).Trim('"', '\'', '.');
        return name.ToUpperInvariant() switch
        {
            "" or "7BIT" or "7-BIT" => TransferEncoding.SevenBit,
            "8BIT" or "8-BIT" or "8BITS" => TransferEncoding.EightBit,
            "BINARY" => TransferEncoding.Binary,
            "QUOTED-PRINTABLE" => TransferEncoding.QuotedPrintable,
            "BASE64" => TransferEncoding.Base64,
            "UUENCODE" or "X-UUENCODE" or "X-UUE" or "X-UU" => TransferEncoding.Uuencode,
            _ => TransferEncoding.Unknown,
        };
    }

    public static bool IsEncoded(this TransferEncoding encoding) =>
        encoding is TransferEncoding.QuotedPrintable or TransferEncoding.Base64 or TransferEncoding.Uuencode;
}
