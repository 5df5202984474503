using System.Text;

namespace Postern.Lab.CcMail;

/// <summary>How EXPORT writes what waits in a queue: dialect, attachments, foreign addresses, and the damage it was asked for.</summary>
internal sealed class ExportForm(PostOfficeFolder folder, Switches switches, FaultPlan faults)
{
    private readonly MessageForm form = folder.Form with { IsSized = switches.IsSized };

    public byte[] Write(QueueFile file)
    {
        if (file.IsRaw)
        {
            return file.Content.ToArray();
        }

        using var stream = new MemoryStream();
        foreach (var message in file.Messages)
        {
            stream.Write(Write(message));
        }

        return stream.ToArray();
    }

    private byte[] Write(Message message)
    {
        var due = faults.DueFor(message, "corrupt", "no-contents", "blank-size", "8.3-drops-names");
        var shown = message with
        {
            Header = [.. message.Header.Select(line => line.IsRecipient || line.Is("From") ? line with { Value = Foreign(line.Value) } : line)],
            Items = [.. message.Items.Where(item => item.IsText || switches.HasFiles)],
        };
        if (due.Exists(fault => fault.Action == "8.3-drops-names"))
        {
            shown = shown with { Header = [.. shown.Header.Select(DropName)] };
        }

        if (due.Exists(fault => fault.Action == "no-contents"))
        {
            shown = shown with { HasContents = false };
        }

        var bytes = form.Write(shown);
        return due.Exists(fault => fault.Action == "corrupt") ? SpoilSize(bytes, "99999999")
            : due.Exists(fault => fault.Action == "blank-size") ? SpoilSize(bytes, "")
            : bytes;
    }

    // /FORMAT/FAN: the foreign address of the entry stands in place of its name (formats 9, A3)
    private string Foreign(string address)
    {
        var (name, postOffice) = AddressText.Split(address);
        var entry = switches.HasForeignAddresses ? folder.Directory.Find(name) : null;
        return entry is { ForeignAddress.Length: > 0, IsAlias: false } && AddressText.AreSame(entry.AddressPostOffice, postOffice)
            ? AddressText.Join(entry.ForeignAddress, postOffice)
            : address;
    }

    // Export 8.3 writes " at PO" without the name in To lines (Q249133)
    private static HeaderLine DropName(HeaderLine line) =>
        line.Is("To") ? line with { Value = " at " + AddressText.Split(line.Value).PostOffice } : line;

    // The size of the first item: one that is far too large, or blanks (Q287056)
    private static byte[] SpoilSize(byte[] bytes, string size)
    {
        var contents = bytes.AsSpan().IndexOf("\r\nContents:\r\n"u8);
        var item = contents < 0 ? -1 : bytes.AsSpan(contents).IndexOf(" item:"u8);
        if (item >= 0)
        {
            var start = contents + item + bytes.AsSpan(contents + item).IndexOf((byte)'\n') + 1;
            Encoding.ASCII.GetBytes(size.PadRight(10)).CopyTo(bytes.AsSpan(start));
        }

        return bytes;
    }
}
