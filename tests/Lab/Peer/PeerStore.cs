using System.Globalization;
using System.Text;
using Postern.Lab.CcMail;

namespace Postern.Lab.Peer;

/// <summary>The folder in which the peer keeps what it accepted, one numbered file a transaction, the envelope on top.</summary>
internal sealed class PeerStore
{
    private readonly string folder;
    private readonly NumberedFolder files;
    private readonly Lock gate = new();
    private int drafts;

    public PeerStore(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        foreach (var left in Directory.EnumerateFiles(folder, ".*.tmp"))
        {
            File.Delete(left);
        }

        files = new NumberedFolder(folder, 3, ".eml");
    }

    /// <summary>A file under a temporary name, with the envelope written.</summary>
    public FileStream Open(PeerEnvelope envelope)
    {
        var number = Interlocked.Increment(ref drafts).ToString(CultureInfo.InvariantCulture);
        var file = new FileStream(Path.Combine(folder, $".{number}.tmp"), FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024);
        file.Write(Encoding.Latin1.GetBytes(envelope.ToHeader()));
        return file;
    }

    /// <summary>Gives a finished file its number; from then on it may be read.</summary>
    public string Keep(FileStream file)
    {
        file.Dispose();
        lock (gate)
        {
            return files.Adopt(file.Name);
        }
    }

    public static void Forget(FileStream file)
    {
        file.Dispose();
        File.Delete(file.Name);
    }
}

/// <summary>Who sends to whom in one transaction, with the parameters of RFC 3461 and RFC 6152 as they came.</summary>
internal sealed class PeerEnvelope(string helo, string from, string parameters)
{
    private readonly List<(string Address, string Parameters)> recipients = [];

    public int Count => recipients.Count;

    public void Add(string address, string recipientParameters) => recipients.Add((address, recipientParameters));

    public string ToHeader()
    {
        var header = new StringBuilder();
        header.Append("X-Envelope-Helo: ").Append(helo).Append("\r\nX-Envelope-From: <").Append(from).Append(">\r\n");
        if (parameters.Length > 0)
        {
            header.Append("X-Envelope-Parameters: MAIL ").Append(parameters).Append("\r\n");
        }

        foreach (var (address, recipientParameters) in recipients)
        {
            header.Append("X-Envelope-To: <").Append(address).Append(">\r\n");
            if (recipientParameters.Length > 0)
            {
                header.Append("X-Envelope-Parameters: RCPT <").Append(address).Append("> ").Append(recipientParameters).Append("\r\n");
            }
        }

        return header.ToString();
    }
}
