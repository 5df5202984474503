using System.Buffers;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Cuts command lines out of what has arrived. Lines end in CR LF and nothing else.</summary>
internal sealed class CommandReader
{
    private bool isSkipping;

    /// <summary>Null when no line is complete yet; <paramref name="consumed"/> is where the next read starts.</summary>
    public InputKind? Read(in ReadOnlySequence<byte> buffer, int longest, out SequencePosition consumed, out SmtpCommand command)
    {
        command = default;
        consumed = buffer.Start;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadToAny(out ReadOnlySequence<byte> line, "\r\n"u8, advancePastDelimiter: false))
        {
            return Shorten(buffer, buffer.Length, longest, ref consumed);
        }

        reader.TryRead(out var lineEnd);
        if (lineEnd == '\r' && !reader.TryPeek(out _))
        {
            return Shorten(buffer, line.Length, longest, ref consumed);
        }

        if (lineEnd == '\n' || !reader.IsNext((byte)'\n', advancePast: true))
        {
            return InputKind.BareLineEnd;
        }

        consumed = reader.Position;
        if (isSkipping || line.Length > longest)
        {
            isSkipping = false;
            return InputKind.TooLong;
        }

        command = line.IsSingleSegment ? SmtpCommand.Parse(line.FirstSpan) : SmtpCommand.Parse(line.ToArray());
        return InputKind.Complete;
    }

    // An endless line is dropped as it comes; it is answered once, at its end.
    private InputKind? Shorten(in ReadOnlySequence<byte> buffer, long length, int longest, ref SequencePosition consumed)
    {
        if (isSkipping || length > longest)
        {
            isSkipping = true;
            consumed = buffer.GetPosition(length);
        }

        return null;
    }
}
