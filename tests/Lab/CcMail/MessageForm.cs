using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// How a message is written: sized in model A (10 columns, a line end after each block that the enclosing block counts),
/// sized in model B (12 columns, no line end), or plain (formats 3.1 M5, 3.2).
/// </summary>
internal sealed record MessageForm(bool IsSized, char Model, OemText Oem)
{
    public static MessageForm Lab { get; } = new(true, 'A', OemText.Western);

    private bool HasLineEndAfterBlock => IsSized && Model == 'A';

    public byte[] Write(Message message)
    {
        using var stream = new MemoryStream();
        Write(stream, message);
        return stream.ToArray();
    }

    public void Write(Stream stream, Message message)
    {
        var contents = Lines("Contents:");
        var header = Lines([.. message.Header.Select(line => line.ToString())]);
        var itemLines = message.Items.Select(ItemLine).ToList();
        var contentsSize = message.Items.Select((item, i) => itemLines[i].Length + SizeLength + item.Data.Length + EndLength).Sum();
        var messageSize = header.Length + (message.HasContents ? contents.Length + SizeLength + contentsSize + EndLength : 0);

        stream.Write(Lines("Message:"));
        WriteSize(stream, messageSize);
        stream.Write(header);
        if (message.HasContents)
        {
            stream.Write(contents);
            WriteSize(stream, contentsSize);
            for (var i = 0; i < itemLines.Count; i++)
            {
                WriteItem(stream, itemLines[i], message.Items[i]);
            }

            WriteBlockEnd(stream);
        }

        WriteBlockEnd(stream);
    }

    private int EndLength => HasLineEndAfterBlock ? 2 : 0;

    private int SizeLength => !IsSized ? 0 : (Model == 'A' ? 10 : 12) + 2;

    private byte[] Lines(params string[] lines) => Oem.Encode(string.Concat(lines.Select(line => line + "\r\n")));

    private byte[] ItemLine(Item item) => Lines(item.Title.Length == 0 ? $"{item.Kind}:" : $"{item.Kind}: {item.Title}");

    private void WriteItem(Stream stream, byte[] itemLine, Item item)
    {
        stream.Write(itemLine);
        WriteSize(stream, item.Data.Length);
        stream.Write(item.Data.Span);
        WriteBlockEnd(stream);
        if (!IsSized && !item.Data.Span.EndsWith("\n"u8))
        {
            stream.Write("\r\n"u8);
        }
    }

    private void WriteSize(Stream stream, int size)
    {
        if (IsSized)
        {
            stream.Write(Lines(size.ToString(CultureInfo.InvariantCulture).PadRight(SizeLength - 2)));
        }
    }

    private void WriteBlockEnd(Stream stream)
    {
        if (HasLineEndAfterBlock)
        {
            stream.Write("\r\n"u8);
        }
    }
}
