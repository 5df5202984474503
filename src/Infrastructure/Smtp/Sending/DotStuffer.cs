namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Makes content fit for DATA (RFC 5321 section 4.5.2): a dot before a dot that begins a line, CRLF at every line's end.</summary>
/// <remarks>
/// Clean lines are found by vector search and copied in one piece. A bare LF becomes CRLF and a bare CR a blank, as RFC 5321 section 2.3.8
/// forbids to send either: a lenient next hop could read <c>LF . LF</c> as the end of the message and the rest as commands.
/// </remarks>
internal struct DotStuffer
{
    /// <summary>Room a target must have beyond what is copied.</summary>
    public const int Slack = 8;

    private State state;

    private enum State : byte
    {
        LineStart, Middle, AfterCr,
    }

    /// <summary>Copies as much of <paramref name="source"/> as fits; call again with the rest.</summary>
    public void Encode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (consumed < source.Length && target.Length - written >= Slack)
        {
            var rest = source[consumed..];
            switch (state)
            {
                case State.AfterCr:
                    consumed += EndCr(rest[0], target, ref written);
                    break;
                case State.LineStart when rest[0] == '.':
                    target[written++] = (byte)'.';
                    state = State.Middle;
                    break;
                default:
                    rest = rest[..Math.Min(rest.Length, target.Length - written - Slack + 1)];
                    var clean = CleanRun(rest);
                    rest[..clean].CopyTo(target[written..]);
                    consumed += clean;
                    written += clean;
                    consumed += EndRun(rest, clean, target, ref written);
                    break;
            }
        }
    }

    /// <summary>Ends the last line if it is open, then the message; needs <see cref="Slack"/> bytes of room.</summary>
    public int Finish(Span<byte> target)
    {
        var end = state switch
        {
            State.LineStart => ".\r\n"u8,
            State.Middle => "\r\n.\r\n"u8,
            _ => " \r\n.\r\n"u8,
        };
        end.CopyTo(target);
        return end.Length;
    }

    // Length of the longest prefix that goes out as it is. It ends before an unusual line end, or behind a CRLF.
    private static int CleanRun(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var end = bytes[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                return bytes.Length;
            }

            end += at;
            if (bytes[end] == '\n' || end + 1 >= bytes.Length || bytes[end + 1] != '\n')
            {
                return end;
            }

            at = end + 2;
            if (at >= bytes.Length || bytes[at] == '.')
            {
                return at;
            }
        }
    }

    // Deals with the byte that ended a clean run; says how many bytes of the source it took.
    private int EndRun(ReadOnlySpan<byte> bytes, int clean, Span<byte> target, ref int written)
    {
        if (clean < bytes.Length && bytes[clean] == '\n')
        {
            target[written++] = (byte)'\r';
            target[written++] = (byte)'\n';
            state = State.LineStart;
            return 1;
        }

        if (clean < bytes.Length && bytes[clean] == '\r')
        {
            state = State.AfterCr;
            return 1;
        }

        state = clean == 0 ? state : bytes[clean - 1] == '\n' ? State.LineStart : State.Middle;
        return 0;
    }

    private int EndCr(byte next, Span<byte> target, ref int written)
    {
        if (next == '\n')
        {
            target[written++] = (byte)'\r';
            target[written++] = (byte)'\n';
            state = State.LineStart;
            return 1;
        }

        target[written++] = (byte)' ';
        state = State.Middle;
        return 0;
    }
}
