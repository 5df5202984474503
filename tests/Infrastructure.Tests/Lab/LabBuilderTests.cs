using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;
using Postern.Lab.Setup;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class LabBuilderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("postern-lab-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Makes_a_post_office_with_ten_people_and_mail_that_waits()
    {
        var run = LabProgram.Run("create", root);

        run.ExitCode.ShouldBe(0);
        run.Lines.Last().ShouldBe(At(""));
        var directory = PostOfficeDirectory.Parse(File.ReadAllText(At("directory.txt")));
        directory.Entries.Count(entry => entry.IsLocal).ShouldBe(10);
        directory.FindPostOffice("SITE1")!.Location.ShouldBe('P');
        directory.FindPostOffice("SITE2").ShouldBe(new DirectoryEntry("SITE2", 'p', "SITE1", ""));
        Directory.GetDirectories(At("mail")).Length.ShouldBe(10);
        Waiting().ShouldBe(WaitingMail.Subjects);
        Directory.GetDirectories(Path.Combine(root, "lab")).Length.ShouldBe(1);
    }

    [Fact]
    public void Leaves_a_lab_that_is_there_alone()
    {
        LabProgram.Run("create", root);
        File.Delete(At("queue/SITE1/00000001.ccm"));
        File.WriteAllText(At("faults.txt"), "import hang");

        LabProgram.Run("create", root).ExitCode.ShouldBe(0);

        Waiting().Count.ShouldBe(WaitingMail.Subjects.Length - 1);
        File.ReadAllText(At("faults.txt")).ShouldBe("import hang");
    }

    [Fact]
    public void Never_writes_over_a_folder_that_is_no_post_office()
    {
        Directory.CreateDirectory(At(""));
        File.WriteAllText(At("mine.txt"), "");

        LabProgram.Run("create", root).ExitCode.ShouldBe(70);

        Directory.GetFileSystemEntries(Path.Combine(root, "lab"), "*", SearchOption.AllDirectories).Length.ShouldBe(2);
    }

    [Fact]
    public void Its_waiting_mail_can_be_exported_and_imported_again()
    {
        LabProgram.Run("create", root);
        var file = Path.Combine(root, "msg.ccm");
        string[] common = ["/NSITE1", "/PLAB", $"/D{At("")}", "/BATCH", "/ITEMSIZE", "/FILES/MACBIN2", $"/@{file}"];

        LabProgram.Run(["export", .. common, "/FORMAT/FAN"]).ExitCode.ShouldBe(0);
        var attachments = LabPostOffice.Read(file)[1].Items.Where(item => !item.IsText).Select(item => item.Data.ToArray()).ToList();
        LabProgram.Run(["import", .. common]).ExitCode.ShouldBe(0);

        attachments[0].AsSpan().IndexOf("\r\nMessage:\r\n"u8).ShouldBeGreaterThan(0);
        attachments[1].Length.ShouldBe(300 * 1024);
        Waiting().ShouldBe(WaitingMail.Subjects);
    }

    private string At(string path) => Path.Combine(root, "lab", "SALES", path).TrimEnd('/');

    private List<string> Waiting() =>
        [.. Directory.GetFiles(At("queue/SITE1")).Order(StringComparer.Ordinal).SelectMany(LabPostOffice.Read).Select(message => message.Subject)];
}
