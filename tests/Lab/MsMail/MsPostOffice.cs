using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>How a post office reaches another place.</summary>
internal enum Reach
{
    /// <summary>Nothing is known of it: mail picked from the address list goes nowhere, and nobody is told (Q199534).</summary>
    Undefined,
    Own,

    /// <summary>A logical post office made by GTWCFG: its mail waits in the outbox for GTWGET.</summary>
    Gateway,
    Direct,
    Indirect,
}

/// <summary>
/// A post office on disk, <c>NETWORK/POSTOFFICE</c> below one folder: <c>network.txt</c> says whom it knows, <c>mail/MAILBOX</c> holds what arrived,
/// <c>outbox</c> what waits for the gateway, <c>inqueue</c> what was put and not delivered yet.
/// </summary>
internal sealed class MsPostOffice
{
    private readonly Dictionary<string, (Reach Reach, string Via)> places = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> mailboxes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> settings = new(StringComparer.OrdinalIgnoreCase);

    private MsPostOffice(string path)
    {
        Path = path;
        Name = $"{System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path))}/{System.IO.Path.GetFileName(path)}";
        foreach (var words in File.ReadLines(System.IO.Path.Combine(path, "network.txt")).Select(Words).Where(words => words.Length > 0))
        {
            Take(words);
        }
    }

    public string Path { get; }

    /// <summary>NETWORK/POSTOFFICE.</summary>
    public string Name { get; }

    public OemText Oem => OemText.For(settings.GetValueOrDefault("codepage", "850"));

    /// <summary>ADMIN:PASSWORD.</summary>
    public string Administrator => settings.GetValueOrDefault("administrator", "ADMIN:PASSWORD");

    public int HopLimit => int.Parse(settings.GetValueOrDefault("hops", "10"), CultureInfo.InvariantCulture);

    /// <summary>Those with a mailbox here who have a name, as the address list shows them.</summary>
    public List<(string Mailbox, string Name)> People { get; } = [];

    /// <summary>Null when the folder is no post office.</summary>
    public static MsPostOffice? Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path).TrimEnd('/');
        return File.Exists(System.IO.Path.Combine(full, "network.txt")) ? new MsPostOffice(full) : null;
    }

    public bool HasMailbox(string mailbox) => mailboxes.Contains(mailbox);

    /// <summary>How a place is reached, and via which one when it is not directly.</summary>
    public Reach ReachOf(string place, out string via)
    {
        via = "";
        if (Address.AreSame(place, Name))
        {
            return Reach.Own;
        }

        var (reach, hub) = places.GetValueOrDefault(place);
        via = hub ?? "";
        return reach;
    }

    /// <summary>The folder of a post office of any network of the lab.</summary>
    public string FolderOf(string place) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "..", place));

    public string Folder(string name) => System.IO.Path.Combine(Path, name);

    public void Append(string log, string line) => File.AppendAllText(System.IO.Path.Combine(Path, log), line + "\n");

    // mailbox ANNAB | access SMTP | postoffice HARBOR/PIER2 direct | postoffice BAY/DOCK indirect HARBOR/PIER2 | gateway BRIDGENET/HUB1 | hops 10
    private void Take(string[] words)
    {
        switch (words)
        {
            case ["mailbox", var mailbox, ..]:
                mailboxes.Add(mailbox);
                if (words.Length > 2)
                {
                    People.Add((mailbox, string.Join(' ', words[2..])));
                }

                break;
            case ["access", var type]:
                // The access component of a gateway: its addresses can be picked, and their mail waits for the gateway's own get
                places[type] = (Reach.Gateway, "");
                break;
            case ["gateway", var place]:
                places[place] = (Reach.Gateway, "");
                break;
            case ["postoffice", var place, "direct"]:
                places[place] = (Reach.Direct, "");
                break;
            case ["postoffice", var place, "indirect", var hub]:
                places[place] = (Reach.Indirect, hub);
                break;
            case ["hops" or "codepage" or "administrator", var value]:
                settings[words[0]] = value;
                break;
            default:
                throw new MisuseException($"network.txt does not know '{string.Join(' ', words)}'");
        }
    }

    private static string[] Words(string line) =>
        line.TrimStart().StartsWith('#') ? [] : line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
