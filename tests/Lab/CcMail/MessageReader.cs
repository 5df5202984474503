using System.Buffers;
using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// Reads a message file as IMPORT would: sizes rule, and what breaks them is refused (formats 3.1, 14.1). Both size models
/// are accepted, because the line ends after a block are skipped whichever block counts them. Never throws for bad bytes.
/// </summary>
internal sealed class MessageReader(ReadOnlyMemory<byte> file, bool isSized, OemText oem)
{
    private const int LongestLine = 64 * 1024;
    private const byte EndOfText = 0x1A;

    private static readonly SearchValues<char> KindLetters =
        SearchValues.Create(" ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private int position;
    private string? fault;

    /// <summary>Why reading stopped before the end of the file, or null.</summary>
    public string? Fault => fault;

    /// <summary>Where the last message that was read begins.</summary>
    public int MessageStart { get; private set; }

    /// <summary>All messages of a file, up to the first fault.</summary>
    public static List<Message> ReadAll(ReadOnlyMemory<byte> file, bool isSized, OemText oem, out string? fault)
    {
        var reader = new MessageReader(file, isSized, oem);
        var messages = new List<Message>();
        while (reader.TryRead(out var message))
        {
            messages.Add(message!);
        }

        fault = reader.Fault;
        return messages;
    }

    /// <summary>The next message; false at the end of the file or at a fault.</summary>
    public bool TryRead(out Message? message)
    {
        message = null;
        SkipLineEnds(file.Length);
        MessageStart = position;
        if (fault is not null || position == file.Length)
        {
            return false;
        }

        var token = ReadLine(file.Length);
        if (!token.Equals("Message:", StringComparison.OrdinalIgnoreCase))
        {
            fault = $"Token should have been 'Message:' and is '{Shorten(token)}'";
            return false;
        }

        message = isSized ? ReadSized() : ReadPlain();
        return message is not null;
    }

    private Message? ReadSized()
    {
        if (!TryReadSize("Message", file.Length, out var end))
        {
            return null;
        }

        var header = ReadHeader(end, out var hasContents);
        var items = new List<Item>();
        if (header is null || (hasContents && !ReadItems(end, items)))
        {
            return null;
        }

        SkipLineEnds(end);
        if (position != end)
        {
            fault = $"{end - position} bytes of the message lie behind its contents";
            return null;
        }

        return new Message(header, items) { HasContents = hasContents };
    }

    // The plain dialect (formats 3.2): an item runs until the next keyword line
    private Message? ReadPlain()
    {
        var header = ReadHeader(file.Length, out var hasContents);
        if (header is null)
        {
            return null;
        }

        var items = new List<Item>();
        var (kind, title, start, isEnd) = (Item.TextKind, "", position, !hasContents);
        while (!isEnd)
        {
            var lineStart = position;
            var line = lineStart < file.Length ? ReadLine(file.Length) : "Message:";
            isEnd = line.Equals("Message:", StringComparison.OrdinalIgnoreCase);
            var isItem = TrySplitItem(line, out var nextKind, out var nextTitle);
            if ((isItem || isEnd) && lineStart > start)
            {
                items.Add(new Item(kind, title, file[start..lineStart]));
            }

            if (isItem)
            {
                (kind, title, start) = (nextKind, nextTitle, position);
            }

            position = isEnd ? lineStart : position;
        }

        return new Message(header, items) { HasContents = hasContents };
    }

    private List<HeaderLine>? ReadHeader(int end, out bool hasContents)
    {
        hasContents = false;
        var header = new List<HeaderLine>();
        while (position < end)
        {
            var line = ReadLine(end);
            if (line.Equals("Contents:", StringComparison.OrdinalIgnoreCase))
            {
                hasContents = true;
                return header;
            }

            if (line.Length == 0)
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var isReason = line.StartsWith("***", StringComparison.Ordinal);
            if (!isReason && (colon is < 1 or > 20 || fault is not null))
            {
                fault ??= $"'{Shorten(line)}' is not a header line";
                return null;
            }

            header.Add(isReason ? new HeaderLine("", line) : new HeaderLine(line[..colon], line[(colon + 1)..].Trim(' ')));
        }

        return header;
    }

    private bool ReadItems(int messageEnd, List<Item> items)
    {
        if (!TryReadSize("Contents", messageEnd, out var end))
        {
            return false;
        }

        while (true)
        {
            SkipLineEnds(end);
            if (position == end)
            {
                return true;
            }

            var keyword = ReadLine(end);
            if (!TrySplitItem(keyword, out var kind, out var title))
            {
                fault ??= $"'{Shorten(keyword)}' is not an item";
                return false;
            }

            if (!TryReadSize(kind, end, out var itemEnd))
            {
                return false;
            }

            items.Add(new Item(kind, title, file[position..itemEnd]));
            position = itemEnd;
        }
    }

    private bool TryReadSize(string block, int limit, out int end)
    {
        var line = ReadLine(limit).Trim(' ');
        end = 0;
        if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            fault ??= $"'{Shorten(line)}' is not the size of {block}";
        }
        else if (size > limit - position)
        {
            fault ??= $"{block} says {size} bytes and {limit - position} are left";
        }

        end = position + size;
        return fault is null;
    }

    private string ReadLine(int end)
    {
        var rest = file.Span[position..end];
        var feed = rest.IndexOf((byte)'\n');
        var length = feed < 0 ? rest.Length : feed;
        position += feed < 0 ? length : length + 1;
        if (length > LongestLine)
        {
            fault = $"a line of {length} bytes";
            return "";
        }

        var line = rest[..length];
        return oem.Decode(line.EndsWith("\r"u8) ? line[..^1] : line);
    }

    private void SkipLineEnds(int end)
    {
        var bytes = file.Span;
        while (position < end && bytes[position] is (byte)'\r' or (byte)'\n' or EndOfText)
        {
            position++;
        }
    }

    private static bool TrySplitItem(string line, out string kind, out string title)
    {
        const string marker = " item:";
        var at = line.IndexOf(marker, StringComparison.OrdinalIgnoreCase);
        var isItem = at is > 0 and <= 16 && line.AsSpan(0, at).IndexOfAnyExcept(KindLetters) < 0;
        kind = isItem ? line[..(at + marker.Length - 1)] : "";
        title = isItem ? line[(at + marker.Length)..].Trim(' ') : "";
        return isItem;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40];
}
