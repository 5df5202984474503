using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Makes a changed copy of a message: what a fix does not speak of is copied byte for byte.</summary>
public static class MessageFixer
{
    private const int LongestShown = 200;

    /// <summary>Writes the changed message and returns what was changed; nothing is written when nothing is.</summary>
    public static IReadOnlyList<FixNote> Apply(MimeMessage message, ContentFix fix, IBufferWriter<byte> output)
    {
        var edits = new List<(ByteRange Range, byte[] Bytes)>();
        var notes = new List<FixNote>();
        Strip(message, fix, edits, notes);
        Relabel(message, fix, edits, notes);
        foreach (var change in fix.Headers)
        {
            Change(message.Root, change, edits, notes);
        }

        if (notes.Count > 0)
        {
            if (message.Root.ContentType.IsSealed)
            {
                notes.Add(new FixNote("The message is signed or encrypted; a signature may no longer hold", "", ""));
            }

            Write(message.Content, edits, output);
        }

        return notes;
    }

    private static void Write(in ReadOnlySequence<byte> content, List<(ByteRange Range, byte[] Bytes)> edits, IBufferWriter<byte> output)
    {
        long at = 0;
        foreach (var (range, bytes) in edits.OrderBy(edit => edit.Range.Offset).ThenBy(edit => edit.Range.Length))
        {
            // Of two changes to one place the first has been made.
            if (range.Offset < at)
            {
                continue;
            }

            output.WriteAll(content.Slice(at, range.Offset - at));
            output.Write(bytes);
            at = range.End;
        }

        output.WriteAll(content.Slice(at));
    }

    private static void Strip(MimeMessage message, ContentFix fix, List<(ByteRange, byte[])> edits, List<FixNote> notes)
    {
        // Inside a seal nothing can be taken out without breaking all of it.
        if (fix.Strip == StrippedFiles.None || message.Root.ContentType.IsSealed)
        {
            return;
        }

        foreach (var part in MessageBody.Of(message.Root).Files.Where(part => IsMeant(part, fix)))
        {
            var size = part.CountDecoded().Length;
            var name = part.FileName ?? part.ContentType.MediaType;
            var text = string.Create(CultureInfo.InvariantCulture, $"The attachment \"{Ascii7(name)}\" ({size:N0} bytes) was taken out by an operator of this mail connector.\r\n");
            if (part == message.Root)
            {
                ReplaceRoot(part, text, edits);
            }
            else
            {
                edits.Add((part.Range, Encoding.ASCII.GetBytes($"Content-Type: text/plain; charset=us-ascii\r\n\r\n{text.TrimEnd()}")));
            }

            notes.Add(new FixNote("An attachment was taken out", string.Create(CultureInfo.InvariantCulture, $"{name}, {size:N0} bytes"), ""));
        }
    }

