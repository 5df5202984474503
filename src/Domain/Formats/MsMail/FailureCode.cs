namespace Postern.Domain.Formats.MsMail;

/// <summary>
/// The numbers 001 to 030 by which a "Mail failure" of MS Mail says why (each documented by an article of its own), and the status codes of
/// RFC 3463 they stand for: one table for both ways.
/// </summary>
public static class FailureCode
{
    /// <summary>A read receipt has a number too and is no failure (Q131523).</summary>
    public const int ReadReceipt = 13;

    public const int UnableToDeliver = 1;
    public const int UnknownAddress = 2;
    public const int HopCount = 3;
    public const int CircularRoute = 4;
    public const int RetryCount = 5;
    public const int TooLarge = 9;
    public const int FullMailbag = 17;
    public const int CannotBeParsed = 29;
    public const int DuplicateAddress = 30;

    /// <summary>The highest number that is documented.</summary>
    public const int Highest = 30;

    /// <summary>The status a number means; 5.0.0 for one that is not documented.</summary>
    public static string StatusOf(int code) => code switch
    {
        UnableToDeliver or 8 => "5.2.0",
        UnknownAddress => "5.1.1",
        HopCount or CircularRoute => "5.4.6",
        RetryCount => "5.4.7",
        7 => "5.2.4",
        TooLarge => "5.3.4",
        12 or 23 or CannotBeParsed => "5.6.0",
        16 or 18 or 21 or 24 => "5.3.0",
        FullMailbag => "5.2.2",
        DuplicateAddress => "5.1.4",
        _ => "5.0.0",
    };

    /// <summary>The number under which a status is told to a sender at an MS Mail post office.</summary>
    public static int OfStatus(string status)
    {
        var detail = status.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? status[(dot + 1)..] : "";
        return detail switch
        {
            "1.4" => DuplicateAddress,
            _ when detail.StartsWith("1.", StringComparison.Ordinal) => UnknownAddress,
            "2.1" => UnknownAddress,
            "2.2" => FullMailbag,
            "2.3" or "3.4" => TooLarge,
            "4.6" => CircularRoute,
            "4.7" => RetryCount,
            _ when detail.StartsWith("6.", StringComparison.Ordinal) => CannotBeParsed,
            _ => UnableToDeliver,
        };
    }

    /// <summary>The words of the original for the numbers that Postern writes; 001, 017 and 030 are not printed anywhere public and have our own.</summary>
    public static string TextOf(int code) => code switch
    {
        UnknownAddress => "Mail was received that was addressed to unknown addresses.",
        HopCount => "Message hop count exceeded.",
        CircularRoute => "Message circular route detected.",
        RetryCount => "Mail retry count exceeded.",
        TooLarge => "Mail maximum size exceeded.",
        FullMailbag => "Mail was not delivered: the mailbag is full.",
        CannotBeParsed => "This mail message could not be parsed correctly.",
        DuplicateAddress => "Mail was not delivered: the address stands for more than one mailbox.",
        _ => "Unable to deliver.",
    };
}
