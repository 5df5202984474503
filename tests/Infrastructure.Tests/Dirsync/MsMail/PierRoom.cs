using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Infrastructure.Tests.MsMail;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.MsMail;

/// <summary>The address lists of PIER1 as a partner: MS Mail's IMPORT runs as a child process, started by Postern or, with a folder, by somebody else.</summary>
internal sealed class PierRoom : PartnerRoom
{
    private PierRoom(MsMailLab lab, ImportTransport transport)
    {
        Lab = lab;
        Settings = new MsMailPartnerSettings
        {
            Connector = "pier1",
            Transport = transport,
            ExchangeFolder = lab.Harbor.Exchange,
            TimeLimit = 20,
            ReadProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-x", "-f{file}", "-l{log}", "-y"],
            WriteProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-f{file}", "-a", "-c", "-t", "-l{log}", "-y"],
        };
    }

    public MsMailLab Lab { get; }

    public MsMailPartnerSettings Settings { get; set; }

    public MsPostOffice Pier => MsPostOffice.Open(Lab.Harbor.Pier1)!;

    private string InFolder(string name) => Path.Combine(Lab.Harbor.Exchange, name);

    public static async Task<PierRoom> EnterAsync(ImportTransport transport = ImportTransport.Program)
    {
        var room = new PierRoom(await MsMailLab.CreateAsync(), transport);
        room.Lab.Harbor.Define("mailbox CARLD2 Dahl, Carl");
        await room.WorkAsync();
        return room;
    }

    public override Task<IPartnerDirectory> OpenAsync()
    {
        IListTransport transport = Settings.Transport == ImportTransport.Folder ? new ListFolder(Lab.Link, Settings) : new ListProgram(Lab.Link, Settings);
        return Task.FromResult<IPartnerDirectory>(new MsMailPartnerDirectory(Lab.Link, Settings, transport));
    }

    public override string AddressOf(string name) => $"MS:POSTERN/SITE1/{name}";

    public override Task<IReadOnlyList<string>> ListedAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. AddressLists.Load(Pier).Entries.Where(entry => entry.List == "POSTERN/SITE1").Select(entry => entry.Name)]);

    public override Task PutOwnAsync(string name)
    {
        Lab.Harbor.Define($"mailbox OWN{name.Length} {name}");
        return Task.CompletedTask;
    }

    public override bool TryRefuse(string name)
    {
        if (Settings.Transport == ImportTransport.Program)
        {
            Lab.Harbor.Faults($"msimport refuse=72 to=\"{name}\" text=Fullname");
        }

        return Settings.Transport == ImportTransport.Program;
    }

    // The batch file of the other machine
    public override Task WorkAsync()
    {
        if (Settings.Transport == ImportTransport.Folder)
        {
            if (File.Exists(InFolder("POSTERN.IMP")))
            {
                LabProgram.Run("msimport", "ADMIN", "-pPASSWORD", $"-d{Lab.Harbor.Pier1}", $"-f{InFolder("POSTERN.IMP")}", "-a", "-c", "-t", "-y").ExitCode.ShouldBe(0);
                File.Delete(InFolder("POSTERN.IMP"));
            }

            LabProgram.Run("msimport", "ADMIN", "-pPASSWORD", $"-d{Lab.Harbor.Pier1}", "-x", $"-f{InFolder("MSLIST.TXT")}", "-y").ExitCode.ShouldBe(0);
        }

        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => Lab.DisposeAsync();
}
