namespace Postern.Domain.Mime;

/// <summary>What was wrong with content that was read all the same. A reader returns these beside its result and never throws for content.</summary>
[Flags]
public enum MimeFaults
{
    None = 0,

    /// <summary>A header was longer, or had more fields, than the limits allow; the fields beyond were passed over.</summary>
    HeaderTooLong = 1 << 0,

    /// <summary>More parts than the limits allow; the last part holds the rest as it is.</summary>
    TooManyParts = 1 << 1,

    /// <summary>Parts nested deeper than the limits allow; the inner ones were left as one block.</summary>
    TooDeep = 1 << 2,

    /// <summary>A multipart without a usable boundary; left as one block.</summary>
    BoundaryMissing = 1 << 3,

    /// <summary>A multipart whose last boundary line never came: the message may have been cut.</summary>
    FinalBoundaryMissing = 1 << 4,

    /// <summary>A boundary line stood inside a header.</summary>
    BoundaryInHeader = 1 << 5,

    /// <summary>The blank line between header and body was missing.</summary>
    BlankLineMissing = 1 << 6,

    /// <summary>A header line that is no field, or a continuation of nothing.</summary>
    FieldMalformed = 1 << 7,

    /// <summary>A field that may stand once stood more than once; the first counts.</summary>
    FieldDuplicated = 1 << 8,

    /// <summary>A Content-Type that cannot be read; taken as text/plain (RFC 2045, 5.2).</summary>
    BadContentType = 1 << 9,

    /// <summary>A Content-Transfer-Encoding nobody knows; the bytes are kept as they are.</summary>
    UnknownEncoding = 1 << 10,

    /// <summary>A multipart or message labelled with an encoding that RFC 2045, 6.4 forbids for it.</summary>
    EncodedContainer = 1 << 11,

    /// <summary>Characters that do not belong to the transfer encoding; they were skipped or taken literally.</summary>
    BadEncodedData = 1 << 12,

    /// <summary>Encoded data ended in the middle of a unit.</summary>
    EncodedDataCut = 1 << 13,

    /// <summary>A character set nobody knows; read as windows-1252.</summary>
    UnknownCharset = 1 << 14,

    /// <summary>Bytes that are no characters of the named set; shown as U+FFFD.</summary>
    BadCharacters = 1 << 15,

    /// <summary>A parameter that cannot be read, or more parameters than the limits allow.</summary>
    BadParameter = 1 << 16,

    /// <summary>An address list with an entry that is no address.</summary>
    BadAddress = 1 << 17,

    /// <summary>More addresses than the limits allow; the rest was left out.</summary>
    TooManyAddresses = 1 << 18,

    /// <summary>A date that cannot be read.</summary>
    BadDate = 1 << 19,

    /// <summary>A text or name was longer than its bound and was cut.</summary>
    TextCut = 1 << 20,

    /// <summary>A delivery report without the fields that RFC 3464 asks for.</summary>
    BadReport = 1 << 21,
}

/// <summary>One fault and the place in the content where it was seen.</summary>
public readonly record struct MimeFault(MimeFaults Kind, long Offset);
