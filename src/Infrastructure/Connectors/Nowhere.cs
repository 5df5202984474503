using System.Buffers;

namespace Postern.Infrastructure.Connectors;

/// <summary>Takes what a conversion writes and keeps nothing: whether it can be done is all that is asked.</summary>
internal sealed class Nowhere : IBufferWriter<byte>
{
    private byte[] buffer = new byte[16 * 1024];

    public void Advance(int count)
    {
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        buffer = sizeHint > buffer.Length ? new byte[sizeHint] : buffer;
        return buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