    private static bool IsMeant(MimePart part, ContentFix fix) => fix.Strip switch
    {
        StrippedFiles.All => true,
        StrippedFiles.Damaged => MessageFaults.IsDamaged(part),
        StrippedFiles.Named => string.Equals(part.FileName, fix.StripName, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static void ReplaceRoot(MimePart root, string text, List<(ByteRange, byte[])> edits)
    {
        foreach (var field in root.Fields.Where(field => field.Kind is KnownField.ContentType or KnownField.ContentTransferEncoding or KnownField.ContentDisposition))
        {
            edits.Add((field.Line, []));
        }

        edits.Add(Behind(root, "Content-Type: text/plain; charset=us-ascii\r\n"u8.ToArray()));
        edits.Add((root.BodyRange, Encoding.ASCII.GetBytes(text)));
    }

    private static void Relabel(MimeMessage message, ContentFix fix, List<(ByteRange, byte[])> edits, List<FixNote> notes)
    {
        if (fix.CodePage is not { } page || Charsets.Find(ContentFix.CharsetName(page)) is not { } set)
        {
            return;
        }

        var name = ContentFix.CharsetName(page);

        if (!message.Root.ContentType.IsSealed)
        {
            var body = MessageBody.Of(message.Root);
            foreach (var part in body.Texts.Concat(body.Html is { } html ? [html] : []))
            {
                RelabelPart(message.Root, part, name, set, edits, notes);
            }
        }

        if (!fix.Headers.Any(change => change.Name.Equals("Subject", StringComparison.OrdinalIgnoreCase)) && message.Root.TryField(KnownField.Subject, out var subject))
        {
            var raw = HeaderBytes(message.Root, subject);
            if (!Ascii.IsValid(raw) && set.GetString(raw).Trim() is var text && text != message.Root.Header("Subject"))
            {
                edits.Add((subject.Line, Field("Subject", text)));
                notes.Add(new FixNote($"The subject is read as code page {page}", Short(message.Root.Header("Subject") ?? ""), Short(text)));
            }
        }
    }

    private static void RelabelPart(MimePart root, MimePart part, string name, Encoding set, List<(ByteRange, byte[])> edits, List<FixNote> notes)
    {
        var bytes = new ArrayBufferWriter<byte>();
        part.Decode(bytes);
        var before = part.ReadText(20_000).Text;
        var after = set.GetString(bytes.WrittenSpan[..Math.Min(bytes.WrittenCount, 20_000)]);
        if (Ascii.IsValid(bytes.WrittenSpan) || string.Equals(part.ContentType.Charset, name, StringComparison.OrdinalIgnoreCase) || before == after)
        {
            return;
        }

        var output = new ArrayBufferWriter<byte>();
        new HeaderWriter(output).Parameterised(
            "Content-Type", part.ContentType.MediaType,
            [.. part.ContentType.Parameters.Items.Where(item => !item.Key.Equals("charset", StringComparison.OrdinalIgnoreCase)), new("charset", name)]);
        var isNamed = part.TryField(KnownField.ContentType, out var type);
        if (part == root && !root.TryField(KnownField.MimeVersion, out _))
        {
            output.WriteAscii("MIME-Version: 1.0\r\n");
        }

        edits.Add(isNamed ? (type.Line, output.WrittenSpan.ToArray()) : Behind(part, output.WrittenSpan.ToArray()));
        notes.Add(new FixNote($"The text is read as {name}; the message says {part.ContentType.Charset ?? "nothing"}", FirstStrange(before), FirstStrange(after)));
    }

    private static void Change(MimePart root, HeaderChange change, List<(ByteRange, byte[])> edits, List<FixNote> notes)
    {
        var wanted = Encoding.ASCII.GetBytes(change.Name);
        var fields = root.Fields.Where(field => Ascii.EqualsIgnoreCase(Encoding.ASCII.GetBytes(root.NameOf(field)), wanted)).ToList();
        var before = Short(string.Join("; ", root.Headers(change.Name).Take(3)));
        var value = change.Value is null ? null : HeaderWriter.OneLine(change.Value).Trim();
        if (value is null)
        {
            fields.ForEach(field => edits.Add((field.Line, [])));
            if (fields.Count > 0)
            {
                notes.Add(new FixNote($"The header field {change.Name} was taken out", before, ""));
            }

            return;
        }

        if (fields.Count == 1 && root.Header(change.Name) == value)
        {
            return;
        }

        edits.Add(fields.Count > 0 ? (fields[0].Line, Field(change.Name, value)) : Behind(root, Field(change.Name, value)));
        fields.Skip(1).ToList().ForEach(field => edits.Add((field.Line, [])));
        notes.Add(new FixNote(fields.Count > 0 ? $"The header field {change.Name} was replaced" : $"The header field {change.Name} was added", before, Short(value)));
    }

    private static byte[] Field(string name, string value)
    {
        var output = new ArrayBufferWriter<byte>();
        if (Ascii.IsValid(value))
        {
            new HeaderWriter(output).Structured(name, value);
        }
        else if (name.ToUpperInvariant() is "FROM" or "TO" or "CC" or "SENDER" or "REPLY-TO" && AddressList.Parse(value) is { Mailboxes.Count: > 0 } list)
        {
            new HeaderWriter(output).Mailboxes(name, list.Mailboxes);
        }
        else
        {
            new HeaderWriter(output).Text(name, value);
        }

        return output.WrittenSpan.ToArray();
    }

    // Behind the last field, before the blank line; at the very start where there is no field, or where the last one was cut off.
    private static (ByteRange, byte[]) Behind(MimePart part, byte[] field)
    {
        var isWhole = part.Fields.Count > 0 && part.WholeContent.Slice(part.Fields[^1].Line.End - 1, 1).FirstSpan[0] == '\n';
        return (new ByteRange(isWhole ? part.Fields[^1].Line.End : part.HeaderRange.Offset, 0), field);
    }

    private static byte[] HeaderBytes(MimePart part, HeaderField field)
    {
        var raw = part.RawValue(field);
        return raw.Slice(0, Math.Min(raw.Length, 4_000)).ToArray().Where(b => b is not ((byte)'\r' or (byte)'\n')).ToArray();
    }

    // The line in which the two readings differ says more than the first one.
    private static string FirstStrange(string text)
    {
        var at = text.AsSpan().IndexOfAnyExceptInRange('\0', '~');
        var start = at < 0 ? 0 : text.LastIndexOf('\n', at) + 1;
        var end = text.IndexOf('\n', Math.Max(start, 0));
        return Short((end < 0 ? text[start..] : text[start..end]).Trim());
    }

    private static string Short(string text) => StorableText.Clean(text, LongestShown);

    private static string Ascii7(string text) => string.Concat(text.Take(100).Select(c => c is >= ' ' and <= '~' and not '"' ? c : '?'));
}
