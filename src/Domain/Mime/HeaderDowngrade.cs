using System.Buffers;
using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Mime;

/// <summary>Rewrites the fields that hold bytes beyond ASCII for a peer that takes no others (RFC 6532 is for SMTPUTF8 alone): words become
/// encoded words (RFC 2047), parameters are written by RFC 2231, domains in their DNS form. Everything else stays byte for byte.</summary>
public static class HeaderDowngrade
{
    private const int LongestName = 76; // of a field, which stands on its first line with room for something

    /// <summary>Their values are identifiers, dates or traces: an encoded word in them would mean something else.</summary>
    private static readonly string[] Fixed = ["References", "In-Reply-To", "Return-Path", "List-Id", "DKIM-Signature"];

    private static readonly string[] Addressed = ["Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc", "Disposition-Notification-To", "Errors-To"];

    /// <summary>Writes the message anew, or nothing and why not: fields inside a signature are <see cref="DowngradeOutcome.Sealed"/>, a local part or a
    /// Message-ID beyond ASCII is <see cref="DowngradeOutcome.Impossible"/> (both 5.6.7).</summary>
    public static DowngradeOutcome Write(MimeMessage message, IBufferWriter<byte> output)
    {
        var changes = new List<Change>();
        var outcome = Plan(message.Root, isSealed: false, changes);
        if (outcome == DowngradeOutcome.Rewritten)
        {
            long at = 0;
            foreach (var (line, bytes) in changes.OrderBy(change => change.Line.Offset))
            {
                output.WriteAll(ByteRange.Between(at, line.Offset).In(message.Content));
                output.Write(bytes);
                at = line.End;
            }

            output.WriteAll(ByteRange.Between(at, message.Content.Length).In(message.Content));
        }

        return outcome;
    }

    private static DowngradeOutcome Plan(MimePart part, bool isSealed, List<Change> changes)
    {
        var outcome = PlanHeader(part, isSealed, changes);
        var seals = isSealed || (part.ContentType.IsMultipart && part.ContentType.IsSealed);
        foreach (var child in part.Children)
        {
            var inner = Plan(child, seals, changes);
            outcome = inner > outcome ? inner : outcome;
        }

        return outcome;
    }

    private static DowngradeOutcome PlanHeader(MimePart part, bool isSealed, List<Change> changes)
    {
        if (!EightBit.IsIn(part.HeaderRange.In(part.WholeContent)))
        {
            return DowngradeOutcome.Unneeded;
        }

        if (isSealed)
        {
            return DowngradeOutcome.Sealed;
        }

        var at = part.HeaderRange.Offset;
        foreach (var field in part.Fields)
        {
            // Between fields stands what is none; nobody knows what it means, so nobody can say it in ASCII.
            if (EightBit.IsIn(ByteRange.Between(at, field.Line.Offset).In(part.WholeContent)))
            {
                return DowngradeOutcome.Impossible;
            }

            at = field.Line.End;
            if (!EightBit.IsIn(field.Line.In(part.WholeContent)))
            {
                continue;
            }

            if (Encoded(part, field) is not { } bytes)
            {
                return DowngradeOutcome.Impossible;
            }

            changes.Add(new Change(field.Line, bytes));
        }

        return EightBit.IsIn(ByteRange.Between(at, part.HeaderRange.End).In(part.WholeContent)) ? DowngradeOutcome.Impossible : DowngradeOutcome.Rewritten;
    }

    /// <summary>The field in ASCII; null where its syntax has no place for an encoded word.</summary>
    private static byte[]? Encoded(MimePart part, HeaderField field)
    {
        var name = part.NameOf(field);
        var output = new ArrayBufferWriter<byte>();
        var isWritten = name.Length <= LongestName && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && field.Kind switch
        {
            KnownField.From or KnownField.Sender or KnownField.ReplyTo or KnownField.To or KnownField.Cc or KnownField.Bcc => WriteAddresses(part, field, name, output),
            KnownField.ContentType or KnownField.ContentDisposition => WriteParameters(part, field, name, output),
            KnownField.Subject => WriteText(part, field, name, output),
            KnownField.Other => Is(name, Addressed) ? WriteAddresses(part, field, name, output) : !Is(name, Fixed) && WriteText(part, field, name, output),
            _ => false,
        };
        return isWritten && !output.WrittenSpan.ContainsAnyExceptInRange((byte)0, (byte)127) ? output.WrittenSpan.ToArray() : null;
    }

    private static bool WriteText(MimePart part, HeaderField field, string name, ArrayBufferWriter<byte> output)
    {
        new HeaderWriter(output).Text(name, HeaderText.Decode(part.RawValue(field)));
        return true;
    }

    private static bool WriteAddresses(MimePart part, HeaderField field, string name, ArrayBufferWriter<byte> output)
    {
        var list = AddressList.Parse(HeaderText.Unfold(part.RawValue(field)));
        new HeaderWriter(output).Mailboxes(name, [.. list.Mailboxes.Select(InDnsForm)]);
        return list.Mailboxes.Count > 0 && (list.Faults & MimeFaults.TooManyAddresses) == 0;
    }

    private static Mailbox InDnsForm(Mailbox mailbox)
    {
        var at = mailbox.Address.LastIndexOf('@');
        return at > 0 && !Ascii.IsValid(mailbox.Address.AsSpan(at)) && SmtpAddress.TryParse(mailbox.Address, out var address, out _)
            ? mailbox with { Address = $"{mailbox.Address[..at]}@{address.AsciiDomain}" }
            : mailbox;
    }

    private static bool WriteParameters(MimePart part, HeaderField field, string name, ArrayBufferWriter<byte> output)
    {
        var value = HeaderText.Unfold(part.RawValue(field));
        var end = value.AsSpan().IndexOfAny(';', '(');
        var main = (end < 0 ? value : value[..end]).Trim();
        // The boundary stands in the body as it is; encoded, it would be another one for many readers.
        var parameters = field.Kind == KnownField.ContentType ? part.ContentType.Parameters : part.Disposition.Parameters;
        new HeaderWriter(output).Parameterised(name, main, parameters.Items);
        return parameters["boundary"] is not { } boundary || Ascii.IsValid(boundary);
    }

    private static bool Is(string name, string[] names) => names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private readonly record struct Change(ByteRange Line, byte[] Bytes);
}
