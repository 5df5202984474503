using System.Text;

namespace Postern.Lab.Peer;

/// <summary>Bytes from a client: command lines, and message data that flows to a file without being held in memory.</summary>
internal sealed class PeerInput(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>Whether the client has sent more than was read: it pipelines.</summary>
    public bool HasMore => start < end;

    /// <summary>A line without its end; null when the client has gone or sends no line end at all.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken token)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) < 0)
        {
            if (!await FillAsync(token))
            {
                return null;
            }
        }

        var line = Encoding.Latin1.GetString(buffer, start, length).TrimEnd('\r');
        start += length + 1;
        return line;
    }

    /// <summary>Copies data up to the final dot and takes the stuffed dots out. False when the client went before that.</summary>
    public async ValueTask<bool> CopyDataAsync(Stream file, CancellationToken token)
    {
        var isLineStart = true;
        while (true)
        {
            if (isLineStart && end - start < 3 && (end == start || buffer[start] == '.'))
            {
                if (!await FillAsync(token))
                {
                    return false;
                }

                continue;
            }

            if (isLineStart && buffer[start] == '.')
            {
                start++;
                if (buffer.AsSpan(start, end - start).StartsWith("\r\n"u8))
                {
                    start += 2;
                    return true;
                }
            }

            var (count, isWhole) = MeasureLine();
            await file.WriteAsync(buffer.AsMemory(start, count), token);
            start += count;
            isLineStart = isWhole;
            if (!isWhole && !await FillAsync(token))
            {
                return false;
            }
        }
    }

    // The bytes up to and with the line end, or all that can be no part of one
    private (int Count, bool IsWhole) MeasureLine()
    {
        var rest = buffer.AsSpan(start, end - start);
        var lineEnd = rest.IndexOf("\r\n"u8);
        return lineEnd >= 0
            ? (lineEnd + 2, true)
            : (rest.EndsWith("\r"u8) ? rest.Length - 1 : rest.Length, false);
    }

    private async ValueTask<bool> FillAsync(CancellationToken token)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var count = end == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(end), token);
        end += count;
        return count > 0;
    }
}
