using System.Collections.Concurrent;
using Postern.Domain.Addresses;

namespace Postern.Infrastructure.CcMail;

/// <summary>
/// Internet addresses too long for a cc:Mail name, by the name that stands for them. A line of a file each, written before the name is
/// used; they are few, and a reply may come years later.
/// </summary>
internal sealed class LongAddresses
{
    private const string FileName = "long-addresses.txt";

    private readonly string path;
    private readonly ConcurrentDictionary<string, SmtpAddress> addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();

    public LongAddresses(string folder)
    {
        path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return;
        }

        foreach (var line in File.ReadLines(path))
        {
            if (line.Split('\t') is [var alias, var text] && SmtpAddress.TryParse(text, out var address, out _))
            {
                addresses[alias] = address;
            }
        }
    }

    public SmtpAddress? Find(string alias) => addresses.GetValueOrDefault(alias);

    /// <exception cref="IOException">It cannot be kept, so the name must not be used now.</exception>
    public void Remember(string alias, SmtpAddress address)
    {
        lock (gate)
        {
            if (addresses.ContainsKey(alias))
            {
                return;
            }

            using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes($"{alias}\t{address.Text}\n"));
                file.Flush(flushToDisk: true);
            }

            addresses[alias] = address;
        }
    }
}
