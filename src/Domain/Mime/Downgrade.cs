using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>What rewriting a message for a peer without 8BITMIME came to.</summary>
public enum DowngradeOutcome
{
    /// <summary>The message is 7bit already; nothing was written, the original is to be sent.</summary>
    Unneeded,

    /// <summary>The rewritten message was written.</summary>
    Rewritten,

    /// <summary>A signature covers what would have to change; nothing was written (5.6.3).</summary>
    Sealed,

    /// <summary>8-bit bytes stand where MIME allows no encoding, such as in a broken multipart; nothing was written (5.6.3).</summary>
    Impossible,
}

/// <summary>Rewrites a message so that its bodies are 7bit (RFC 6152, 3): text becomes quoted-printable, all else base64. Fields other
/// than Content-Transfer-Encoding stay byte for byte; <see cref="HeaderDowngrade"/> is for those.</summary>
public static class Downgrade
{
    /// <summary>Longest line that SMTP must take, without its line end (RFC 5321, 4.5.3.1.6).</summary>
    private const int LongestLine = 998;

    public static DowngradeOutcome Write(MimeMessage message, IBufferWriter<byte> output)
    {
        var changed = new HashSet<MimePart>();
        var outcome = Plan(message.Root, isSealed: false, changed);
        if (outcome == DowngradeOutcome.Rewritten)
        {
            new Rewriter(message.Content, message.Root, changed, output).Write(message.Root);
        }

        return outcome;
    }

    /// <summary>Marks the parts that change and the containers above them, and finds what forbids it.</summary>
    private static DowngradeOutcome Plan(MimePart part, bool isSealed, HashSet<MimePart> changed)
    {
        var isLabelled = part.Encoding is TransferEncoding.EightBit or TransferEncoding.Binary;
        if (part.Children.Count == 0)
        {
            var isEightBit = EightBit.IsIn(part.Body) || (part.Encoding == TransferEncoding.Binary && !HasShortLines(part));
            if (!isEightBit && !isLabelled)
            {
                return DowngradeOutcome.Unneeded;
            }

            changed.Add(part);
            return isSealed ? DowngradeOutcome.Sealed
                : isEightBit && IsFixed(part) ? DowngradeOutcome.Impossible
                : DowngradeOutcome.Rewritten;
        }

        var outcome = isLabelled || HasEightBitSeams(part) ? DowngradeOutcome.Rewritten : DowngradeOutcome.Unneeded;
        outcome = outcome == DowngradeOutcome.Rewritten && isSealed ? DowngradeOutcome.Sealed : outcome;
        if (part.ContentType.Boundary is { } boundary && !Ascii.IsValid(boundary))
        {
            outcome = DowngradeOutcome.Impossible;
        }

        var seals = isSealed || (part.ContentType.IsMultipart && part.ContentType.IsSealed);
        foreach (var child in part.Children)
        {
            var inner = Plan(child, seals, changed);
            outcome = inner > outcome ? inner : outcome;
        }

        if (outcome != DowngradeOutcome.Unneeded)
        {
            changed.Add(part);
        }

        return outcome;
    }

    /// <summary>RFC 2045, 6.4: composite types and RFC 2046, 5.2: message types may not be encoded.</summary>
    private static bool IsFixed(MimePart part) => part.ContentType.IsMultipart || part.ContentType.Type == "message";

