using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Writes messages: text in UTF-8, 7bit where that does, files in base64, streamed from wherever they lie.</summary>
public static class MessageWriter
{
    public static void Write(MessageDraft draft, IBufferWriter<byte> output)
    {
        var header = new HeaderWriter(output);
        WriteAddresses(draft, header);
        header.Structured("Message-ID", draft.MessageId);
        if (draft.InReplyTo is { } parent)
        {
            header.Structured("In-Reply-To", parent);
        }

        if (draft.References is { } references)
        {
            header.Structured("References", references);
        }

        foreach (var (name, value) in draft.MoreFields)
        {
            header.Text(name, value);
        }

        header.Structured("MIME-Version", "1.0");
        var parts = draft.Parts.Count == 0 ? [new DraftPart.Text("")] : draft.Parts;
        if (parts is [DraftPart.Text only])
        {
            WritePart(only, header, output);
            EndText(only, output);
            return;
        }

        WriteMultipart("multipart/mixed", [], parts, draft.BoundarySeed ?? draft.MessageId, header, output);
    }

    /// <summary>Writes the type field of a multipart, the end of its header, and its parts.</summary>
    internal static void WriteMultipart(
        string mediaType,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        IReadOnlyList<DraftPart> parts,
        string seed,
        HeaderWriter header,
        IBufferWriter<byte> output)
    {
        var boundary = Boundary.Derive(seed, AsTheyAre(parts));
        header.Parameterised("Content-Type", mediaType, [.. parameters, new("boundary", boundary)]);
        if (parts.Any(static p => p is DraftPart.Message inner && EightBit.IsIn(inner.Content)))
        {
            header.Structured("Content-Transfer-Encoding", "8bit");
        }

        header.EndHeader();
        foreach (var part in parts)
        {
            output.WriteAscii($"--{boundary}\r\n");
            WritePart(part, header, output);
            output.Write("\r\n"u8);
        }

        output.WriteAscii($"--{boundary}--\r\n");
    }

    private static void WriteAddresses(MessageDraft draft, HeaderWriter header)
    {
        header.Date("Date", draft.Date);
        header.Mailboxes("From", [draft.From]);
        header.Mailboxes("Sender", draft.Sender is null ? [] : [draft.Sender]);
        header.Mailboxes("Reply-To", draft.ReplyTo);
        header.Mailboxes("To", draft.To);
        header.Mailboxes("Cc", draft.Cc);
        header.Mailboxes("Bcc", draft.Bcc);
        header.Text("Subject", draft.Subject);
    }

    private static void WritePart(DraftPart part, HeaderWriter header, IBufferWriter<byte> output)
    {
        switch (part)
        {
            case DraftPart.Text text:
                WriteText(text, header, output);
                break;
            case DraftPart.File file:
                WriteFile(file, header, output);
                break;
            case DraftPart.Message message:
                header.Structured("Content-Type", "message/rfc822");
                header.Structured("Content-Disposition", "inline");
                if (EightBit.IsIn(message.Content))
                {
                    header.Structured("Content-Transfer-Encoding", "8bit");
                }

                header.EndHeader();
                output.WriteAll(message.Content);
                break;
            case DraftPart.Status status:
                header.Structured("Content-Type", "message/delivery-status");
                header.EndHeader();
                output.Write(status.Content);
                break;
            case DraftPart.Headers headers:
                WriteReturnedHeader(headers, header, output);
                break;
        }
    }

    private static void WriteReturnedHeader(DraftPart.Headers part, HeaderWriter header, IBufferWriter<byte> output)
    {
        var encoding = EightBit.IsIn(part.Content) ? TransferEncoding.QuotedPrintable : TransferEncoding.SevenBit;
        header.Structured("Content-Type", "text/rfc822-headers");
        header.Structured(
            "Content-Transfer-Encoding", encoding == TransferEncoding.QuotedPrintable ? "quoted-printable" : "7bit");
        header.EndHeader();
        TransferCoding.Encode(encoding, part.Content, output);
    }

    private static void WriteText(DraftPart.Text part, HeaderWriter header, IBufferWriter<byte> output)
    {
        var text = WithLineEnds(part.Content);
        var isPlain = IsSevenBit(text);
        header.Parameterised("Content-Type", "text/plain", [new("charset", "utf-8")]);
        if (part.Name is { Length: > 0 } name)
        {
            header.Parameterised("Content-Disposition", "inline", [new("filename", Named(name))]);
        }

        header.Structured("Content-Transfer-Encoding", isPlain ? "7bit" : "quoted-printable");
        header.EndHeader();
        if (isPlain)
        {
            output.WriteAscii(text);
        }
        else
        {
            var bytes = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));
            TransferCoding.Encode(TransferEncoding.QuotedPrintable, bytes, output);
        }
    }

    private static void WriteFile(DraftPart.File file, HeaderWriter header, IBufferWriter<byte> output)
    {
        var type = ContentType.Parse(file.MediaType, out var faults);
        var canCarry = faults == MimeFaults.None && type.Type is not ("multipart" or "message");
        var parameters = new List<KeyValuePair<string, string>>();
        var names = new List<KeyValuePair<string, string>>();
        if (file.FileName is { Length: > 0 } name)
        {
            parameters.Add(new("filename", Named(name)));
            names.Add(new("name", Named(name)));
        }

        if (file.ModifiedAt is { } modified)
        {
            parameters.Add(new("modification-date", MessageDate.Format(modified)));
        }

        header.Parameterised("Content-Type", canCarry ? type.MediaType : "application/octet-stream", names);
        header.Parameterised("Content-Disposition", "attachment", parameters);
        header.Structured("Content-Transfer-Encoding", "base64");
        header.EndHeader();
        TransferCoding.Encode(TransferEncoding.Base64, file.Content, output);
    }

    private static string Named(string name) => FileNames.Cut(HeaderWriter.OneLine(name), FileNames.MaximumLength);

    /// <summary>A message ends with a line end, or SMTP would add one that nobody wrote.</summary>
    private static void EndText(DraftPart.Text part, IBufferWriter<byte> output)
    {
        if (part.Content.Length > 0 && part.Content[^1] is not ('\n' or '\r'))
        {
            output.Write("\r\n"u8);
        }
    }

    private static List<ReadOnlySequence<byte>> AsTheyAre(IReadOnlyList<DraftPart> parts)
    {
        var contents = new List<ReadOnlySequence<byte>>();
        foreach (var part in parts)
        {
            if (part is DraftPart.Text text && Ascii.IsValid(text.Content))
            {
                contents.Add(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text.Content)));
            }
            else if (part is DraftPart.Message or DraftPart.Headers or DraftPart.Status)
            {
                contents.Add(part switch
                {
                    DraftPart.Message message => message.Content,
                    DraftPart.Headers headers => headers.Content,
                    _ => new ReadOnlySequence<byte>(((DraftPart.Status)part).Content),
                });
            }
        }

        return contents;
    }

    private static string WithLineEnds(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);

    private static bool IsSevenBit(string text)
    {
        if (!Ascii.IsValid(text))
        {
            return false;
        }

        var column = 0;
        foreach (var c in text)
        {
            column = c == '\n' ? 0 : c == '\r' ? column : column + 1;
            if (column > 998 || (c < ' ' && c is not ('\t' or '\r' or '\n')) || c == '\u007F')
            {
                return false;
            }
        }

        return true;
    }
}
