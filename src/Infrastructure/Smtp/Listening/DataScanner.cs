using System.Text;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Finds the end of a message in what follows DATA, takes the doubled dots out, and writes the rest (RFC 5321 section 4.5.2).</summary>
/// <remarks>
/// Only CR LF dot CR LF ends a message. A bare CR or LF is never a line end, so a dot behind one is an ordinary character: what
/// other servers may take for the end of one message and the start of another stays inside this one, and is refused or mended.
/// Pieces may be cut anywhere. Once something is wrong, the rest is read to its end but not written.
/// </remarks>
internal sealed class DataScanner(ContentWriter target, long sizeLimit, int lineLimit, bool mendsLineEnds)
{
    private Place place = Place.LineStart;
    private int lineLength;

    // Where the next byte stands.
    private enum Place
    {
        Inside, LineStart, AfterDot, AfterDotCr, AfterCr,
    }

    /// <summary>The final CR LF dot CR LF has been seen.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Bytes of the message so far, doubled dots taken out.</summary>
    public long Length { get; private set; }

    public bool IsTooLarge { get; private set; }

    public bool HasLongLine { get; private set; }

    public bool HasBareLineEnd { get; private set; }

    public bool Is8Bit { get; private set; }

    /// <summary>What the disk said when the content could not be written; null when it could.</summary>
    public Exception? StorageFault { get; private set; }

    private bool IsDiscarding => IsTooLarge || HasLongLine || (HasBareLineEnd && !mendsLineEnds) || StorageFault is not null;

    /// <summary>Takes a piece; returns how many bytes belonged to the message, which is less than all only at its end.</summary>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && !IsEnded)
        {
            at += place == Place.Inside ? ScanLines(bytes[at..]) : Step(bytes[at]);
        }

        return at;
    }

    // One byte at a place where a line end or a dot is pending; 0 when the byte is an ordinary one.
    private int Step(byte next)
    {
        switch (place, next)
        {
            case (Place.LineStart, (byte)'.'):
                place = Place.AfterDot; // doubled or final: it is not content either way
                return 1;
            case (Place.AfterDot, (byte)'\r'):
                place = Place.AfterDotCr;
                return 1;
            case (Place.AfterDotCr, (byte)'\n'):
                IsEnded = true;
                return 1;
            case (Place.AfterCr, (byte)'\n'):
                place = Place.LineStart;
                EndLine();
                Write("\r\n"u8);
                return 1;
            case (Place.AfterDotCr or Place.AfterCr, _):
                place = Place.Inside;
                TakeBareLineEnd((byte)'\r');
                return 0;
            default:
                place = Place.Inside;
                return 0;
        }
    }

    // Whole lines at once: content is written in runs that end only before a dot, a bare line end or the end of the piece.
    private int ScanLines(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var ordinary = bytes[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (ordinary < 0)
            {
                Lengthen(bytes.Length - at);
                Write(bytes);
                return bytes.Length;
            }

            Lengthen(ordinary);
            at += ordinary;
            if (bytes[at] == '\n')
            {
                Write(bytes[..at]);
                TakeBareLineEnd((byte)'\n');
                return at + 1;
            }

            if (at + 1 == bytes.Length || bytes[at + 1] != '\n')
            {
                place = Place.AfterCr;
                Write(bytes[..at]);
                return at + 1;
            }

            EndLine();
            at += 2;
            if (at == bytes.Length || bytes[at] == '.')
            {
                place = Place.LineStart;
                Write(bytes[..at]);
                return at;
            }
        }
    }

    private void TakeBareLineEnd(byte lineEnd)
    {
        HasBareLineEnd = true;
        if (mendsLineEnds)
        {
            EndLine();
            Write("\r\n"u8);
        }
        else
        {
            Write([lineEnd]);
        }
    }

    private void Lengthen(int bytes)
    {
        lineLength = (int)Math.Min(int.MaxValue, (long)lineLength + bytes);
        HasLongLine |= lineLength > lineLimit;
    }

    private void EndLine() => lineLength = 0;

    private void Write(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        IsTooLarge |= Length > sizeLimit;
        if (IsDiscarding)
        {
            return;
        }

        Is8Bit = Is8Bit || !Ascii.IsValid(bytes);
        try
        {
            target.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StorageFault = e;
        }
    }
}
