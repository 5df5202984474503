using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Where a line of a file ends; the gateway programs are told by <c>-f0</c>, <c>-f1</c> or <c>-f2</c> (Q85055).</summary>
public enum LineEnd
{
    Unknown,

    /// <summary><c>-f0</c>, what the programs take when they are told nothing.</summary>
    CarriageReturn,

    /// <summary><c>-f1</c>.</summary>
    LineFeed,

    /// <summary><c>-f2</c>, what Postern writes and asks for.</summary>
    CarriageReturnLineFeed,
}

/// <summary>Whether a line end that no size counts stands between the header of a message and its body. Public documents do not settle it.</summary>
public enum BodyGap
{
    Unknown,
    None,
    LineEnd,
}

/// <summary>Everything about one MS Mail post office that decides how its message files are read and written.</summary>
/// <remarks>
/// Each question that public documents leave open has an option here, preset to the choice that cannot do harm; what a peer's own files
/// show is learnt by <see cref="LearnedGap"/>. Files are never written in the extended layout, because its tokens are not public.
/// </remarks>
public sealed record MsMailProfile
{
    /// <summary>The code page of names and text (Q87432, Q132059); 1252 for a post office whose Windows clients put in their own.</summary>
    public int CodePage { get; init; } = 850;

    /// <summary>The network of our own post office, the shadow post office of the site; senders live there (Q85053).</summary>
    public string Network { get; init; } = "POSTERN";

    /// <summary>The name of our own post office in its network.</summary>
    public string PostOffice { get; init; } = "SITE1";

    /// <summary>How lines end in files that are written; what is read tells by itself.</summary>
    public LineEnd LineEnd { get; init; } = LineEnd.CarriageReturnLineFeed;

    /// <summary>What stands behind <c>VERSION:</c> in files that are written; any is read.</summary>
    public string Version { get; init; } = "3.00";

    /// <summary>An uncounted line end before the body of files that are read; where it is unknown, the file itself is asked.</summary>
    public BodyGap BodyGap { get; init; } = BodyGap.Unknown;

    /// <summary>Writes <c>ATTACHMENTS:</c>, as the programs' own table prints it, and not <c>ATTACHMENT:</c>, as they write it (Q118785).</summary>
    public bool UsesPluralAttachmentToken { get; init; }

    /// <summary>Between the names of an <c>XATTACH:</c> line that is read; never written.</summary>
    public char ExternalNameSeparator { get; init; } = ' ';

    /// <summary>Bytes of a header line; an internet sender whose address needs more gets a mailbox of our own post office.</summary>
    public int HeaderLineLimit { get; init; } = 250;

    /// <summary>Recipients of one message; about 350 fit in the programs' memory (Q98811).</summary>
    public int RecipientLimit { get; init; } = 100;

    /// <summary>Characters of a subject in a mailbag (Q156844); 63 for a post office behind Mail Connection 3.2 (Q117581).</summary>
    public int SubjectLimit { get; init; } = 40;

    /// <summary>Columns after which a line of text is broken on a blank, before the programs do it anywhere (Q111860).</summary>
    public int LineLimit { get; init; } = 78;

    /// <summary>A caret in an address begins a code such as <c>^0D</c> and how it is escaped is not known: it becomes a hyphen.</summary>
    public bool ReplacesCarets { get; init; } = true;

    /// <summary>Writes <c>PRIORITY:R</c> where the sender asks for a read receipt (Q112915).</summary>
    public bool AsksForReceipts { get; init; } = true;

    /// <summary>Writes <c>PRIORITY:C</c> on receipts; off, because nobody has shown that a put takes it.</summary>
    public bool WritesReceiptPriority { get; init; }

    /// <summary>Messages in one file, 1 to 50: what the programs deliver in one run (Q115490).</summary>
    public int MessagesPerFile { get; init; } = 1;

    /// <summary>
    /// Internet senders are written as <c>SMTP:user@host</c>, which the programs of the SMTP gateway take; off, they get a mailbox of our
    /// own post office.
    /// </summary>
    public bool UsesInternetSenders { get; init; }

    /// <summary>The order of day, month and year in the texts of failures and receipts (Q132059); <c>DATE:</c> has its own.</summary>
    public DateOrder DateOrder { get; init; } = DateOrder.MonthDayYear;

    /// <summary>Names the recipients of copies in the text, because the layout has no line for them (Q87223).</summary>
    public bool NamesCopies { get; init; } = true;

    /// <summary>Windows clients begin each text with an empty line (Q98209); one is left out of what people see.</summary>
    public bool StripsFirstEmptyLine { get; init; } = true;

    /// <summary>The header that clients put on top of a text, down to a line of dashes, is left out of what people see (Q119356).</summary>
    public bool StripsClientHeader { get; init; } = true;

    /// <summary>The code page without best-fit mapping: what has no exact place is replaced visibly.</summary>
    public Encoding TextEncoding => OemText.Page(CodePage);

    /// <summary>The sender of reports: POSTMASTER at our own post office.</summary>
    public string Postmaster => $"{MsMailAddressText.WrittenType}:{Network}/{PostOffice}/{MsMailAddressText.PostmasterMailbox}";

    /// <summary>Text of the post office's files.</summary>
    public string Decode(ReadOnlySequence<byte> bytes) => TextEncoding.GetString(bytes);
}
