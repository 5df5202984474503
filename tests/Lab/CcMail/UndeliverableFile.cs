namespace Postern.Lab.CcMail;

/// <summary>
/// The .und file beside an input file: what could not be delivered, in the message format, with reason lines (formats 6).
/// It is appended to at each attempt. Where the reasons stand is not public, so the post office's settings choose.
/// </summary>
internal sealed class UndeliverableFile(string path, PostOfficeSettings settings, MessageForm form)
{
    private const string Banner = "This message could not be delivered to all recipients for the cause(s) listed below:";

    /// <summary>Appends the message with the failed recipients, or with all of them when the whole message was refused.</summary>
    public void Append(Inspection inspection, bool isWhole)
    {
        var header = new List<HeaderLine>();
        var reasons = new List<HeaderLine>();
        for (var i = 0; i < inspection.Message.Header.Count; i++)
        {
            var line = inspection.Message.Header[i];
            var failure = inspection.FailureAt(i);
            if (!line.IsRecipient || isWhole || failure is not null)
            {
                header.Add(line);
            }

            var reason = line.Is("Date") && inspection.Refusal is { } refusal ? refusal : failure;
            if (reason is not null)
            {
                reasons.Add(HeaderLine.Reason(reason));
                AddTo(header, reasons[^1]);
            }
        }

        if (inspection.Refusal is { } last && reasons.Count == 0)
        {
            reasons.Add(HeaderLine.Reason(last));
            AddTo(header, reasons[^1]);
        }

        Write(inspection.Message with { Header = header }, reasons);
    }

    /// <summary>Appends a message that stopped the run.</summary>
    public void AppendStopped(Message message, string reason) =>
        Write(message with { Header = [.. message.Header, .. IsInHeader ? [HeaderLine.Reason(reason)] : Array.Empty<HeaderLine>()] }, [HeaderLine.Reason(reason)]);

    /// <summary>Appends bytes that are no message at all.</summary>
    public void AppendBytes(ReadOnlyMemory<byte> bytes, string reason)
    {
        using var stream = Open();
        stream.Write(settings.Oem.Encode(HeaderLine.Reason(reason) + "\r\n"));
        stream.Write(bytes.Span);
        stream.Write("\r\n"u8);
    }

    private bool IsInHeader => settings.UndLayout is not ("before" or "text");

    private void AddTo(List<HeaderLine> header, HeaderLine reason)
    {
        if (IsInHeader)
        {
            header.Add(reason);
        }
    }

    private void Write(Message message, List<HeaderLine> reasons)
    {
        var text = settings.Oem.Encode(string.Concat(reasons.Select(reason => reason + "\r\n")));
        using var stream = Open();
        switch (settings.UndLayout)
        {
            case "before":
                stream.Write(text);
                form.Write(stream, message);
                break;
            case "text":
                byte[] banner = [.. settings.Oem.Encode(Banner + "\r\n"), .. text];
                form.Write(stream, message with { Items = [Item.Text(banner), .. message.Items], HasContents = true });
                break;
            default:
                form.Write(stream, message);
                break;
        }
    }

    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
}
