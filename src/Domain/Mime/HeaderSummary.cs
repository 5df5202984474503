using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>What intake must know of a message before it is stored, taken from its header in one pass. Every text is bounded and
/// storable: no U+0000, no control characters, no half surrogates.</summary>
/// <remarks>The body is not looked at. Field ranges count from the start of the content that was read.</remarks>
public sealed class HeaderSummary
{
    public const int LongestSubject = 500;
    public const int LongestMessageId = 500;
    public const int LongestName = 250;

    /// <summary>Bytes of a value that can matter for a bounded text: 500 characters, each a Q-encoded surrogate pair, and folds.</summary>
    private const int LongestValue = 12 * 1024;

    private readonly List<HeaderField> recipients = new(2);

    private HeaderSummary()
    {
    }

    /// <summary>With its angle brackets, as sent; null when there is none.</summary>
    public string? MessageId { get; private set; }

    public string Subject { get; private set; } = "";

    public string FromName { get; private set; } = "";

    public string FromAddress { get; private set; } = "";

    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>Number of Received fields: the hops so far.</summary>
    public int ReceivedCount { get; private set; }

    /// <summary>A byte beyond ASCII stands in the header: only a peer with SMTPUTF8 is sure to take it.</summary>
    public bool HasEightBitHeader { get; private set; }

    /// <summary>The whole message is signed or encrypted (S/MIME or PGP/MIME), so its bytes must not be changed.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>An Auto-Submitted field other than "no" (RFC 3834): never to be answered automatically.</summary>
    public bool IsAutoSubmitted { get; private set; }

    /// <summary>A delivery report by its type (RFC 3464).</summary>
    public bool IsReport { get; private set; }

    /// <summary>Message-ID, without brackets, of what it answers: of In-Reply-To, else the last of References; empty when it answers nothing.</summary>
    public string Answers { get; private set; } = "";

    /// <summary>It may hold files with names: it has parts, or is no text itself.</summary>
    public bool MayHoldFiles { get; private set; }

    /// <summary>From the first byte to the blank line, which is part of it.</summary>
    public ByteRange Header { get; private set; }

    public MimeFaults Faults { get; private set; }

    public static HeaderSummary Read(ReadOnlySpan<byte> content)
    {
        var summary = new HeaderSummary();
        var lines = new LineScanner(content);
        var limits = MimeLimits.Standard;
        var scanner = new HeaderScanner(limits.Fields, limits.HeaderBytes, 0);
        var seen = 0;
        while (scanner.TryNext(ref lines, out var field))
        {
            if (field.Kind == KnownField.Received)
            {
                summary.ReceivedCount++;
            }
            else if (field.Kind is KnownField.To or KnownField.Cc or KnownField.Bcc)
            {
                summary.recipients.Add(field);
            }
            else if (field.Kind != KnownField.Other && (seen & (1 << (int)field.Kind)) == 0)
            {
                seen |= 1 << (int)field.Kind;
                var value = content.Slice((int)field.Value.Offset, (int)Math.Min(field.Value.Length, LongestValue));
                summary.Take(field.Kind, value);
            }
        }

        summary.Header = ByteRange.Between(0, lines.LineStart);
        summary.HasEightBitHeader = !Ascii.IsValid(content[..(int)lines.LineStart]);
        summary.Faults |= scanner.Faults;
        return summary;
    }

    /// <summary>As the other; content in several segments is copied up to the end of its header, never beyond.</summary>
    public static HeaderSummary Read(in ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment)
        {
            return Read(content.FirstSpan);
        }

        var header = Math.Min(HeaderLength(content), MimeLimits.Standard.HeaderBytes + 2L);
        var rented = ArrayPool<byte>.Shared.Rent((int)header);
        content.Slice(0, header).CopyTo(rented);
        var summary = Read(rented.AsSpan(0, (int)header));
        ArrayPool<byte>.Shared.Return(rented);
        return summary;
    }

    /// <summary>The addresses of the To, Cc or Bcc fields, read when they are asked for, from the content that was summarised.</summary>
    public AddressList Recipients(in ReadOnlySequence<byte> content, KnownField kind, int maximum = AddressList.StandardMaximum)
    {
        var all = AddressList.Empty;
        foreach (var field in recipients)
        {
            if (field.Kind == kind)
            {
                var text = HeaderText.Unfold(field.Value.In(content));
                all = all.Join(AddressList.Parse(text, maximum - all.Mailboxes.Count));
            }
        }

        return all;
    }

    private static long HeaderLength(in ReadOnlySequence<byte> content)
    {
        var lines = new LineScanner(content, null);
        while (!lines.AtEnd && !lines.IsBlank && lines.LineStart <= MimeLimits.Standard.HeaderBytes)
        {
            lines.Advance();
        }

        lines.Advance();
        return lines.LineStart;
    }

    private void Take(KnownField kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case KnownField.MessageId:
                var id = StorableText.Clean(HeaderText.Unfold(value), LongestMessageId);
                MessageId = id.Length == 0 ? null : id;
                break;
            case KnownField.Subject:
                Subject = StorableText.Clean(HeaderText.Decode(value), LongestSubject);
                break;
            case KnownField.From:
                TakeFrom(value);
                break;
            case KnownField.Date:
                SentAt = MessageDate.TryParse(HeaderText.Unfold(value), out var date) ? date : null;
                Faults |= SentAt is null ? MimeFaults.BadDate : MimeFaults.None;
                break;
            case KnownField.ContentType:
                var type = ContentType.Parse(HeaderText.Unfold(value), out var faults);
                IsSealed = type.IsSealed;
                IsReport = type.Is("multipart", "report");
                MayHoldFiles = !type.IsText || type.Parameters["name"] is not null;
                Faults |= faults;
                break;
            case KnownField.InReplyTo:
                Answers = StorableText.Clean(HeaderIds.First(HeaderText.Unfold(value)) is { Length: > 0 } parent ? parent : Answers, LongestMessageId);
                break;
            case KnownField.References when Answers.Length == 0:
                Answers = StorableText.Clean(HeaderIds.Last(HeaderText.Unfold(value)), LongestMessageId);
                break;
            case KnownField.ContentDisposition:
                MayHoldFiles = true;
                break;
            case KnownField.AutoSubmitted:
                IsAutoSubmitted = !HeaderText.Unfold(value).StartsWith("no", StringComparison.OrdinalIgnoreCase);
                break;
        }
    }

    private void TakeFrom(ReadOnlySpan<byte> value)
    {
        var list = AddressList.Parse(HeaderText.Unfold(value), 1);
        Faults |= list.Faults & ~MimeFaults.TooManyAddresses;
        if (list.Mailboxes.Count > 0)
        {
            FromName = StorableText.Clean(list.Mailboxes[0].DisplayName, LongestName);
            FromAddress = list.Mailboxes[0].Address;
        }
    }
}
