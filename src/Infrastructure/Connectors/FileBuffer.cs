using System.Buffers;

namespace Postern.Infrastructure.Connectors;

/// <summary>Writes a file in pieces: a message of any size goes through one small buffer.</summary>
internal sealed class FileBuffer(FileStream file) : IBufferWriter<byte>
{
    private byte[] buffer = new byte[128 * 1024];
    private int used;

    public void Advance(int count) => used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return buffer.AsSpan(used);
    }

    public void Flush()
    {
        file.Write(buffer.AsSpan(0, used));
        used = 0;
    }

    private void MakeRoom(int sizeHint)
    {
        if (buffer.Length - used >= Math.Max(sizeHint, 4096))
        {
            return;
        }

        Flush();
        if (sizeHint > buffer.Length)
        {
            buffer = new byte[sizeHint];
        }
    }
}
