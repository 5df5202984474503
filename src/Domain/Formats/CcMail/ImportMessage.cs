using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A recipient of a message for IMPORT: the address as it shall stand in the file.</summary>
public sealed record ImportRecipient(RecipientClass Class, string Address);

/// <summary>
/// The data of a file item: a range of bytes, or a function that writes exactly <see cref="Length"/> bytes, so that a large attachment
/// is decoded while it is written and never lies in memory whole.
/// </summary>
public sealed class ItemContent
{
    private readonly Action<IBufferWriter<byte>> write;

    private ItemContent(long length, Action<IBufferWriter<byte>> write)
    {
        Length = length;
        this.write = write;
    }

    /// <summary>Bytes, known before anything is written.</summary>
    public long Length { get; }

    public static ItemContent Of(ReadOnlySequence<byte> bytes) => new(bytes.Length, output =>
    {
        foreach (var segment in bytes)
        {
            output.Write(segment.Span);
        }
    });

    public static ItemContent Of(byte[] bytes) => Of(new ReadOnlySequence<byte>(bytes));

    /// <summary>Content that a function produces. It may be called more than once and must write <paramref name="length"/> bytes each time.</summary>
    public static ItemContent Produced(long length, Action<IBufferWriter<byte>> write) => new(length, write);

    /// <exception cref="InvalidOperationException">The producer wrote another number of bytes than it announced.</exception>
    internal void WriteTo(IBufferWriter<byte> output)
    {
        var counter = new CountingWriter(output);
        write(counter);
        if (counter.Written != Length)
        {
            throw new InvalidOperationException($"An item announced {Length} bytes and wrote {counter.Written}.");
        }
    }

    private sealed class CountingWriter(IBufferWriter<byte> output) : IBufferWriter<byte>
    {
        public long Written { get; private set; }

        public void Advance(int count)
        {
            Written += count;
            output.Advance(count);
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);
    }
}

/// <summary>An item of a message for IMPORT, before the limits of the post office are applied to it.</summary>
public abstract record ImportItem
{
    private ImportItem()
    {
    }

    /// <summary>Text; longer than the post office takes in one item it becomes a file (Q190555).</summary>
    public sealed record Text(string Title, string Content) : ImportItem;

    /// <summary>A file with the name its sender gave it and the date for its title; without a date the message's own is used.</summary>
    public sealed record File(string Name, DateTime? Date, ItemContent Content) : ImportItem;
}

/// <summary>A message for IMPORT in the words of cc:Mail. <see cref="ImportWriter"/> makes it fit the post office.</summary>
public sealed record ImportMessage
{
    /// <summary>An empty sender is written as the postmaster of the site (Q192594).</summary>
    public required string From { get; init; }

    /// <summary>Local time of the post office.</summary>
    public required DateTime Date { get; init; }

    public required IReadOnlyList<ImportRecipient> Recipients { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyList<ImportItem> Items { get; init; }

    /// <summary>Written only where the profile says so: <c>Urgent</c>, <c>Low</c>.</summary>
    public string Priority { get; init; } = "";
}
