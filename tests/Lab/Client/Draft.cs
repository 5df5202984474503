using Postern.Lab.CcMail;

namespace Postern.Lab.Client;

/// <summary>A mail as a cc:Mail client sends it from a mailbox of a post office.</summary>
internal sealed class Draft(PostOfficeFolder folder, string sender)
{
    private const int LongestText = 20_000;

    private readonly List<HeaderLine> recipients = [];
    private readonly List<Item> items = [];

    public string Subject { get; set; } = "";

    /// <summary>Date line; now in the post office's order when not given.</summary>
    public string Date { get; set; } = DateText.Format(TimeProvider.System.GetLocalNow(), folder.Settings.DateOrder);

    /// <summary>The queue for recipients whose post office the directory does not know, or nothing.</summary>
    public string Via { get; set; } = "";

    public void Address(string keyword, IEnumerable<string> addresses) =>
        recipients.AddRange(addresses.Select(address => new HeaderLine(keyword, address)));

    /// <summary>Adds the body, cut at line ends into text items that cc:Mail takes.</summary>
    public void AddText(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var part = new List<byte>();
        foreach (var line in lines)
        {
            var bytes = folder.Settings.Oem.Encode(line + "\r\n");
            if (part.Count > 0 && part.Count + bytes.Length > LongestText)
            {
                items.Add(Item.Text([.. part]));
                part.Clear();
            }

            part.AddRange(bytes);
        }

        items.Add(Item.Text([.. part]));
    }

    /// <summary>Attaches bytes; the title carries name, date and time as the old clients wrote it.</summary>
    public void Attach(string name, byte[] data, string stamp = "3/13/98 4:50PM") =>
        items.Add(new Item(Item.FileKind, stamp.Length == 0 ? name : $"{name} {stamp}", data));

    /// <summary>Sends; prints the files that were made. 5 when a recipient has no route, and then nothing is sent.</summary>
    public int Send()
    {
        var drop = new MailDrop(folder);
        var failed = recipients.Select(line => (line.Value, Failure: drop.Resolve(line.Value).Route as Route.Failed)).ToList();
        var isForced = Via.Length > 0;
        foreach (var (address, failure) in failed.Where(pair => pair.Failure is not null && !isForced))
        {
            Screen.Line($"{address}: {failure!.Reason}");
        }

        if (!isForced && (failed.Count == 0 || failed.Exists(pair => pair.Failure is not null)))
        {
            return ResultCode.Undeliverable;
        }

        var message = ToMessage();
        var routed = recipients.Where((_, i) => failed[i].Failure is null).ToList();
        var files = drop.Deliver(message, routed);
        if (routed.Count < recipients.Count)
        {
            files.Add(folder.PutInQueue(Via, drop.Complete(message)));
        }

        files.ForEach(Screen.Line);
        return ResultCode.Done;
    }

    private Message ToMessage()
    {
        var own = AddressText.Split(sender).PostOffice.Length > 0 ? sender : AddressText.Join(sender, folder.Settings.Name);
        return new Message(
            [
                new HeaderLine("From", own),
                new HeaderLine("Date", Date),
                .. recipients.Where(line => line.Is("To")),
                .. recipients.Where(line => line.Is("cc")),
                .. recipients.Where(line => line.Is("Bcc")),
                new HeaderLine("Subject", Subject),
            ],
            [.. items]);
    }
}
