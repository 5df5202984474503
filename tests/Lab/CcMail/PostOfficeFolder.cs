namespace Postern.Lab.CcMail;

/// <summary>A lab post office on disk: where its directory, queues and mailboxes lie.</summary>
internal sealed class PostOfficeFolder
{
    private readonly Dictionary<string, NumberedFolder> folders = new(StringComparer.Ordinal);

    private PostOfficeFolder(string path)
    {
        Path = path;
        Settings = PostOfficeSettings.Parse(ReadIfThere("settings.txt"));
        Directory = PostOfficeDirectory.Parse(Settings.Oem.Decode(ReadBytesIfThere("directory.txt")));
    }

    public string Path { get; }

    public PostOfficeSettings Settings { get; }

    public PostOfficeDirectory Directory { get; }

    public MessageForm Form => new(true, Settings.SizeModel, Settings.Oem);

    /// <summary>Null when the folder is no post office: it has no CCPOMBOX file (Q170011).</summary>
    public static PostOfficeFolder? Open(string path) =>
        System.IO.Directory.Exists(path) && System.IO.Directory.EnumerateFiles(path, "CCPOMBOX.*").Any()
            ? new PostOfficeFolder(path)
            : null;

    /// <summary>The directory name as a folder name: what a file system might object to becomes an underscore.</summary>
    public static string SafeName(string name)
    {
        var safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || " ,.-_@'#&()+=~".Contains(c, StringComparison.Ordinal) ? c : '_'));
        safe = safe.Trim(' ').TrimEnd('.');
        return safe.Length == 0 || safe[0] == '.' ? "_" + safe : safe;
    }

    public string MailboxPath(string name) => System.IO.Path.Combine(Path, "mail", SafeName(name));

    public string QueuePath(string postOffice) => System.IO.Path.Combine(Path, "queue", SafeName(postOffice));

    public string PutInMailbox(string name, Message message) => Put(MailboxPath(name), 3, message);

    public string PutInQueue(string postOffice, Message message) => Put(QueuePath(postOffice), 8, message);

    /// <summary>A text file that a person writes (UTF-8), or nothing.</summary>
    public string ReadIfThere(string file)
    {
        var path = System.IO.Path.Combine(Path, file);
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>Replaces the directory, whole or not at all.</summary>
    public void WriteDirectory(IEnumerable<DirectoryEntry> entries)
    {
        var path = System.IO.Path.Combine(Path, "directory.txt");
        File.WriteAllBytes(path + ".tmp", Settings.Oem.Encode(string.Concat(entries.Select(entry => entry.ToText()))));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Adds a line to a log of the post office; one write, so that lines of two processes never mix.</summary>
    public void AppendLine(string file, string line) => File.AppendAllText(System.IO.Path.Combine(Path, file), line + "\n");

    private string Put(string folder, int digits, Message message)
    {
        if (!folders.TryGetValue(folder, out var numbered))
        {
            folders[folder] = numbered = new NumberedFolder(folder, digits, ".ccm");
        }

        return numbered.Add(stream => Form.Write(stream, message));
    }

    private byte[] ReadBytesIfThere(string file)
    {
        var path = System.IO.Path.Combine(Path, file);
        return File.Exists(path) ? File.ReadAllBytes(path) : [];
    }
}
