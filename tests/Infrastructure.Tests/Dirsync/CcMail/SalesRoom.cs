using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Tests.CcMail;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Dirsync.CcMail;

/// <summary>SALES as a partner: its programs run as child processes.</summary>
internal sealed class SalesRoom(CcMailLab lab) : PartnerRoom
{
    public CcMailLab Lab => lab;

    public CcMailPartnerSettings Settings { get; set; } = new() { Connector = "sales", AllowsDeletes = true, TimeLimit = 20 };

    /// <summary>Nobody of ours is there yet.</summary>
    public static async Task<SalesRoom> EnterAsync(string labSettings = "")
    {
        var lab = await CcMailLab.CreateAsync(labSettings);
        var room = new SalesRoom(lab);
        room.Edit(entries => entries.RemoveAll(entry => entry.Location == 'r'));
        return room;
    }

    public override Task<IPartnerDirectory> OpenAsync() => Task.FromResult<IPartnerDirectory>(new CcMailPartnerDirectory("sales", lab.Link, Settings));

    public override string AddressOf(string name) => $"CCMAIL:{name} at SITE1";

    public override Task<IReadOnlyList<string>> ListedAsync() => Task.FromResult<IReadOnlyList<string>>([.. Directory().Where(entry => entry.Location == 'r').Select(entry => entry.Name)]);

    public override Task PutOwnAsync(string name)
    {
        Edit(entries => entries.Add(new DirectoryEntry(name, 'L', "", "Quay")));
        return Task.CompletedTask;
    }

    public override bool TryRefuse(string name)
    {
        lab.PostOffice.Faults($"import reject to=\"{name}\" reason=\"Name not wanted\"");
        return true;
    }

    public List<DirectoryEntry> Directory() => [.. PostOfficeDirectory.ParseAll(OemText.Western.Decode(File.ReadAllBytes(lab.PostOffice.At("directory.txt"))))];

    /// <summary>What its administrator does.</summary>
    public void Edit(Action<List<DirectoryEntry>> edit)
    {
        var entries = Directory();
        edit(entries);
        File.WriteAllBytes(lab.PostOffice.At("directory.txt"), OemText.Western.Encode(string.Concat(entries.Select(entry => entry.ToText()))));
    }

    public override ValueTask DisposeAsync() => lab.DisposeAsync();
}