    private static bool HasEightBitSeams(MimePart part)
    {
        foreach (var seam in Seams(part))
        {
            if (EightBit.IsIn(seam.In(part.WholeContent)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasShortLines(MimePart part)
    {
        var lines = new LineScanner(part.Body, null);
        while (!lines.AtEnd)
        {
            if (lines.ContentEnd - lines.LineStart > LongestLine)
            {
                return false;
            }

            lines.Advance();
        }

        return true;
    }

    /// <summary>What lies before, between and behind the parts of a container.</summary>
    private static IEnumerable<ByteRange> Seams(MimePart part)
    {
        var at = part.BodyRange.Offset;
        foreach (var child in part.Children)
        {
            yield return ByteRange.Between(at, child.Range.Offset);
            at = child.Range.End;
        }

        yield return ByteRange.Between(at, part.BodyRange.End);
    }

    private sealed class Rewriter(ReadOnlySequence<byte> content, MimePart root, HashSet<MimePart> changed, IBufferWriter<byte> output)
    {
        public void Write(MimePart part)
        {
            if (!changed.Contains(part))
            {
                output.WriteAll(part.Content);
                return;
            }

            var encoding = part.Children.Count > 0 || !EncodesBody(part) ? TransferEncoding.SevenBit
                : part.ContentType.IsText ? TransferEncoding.QuotedPrintable
                : TransferEncoding.Base64;
            WriteHeader(part, encoding);
            if (part.Children.Count == 0)
            {
                WriteLeaf(part, encoding);
                return;
            }

            var next = 0;
            foreach (var seam in Seams(part))
            {
                WriteSeam(seam);
                if (next < part.Children.Count)
                {
                    Write(part.Children[next++]);
                }
            }
        }

        private static bool EncodesBody(MimePart part) =>
            EightBit.IsIn(part.Body) || (part.Encoding == TransferEncoding.Binary && !HasShortLines(part));

        private void WriteLeaf(MimePart part, TransferEncoding encoding)
        {
            if (!part.Encoding.IsEncoded())
            {
                TransferCoding.Encode(encoding, part.Body, output);
                return;
            }

            // Encoded already, with stray bytes in it: what a reader would have made of it is encoded anew.
            var bytes = new ArrayBufferWriter<byte>();
            part.Decode(bytes);
            TransferCoding.Encode(encoding, new ReadOnlySequence<byte>(bytes.WrittenMemory), output);
        }

        private void WriteHeader(MimePart part, TransferEncoding encoding)
        {
            var at = part.HeaderRange.Offset;
            var isWritten = false;
            foreach (var field in part.Fields)
            {
                if (field.Kind == KnownField.ContentTransferEncoding)
                {
                    Copy(at, field.Line.Offset);
                    WriteEncoding(encoding, ref isWritten);
                    at = field.Line.End;
                }
            }

            if (!isWritten)
            {
                // Behind what is no field, such as the first line of an mbox file, which is passed over only where it stands first.
                var first = part.Fields.Count > 0 ? part.Fields[0].Line.Offset : part.HeaderRange.End - BlankLineLength(part);
                Copy(at, first);
                at = first;
                WriteMissing(part);
                WriteEncoding(encoding, ref isWritten);
            }

            Copy(at, part.HeaderRange.End);
            if (BlankLineLength(part) == 0 && !part.BodyRange.IsEmpty)
            {
                output.Write("\r\n"u8);
            }
        }

        /// <summary>A message from before MIME becomes one; what its 8-bit bytes mean is only guessed when they are valid UTF-8 (RFC 1428).</summary>
        private void WriteMissing(MimePart part)
        {
            if (part != root)
            {
                return;
            }

            var header = new HeaderWriter(output);
            if (!part.TryField(KnownField.MimeVersion, out _))
            {
                header.Structured("MIME-Version", "1.0");
            }

            if (!part.TryField(KnownField.ContentType, out _))
            {
                var charset = part.BodyRange.Length <= 1 << 20 && System.Text.Unicode.Utf8.IsValid(part.Body.ToArray()) ? "utf-8" : "unknown-8bit";
                header.Parameterised("Content-Type", "text/plain", [new("charset", charset)]);
            }
        }

        private void WriteEncoding(TransferEncoding encoding, ref bool isWritten)
        {
            if (!isWritten)
            {
                new HeaderWriter(output).Structured("Content-Transfer-Encoding", encoding switch
                {
                    TransferEncoding.Base64 => "base64",
                    TransferEncoding.QuotedPrintable => "quoted-printable",
                    _ => "7bit",
                });
            }

            isWritten = true;
        }

        private void Copy(long start, long end) => output.WriteAll(ByteRange.Between(start, end).In(content));

        /// <summary>What stands outside the parts is read by nobody; its 8-bit bytes need only be gone.</summary>
        private void WriteSeam(ByteRange seam)
        {
            foreach (var memory in seam.In(content))
            {
                for (var rest = memory.Span; !rest.IsEmpty;)
                {
                    var piece = rest[..Math.Min(rest.Length, 4_096)];
                    rest = rest[piece.Length..];
                    var target = output.GetSpan(piece.Length);
                    for (var i = 0; i < piece.Length; i++)
                    {
                        target[i] = piece[i] < 128 ? piece[i] : (byte)'?';
                    }

                    output.Advance(piece.Length);
                }
            }
        }

        private int BlankLineLength(MimePart part)
        {
            var length = Math.Min(3, part.HeaderRange.Length);
            var end = new ByteRange(part.HeaderRange.End - length, length).In(content).ToArray().AsSpan();
            return end switch
            {
                [(byte)'\n'] or [.., (byte)'\n', (byte)'\n'] => 1,
                [(byte)'\r', (byte)'\n'] or [(byte)'\n', (byte)'\r', (byte)'\n'] => 2,
                _ => 0,
            };
        }
    }
}
