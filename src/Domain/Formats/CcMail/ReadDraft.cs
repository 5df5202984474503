using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A message while it is being read; bounded in what it remembers.</summary>
internal sealed class ReadDraft(long start)
{
    private const int NoteLimit = 50;

    private readonly List<ReadNote> notes = [];
    private int modelA;
    private int modelB;

    public long Start { get; } = start;

    public Dialect Dialect { get; set; }

    public CcMailAddressText? From { get; set; }

    public string? DateText { get; set; }

    public DateTime? Date { get; set; }

    public string? Subject { get; set; }

    public List<CcMailRecipient> Recipients { get; } = [];

    public List<ExtraHeader> ExtraHeaders { get; } = [];

    public List<string> Reasons { get; } = [];

    public List<CcMailItem> Items { get; } = [];

    public ReadFault Faults { get; private set; }

    /// <summary>Where the message ends by its own size; null when the size is blank or absent.</summary>
    public long? DeclaredEnd { get; set; }

    /// <summary>Where the contents end by their own size.</summary>
    public long? ContentsEnd { get; set; }

    public bool SeemsModelB => modelB > modelA;

    public SizeModel SizeModel => (modelA, modelB) switch
    {
        ( > 0, 0) => SizeModel.A,
        (0, > 0) => SizeModel.B,
        _ => SizeModel.Unknown,
    };

    public void Saw(SizeModel model)
    {
        modelA += model == SizeModel.A ? 1 : 0;
        modelB += model == SizeModel.B ? 1 : 0;
    }

    public void Fault(ReadFault fault, long offset, string text)
    {
        Faults |= fault;
        if (notes.Count < NoteLimit)
        {
            notes.Add(new ReadNote(fault, offset, text));
        }
    }

    public CcMailMessage Finish(ByteSource source, long end)
    {
        return new CcMailMessage
        {
            Offset = Start,
            Raw = source.Slice(Start, end),
            Dialect = Dialect,
            From = From,
            DateText = DateText ?? "",
            Date = Date,
            Recipients = Recipients,
            Subject = Subject ?? "",
            ExtraHeaders = ExtraHeaders,
            Reasons = Reasons,
            Items = Items,
            Faults = Faults,
            Notes = notes,
            SizeModel = SizeModel,
        };
    }

    public void AddItem(ItemKind kind, string label, string title, ReadOnlySequence<byte> data, long offset, long? size, ReadFault faults) =>
        Items.Add(new CcMailItem
        {
            Kind = kind,
            Label = label,
            Title = title,
            Data = data,
            Offset = offset,
            DeclaredSize = size,
            Faults = faults,
        });
}
