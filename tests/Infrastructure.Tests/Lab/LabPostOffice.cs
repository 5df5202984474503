using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;
using Postern.Lab.Setup;

namespace Postern.Infrastructure.Tests.Lab;

/// <summary>A post office SALES in a folder of its own, with a work folder for input and output files.</summary>
internal sealed class LabPostOffice : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("postern-lab-").FullName;

    public LabPostOffice(string settings = "")
    {
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Work);
        File.WriteAllText(At("CCPOMBOX.000"), "");
        File.WriteAllText(At("settings.txt"), "name = SALES\npassword = LAB\n" + settings);
        File.WriteAllText(At("directory.txt"), string.Concat(SalesDirectory.Entries.Select(entry => entry.ToText())));
    }

    public string Folder => Path.Combine(root, "SALES");

    public string Work => Path.Combine(root, "work");

    public string Queue => At("queue/SITE1");

    public string ExportFile => Path.Combine(Work, "msg.exp");

    public string At(string path) => Path.Combine(Folder, path);

    public string InWork(string file) => Path.Combine(Work, file);

    public void Faults(params string[] lines) => File.WriteAllLines(At("faults.txt"), lines);

    public void AddEntry(string name, char location, string address) =>
        File.AppendAllText(At("directory.txt"), new DirectoryEntry(name, location, address, "").ToText());

    public LabRun Import(string files = "*.ccm", params string[] more) => LabProgram.Run(ImportArguments(files, more));

    public string[] ImportArguments(string files = "*.ccm", params string[] more) =>
        ["import", "/NSITE1", "/PLAB", $"/D{Folder}", "/BATCH", "/ITEMSIZE", "/PARTIAL", "/FILES/MACBIN2", .. more, $"/@{InWork(files)}"];

    public LabRun Export(params string[] more) => LabProgram.Run(ExportArguments(more));

    public string[] ExportArguments(params string[] more) =>
        ["export", "/NSITE1", "/PLAB", $"/D{Folder}", "/BATCH", "/ITEMSIZE", "/FILES/MACBIN2", .. more, $"/@{ExportFile}"];

    /// <summary>Writes a message file for IMPORT, in the lab's own form.</summary>
    public string Put(string file, Message message)
    {
        File.WriteAllBytes(InWork(file), MessageForm.Lab.Write(message));
        return InWork(file);
    }

    /// <summary>Puts a message into the queue of SITE1.</summary>
    public string Wait(string file, Message message)
    {
        Directory.CreateDirectory(Queue);
        var path = Path.Combine(Queue, file);
        File.WriteAllBytes(path, MessageForm.Lab.Write(message));
        return path;
    }

    public List<Message> Mailbox(string name) => ReadFolder(At($"mail/{name}"));

    public List<Message> Queued(string postOffice = "SITE1") => ReadFolder(At($"queue/{postOffice}"));

    public List<Message> Exported() => Read(ExportFile);

    public string TextOf(string file) => File.ReadAllText(InWork(file));

    public static List<Message> Read(string path)
    {
        var messages = MessageReader.ReadAll(File.ReadAllBytes(path), true, OemText.Western, out var fault);
        fault.ShouldBeNull();
        return messages;
    }

    /// <summary>A message from the backbone with one text item; recipients are "To: …", "cc: …" or "Bcc: …".</summary>
    public static Message Mail(string subject, params string[] recipients) => new(
        [
            new HeaderLine("From", "Doe, Jane at SITE1"),
            new HeaderLine("Date", "3/14/98 14:05"),
            .. recipients.Select(line => new HeaderLine(line.Split(": ", 2)[0], line.Split(": ", 2)[1])),
            new HeaderLine("Subject", subject),
        ],
        [Item.Text("Hello\r\n"u8.ToArray())]);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static List<Message> ReadFolder(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, "*.ccm").Order(StringComparer.Ordinal).SelectMany(Read)];
}
