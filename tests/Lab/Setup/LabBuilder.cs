using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.Setup;

/// <summary>
/// Makes a lab below a data folder: the post office SALES with ten people and some mail that waits for the backbone.
/// A lab that is there already is left alone, so every start may ask for one.
/// </summary>
internal static class LabBuilder
{
    private const string Settings = """
        # The lab post office. Read at each start of IMPORT and EXPORT.
        name = SALES
        password = LAB
        code page = 850
        # A: sizes in 10 columns and a line end after each block; B: 12 columns and none
        size model = A
        # 8.x hangs on a bracket in an address, 8.3 also on a bracket pair in the subject
        import version = 8.3
        # 4096 and 200, or 163840 and 65535 for later programs
        header limit = 4096
        recipient limit = 200
        # us, european or japanese
        date order = us
        export limit = 16
        # none or file: what EXPORT leaves when nothing waits
        empty export = none
        # header, before or text: where the reasons stand in an .und file
        und layout = header
        """;

    private const string Faults = """
        # What IMPORT and EXPORT shall do wrong, one fault a line, read at each start. Examples:
        #   import hang subject=WORD
        #   import exit=1 nth=3
        #   import reject to="Keane, Orla" reason="Mailbox full"
        #   export truncate
        #   export exit=1 after-write
        # All of them are described in tests/Lab/README.md.
        """;

    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--empty");
        var postOffice = Path.GetFullPath(Path.Combine(verb.Word(0, "The folder"), "lab", "SALES"));
        if (PostOfficeFolder.Open(postOffice) is null)
        {
            Build(postOffice, hasWaitingMail: !verb.Has("--empty"));
        }

        Screen.Line(postOffice);
        return ResultCode.Done;
    }

    // Built beside its place and moved there whole: a start that was cut off leaves no half lab
    private static void Build(string path, bool hasWaitingMail)
    {
        var draft = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}~";
        Directory.CreateDirectory(Path.Combine(draft, "queue", "SITE1"));
        Directory.CreateDirectory(Path.Combine(draft, "mail"));
        WriteText(Path.Combine(draft, "settings.txt"), Settings);
        WriteText(Path.Combine(draft, "faults.txt"), Faults);
        WriteText(Path.Combine(draft, "CCPOMBOX.000"), "Lab post office SALES");
        var directory = PostOfficeDirectory.Parse(string.Concat(SalesDirectory.Entries.Select(entry => entry.ToText())));
        File.WriteAllBytes(Path.Combine(draft, "directory.txt"), OemText.Western.Encode(directory.ToPropaddText()));

        var folder = PostOfficeFolder.Open(draft)!;
        foreach (var entry in folder.Directory.Entries.Where(entry => entry.IsLocal))
        {
            Directory.CreateDirectory(folder.MailboxPath(entry.Name));
        }

        if (hasWaitingMail)
        {
            WaitingMail.PutIn(folder);
        }

        try
        {
            Directory.Move(draft, path);
        }
        catch (IOException)
        {
            Directory.Delete(draft, recursive: true);
            if (PostOfficeFolder.Open(path) is null)
            {
                throw new MisuseException($"{path} is there and is no post office.");
            }
        }
    }

    private static void WriteText(string path, string text) => File.WriteAllText(path, text + "\n");
}
