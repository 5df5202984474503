namespace Postern.Domain.Formats.MsMail;

/// <summary>A message while it is being read; bounded in what it remembers.</summary>
internal sealed class MmffDraft(int ordinal, long start)
{
    private const int NoteLimit = 50;
    private const int ExtraLimit = 200;

    private readonly List<MmffNote> notes = [];
    private readonly List<ExtraLine> extraLines = [];

    public int Ordinal { get; } = ordinal;

    public long Start { get; } = start;

    public LineEnd LineEnd { get; set; }

    public string? Version { get; set; }

    public string? FromText { get; set; }

    public MsMailAddressText? From { get; set; }

    public string? DateText { get; set; }

    public string? TimeText { get; set; }

    public DateTime? Date { get; set; }

    public string? Subject { get; set; }

    public string? Priority { get; set; }

    public List<MsMailRecipient> Recipients { get; } = [];

    /// <summary>The attachment lines in their order; their content is placed when the header is read.</summary>
    public List<AttachmentLine> AttachmentLines { get; } = [];

    /// <summary>Bytes of the body; null until a line ends the header, and when that names no number.</summary>
    public long? BodySize { get; set; }

    public long BodyStart { get; set; }

    public BodyGap BodyGap { get; set; }

    public MmffFault Faults { get; private set; }

    public void Fault(MmffFault fault, long offset, int line, string text)
    {
        Faults |= fault;
        if (notes.Count < NoteLimit)
        {
            notes.Add(new MmffNote(fault, offset, line, text));
        }
    }

    public void Extra(string token, string value)
    {
        if (extraLines.Count < ExtraLimit)
        {
            extraLines.Add(new ExtraLine(token, value));
        }
    }

    /// <summary>The message with its content from <see cref="BodyStart"/> on; what lies behind <paramref name="end"/> is not there.</summary>
    public MsMailMessage Finish(ByteSource source, long end)
    {
        var at = Math.Min(BodyStart + (BodySize ?? 0), end);
        var body = source.Slice(BodyStart, at);
        var attachments = new List<MsMailAttachment>(AttachmentLines.Count);
        foreach (var line in AttachmentLines)
        {
            var stop = line.IsExternal ? at : Math.Min(at + (line.Size ?? 0), end);
            attachments.Add(new MsMailAttachment
            {
                Name = line.Name,
                Data = source.Slice(at, stop),
                Offset = at,
                DeclaredSize = line.Size,
                IsExternal = line.IsExternal,
            });
            at = stop;
        }

        return new MsMailMessage
        {
            Ordinal = Ordinal,
            Offset = Start,
            Raw = source.Slice(Start, end),
            Version = Version ?? "",
            LineEnd = LineEnd,
            Recipients = Recipients,
            From = From,
            DateText = DateText ?? "",
            TimeText = TimeText ?? "",
            Date = Date,
            Subject = Subject ?? "",
            Priority = Priority is { Length: > 0 } priority ? char.ToUpperInvariant(priority[0]) : null,
            ExtraLines = extraLines,
            Body = body,
            DeclaredBodySize = BodySize,
            Attachments = attachments,
            Faults = Faults,
            Notes = notes,
            BodyGap = BodyGap,
        };
    }
}

/// <summary>An <c>ATTACHMENT:</c> or <c>XATTACH:</c> line; the size is null when it is no number.</summary>
internal sealed record AttachmentLine(string Name, long? Size, bool IsExternal);
