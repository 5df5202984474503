using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>One part of a message: its fields, what it says it is, and where its body lies. The content stays where it is;
/// a part is readable only as long as its content is.</summary>
public sealed class MimePart
{
    private readonly ReadOnlySequence<byte> content;
    private readonly List<HeaderField> fields;
    private string? fileName;
    private bool hasFileName;

    internal MimePart(in ReadOnlySequence<byte> content, List<HeaderField> fields, ContentType contentType)
    {
        this.content = content;
        this.fields = fields;
        ContentType = contentType;
    }

    public IReadOnlyList<HeaderField> Fields => fields;

    public ContentType ContentType { get; }

    public ContentDisposition Disposition { get; internal set; } = ContentDisposition.Unstated;

    public TransferEncoding Encoding { get; internal set; }

    /// <summary>Header and body.</summary>
    public ByteRange Range { get; internal set; }

    /// <summary>The fields with the blank line behind them.</summary>
    public ByteRange HeaderRange { get; internal set; }

    /// <summary>The body as it was sent, still encoded; the line end before a boundary belongs to the boundary.</summary>
    public ByteRange BodyRange { get; internal set; }

    /// <summary>The parts of a multipart, or the one message of a message/rfc822.</summary>
    public IReadOnlyList<MimePart> Children { get; internal set; } = [];

    /// <summary>The body has an inner structure that was not taken apart: too deep, too many, no boundary, or encoded.</summary>
    public bool IsOpaque { get; internal set; }

    public MimeFaults Faults { get; internal set; }

    public ReadOnlySequence<byte> Body => BodyRange.In(content);

    public ReadOnlySequence<byte> Content => Range.In(content);

    public bool IsContainer => Children.Count > 0 || (ContentType.IsMultipart && !IsOpaque);

    /// <summary>The name that the sender gave: filename*, filename, then name of the Content-Type; cleaned by <see cref="FileNames.Clean"/>.</summary>
    public string? FileName
    {
        get
        {
            if (!hasFileName)
            {
                fileName = FileNames.Clean(Disposition.Parameters["filename"]) ?? FileNames.Clean(ContentType.Parameters["name"]);
                hasFileName = true;
            }

            return fileName;
        }
    }

    /// <summary>The decoded text of the first field of that name, or null.</summary>
    public string? Header(string name)
    {
        foreach (var text in Headers(name))
        {
            return text;
        }

        return null;
    }

    /// <summary>The decoded text of each field of that name, in order.</summary>
    public IEnumerable<string> Headers(string name)
    {
        var wanted = System.Text.Encoding.ASCII.GetBytes(name);
        foreach (var field in fields)
        {
            if (IsNamed(field, wanted))
            {
                yield return HeaderText.Decode(field.Value.In(content));
            }
        }
    }

    /// <summary>The addresses of every field of that name, bounded.</summary>
    public AddressList Addresses(string name)
    {
        var wanted = System.Text.Encoding.ASCII.GetBytes(name);
        AddressList? all = null;
        foreach (var field in fields)
        {
            if (IsNamed(field, wanted))
            {
                var list = AddressList.Parse(HeaderText.Unfold(field.Value.In(content)));
                all = all is null ? list : all.Join(list);
            }
        }

        return all ?? AddressList.Empty;
    }

    /// <summary>The raw bytes of a field's value, folds included.</summary>
    public ReadOnlySequence<byte> RawValue(HeaderField field) => field.Value.In(content);

    public string NameOf(HeaderField field) => System.Text.Encoding.ASCII.GetString(field.Name.In(content));

    public DecodeResult Decode(IBufferWriter<byte> output) => TransferCoding.Decode(Encoding, Body, output);

    /// <summary>The exact number of bytes that <see cref="Decode"/> writes.</summary>
    public DecodeResult CountDecoded() => TransferCoding.CountDecoded(Encoding, Body);

    /// <summary>The body as text in the character set it names, at most so many characters of it.</summary>
    public DecodedText ReadText(int maximumLength)
    {
        // No encoding needs more than twelve bytes for a character; short lines add their line ends.
        var most = (maximumLength * 16L) + 1_024;
        var body = Body;
        var isCut = body.Length > most;
        var bytes = new ArrayBufferWriter<byte>();
        var result = TransferCoding.Decode(Encoding, isCut ? body.Slice(0, most) : body, bytes);
        var text = Charsets.Decode(ContentType.Charset, bytes.WrittenSpan, out var faults);
        if (isCut || text.Length > maximumLength)
        {
            faults |= MimeFaults.TextCut;
            text = Shorten(text, maximumLength);
        }

        return new DecodedText(text, faults | (isCut ? result.Faults & ~MimeFaults.EncodedDataCut : result.Faults));
    }

    /// <summary>This part and every part below it, in the order of the content.</summary>
    public IEnumerable<MimePart> Walk()
    {
        yield return this;
        foreach (var child in Children)
        {
            foreach (var part in child.Walk())
            {
                yield return part;
            }
        }
    }

    internal ReadOnlySequence<byte> WholeContent => content;

    internal bool TryField(KnownField kind, out HeaderField found)
    {
        foreach (var field in fields)
        {
            if (field.Kind == kind)
            {
                found = field;
                return true;
            }
        }

        found = default;
        return false;
    }

    private static string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private bool IsNamed(HeaderField field, ReadOnlySpan<byte> name)
    {
        if (field.NameLength != name.Length)
        {
            return false;
        }

        var own = field.Name.In(content);
        return Ascii.EqualsIgnoreCase(own.IsSingleSegment ? own.FirstSpan : own.ToArray(), name);
    }
}

/// <summary>A body as text, and what was wrong with it.</summary>
public readonly record struct DecodedText(string Text, MimeFaults Faults);
