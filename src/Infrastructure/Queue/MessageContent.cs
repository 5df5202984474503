using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Postern.Infrastructure.Queue;

/// <summary>The bytes of one message: in memory while small, in a file of the spool folder once large.</summary>
/// <remarks>A large message is mapped, not read: codecs walk it as a sequence while the kernel pages it in and out.</remarks>
public sealed class MessageContent : IDisposable
{
    /// <summary>Up to this many bytes stay in memory and travel in the group commit; also the size of a stored chunk.</summary>
    public const int InlineLimit = 256 * 1024;

    private readonly ReadOnlyMemory<byte> memory;
    private readonly string? path;
    private readonly bool deletesFile;
    private MappedFile? mapped;

    private MessageContent(ReadOnlyMemory<byte> memory, string? path, long length, bool deletesFile)
    {
        this.memory = memory;
        this.path = path;
        this.deletesFile = deletesFile;
        Length = length;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Is it small enough to be held in memory whole?</summary>
    public bool IsInline => path is null;

    /// <summary>The bytes of inline content.</summary>
    /// <exception cref="InvalidOperationException">The content is spooled; use <see cref="AsSequence"/>.</exception>
    public ReadOnlyMemory<byte> Memory => IsInline ? memory : throw new InvalidOperationException("Spooled content has no memory.");

    public static MessageContent FromMemory(ReadOnlyMemory<byte> memory) => new(memory, null, memory.Length, false);

    /// <summary>Content in a file; with <paramref name="deletesFile"/> the file ends with this object.</summary>
    public static MessageContent FromFile(string path, long length, bool deletesFile) => new(default, path, length, deletesFile);

    /// <summary>All bytes; valid until this object is disposed.</summary>
    public ReadOnlySequence<byte> AsSequence()
    {
        if (path is null)
        {
            return new ReadOnlySequence<byte>(memory);
        }

        mapped ??= new MappedFile(path, Length);
        return mapped.Sequence;
    }

    public void Dispose()
    {
        mapped?.Dispose();
        mapped = null;
        if (deletesFile && path is not null)
        {
            File.Delete(path);
        }
    }
}

/// <summary>A read-only memory-mapped file as a sequence of bytes; segments because one span cannot pass 2 GB.</summary>
public sealed class MappedFile : IDisposable
{
    private const int SegmentSize = 64 * 1024 * 1024;

    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;

    public unsafe MappedFile(string path, long length)
    {
        if (length == 0)
        {
            Sequence = ReadOnlySequence<byte>.Empty;
            return;
        }

        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Segment? first = null, last = null;
        for (long at = 0; at < length; at += SegmentSize)
        {
            var memory = new PointerMemory(start + at, (int)Math.Min(SegmentSize, length - at)).Memory;
            last = last is null ? first = new Segment(memory, 0) : last.Append(memory);
        }

        Sequence = new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    public ReadOnlySequence<byte> Sequence { get; }

    public void Dispose()
    {
        if (view is not null)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }

        file?.Dispose();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    private sealed unsafe class PointerMemory(byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
