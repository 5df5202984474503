using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Tells whether content needs a peer that takes 8-bit bytes (RFC 6152).</summary>
public static class EightBit
{
    public static bool IsIn(in ReadOnlySequence<byte> content)
    {
        foreach (var memory in content)
        {
            if (!Ascii.IsValid(memory.Span))
            {
                return true;
            }
        }

        return false;
    }
}
