using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Files of every size through the whole program, byte for byte, in a heap that could not hold the largest mail.</summary>
public sealed class AttachmentTests : IAsyncLifetime
{
    /// <summary>96 MB, in hexadecimal: the mail with the largest file has 68 MB on the wire, and the process at rest some 40.</summary>
    private static readonly Dictionary<string, string> SmallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "6000000" };

    private static readonly (string Name, int Size)[] Files =
        [("EMPTY.BIN", 0), ("ONE.BIN", 1), ("MEGA.BIN", 1_000_000), ("MUCH.BIN", 25_000_000), ("MOST.BIN", 50_000_000)];

    private readonly TestFolder folder = new();
    private RunningPostern server = null!;

    public async ValueTask InitializeAsync() =>
        server = await PosternProgram.ServeAsync(SmallHeap, folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    [Trait("source", "Q227142")]
    public async Task Files_of_every_size_arrive_byte_for_byte_both_ways()
    {
        var made = Make();

        Compose(Files[..4]);
        Compose(Files[4..]);
        await MailFiles.SendAsync(server.SmtpPort, "boss@partner.example", "petra.novak@site1.example", [.. Files[..4].Select(file => folder[file.Name])]);
        await MailFiles.SendAsync(server.SmtpPort, "boss@partner.example", "petra.novak@site1.example", folder[Files[4].Name]);
        await Eventually.HoldsAsync("two are in the mailbox and two at the peer", () => Mailbox().Length == 2 && AtPeer().Count == 2);

        Mailbox().SelectMany(Lab.Files).ShouldBe(made, ignoreOrder: true);
        AtPeer().SelectMany(MailFiles.At).ShouldBe(made, ignoreOrder: true);
        Directory.GetFiles(folder["data/spool"]).ShouldBeEmpty();
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private List<string> Make() => [.. Files.Select(file => MailFiles.Make(folder[file.Name], file.Size))];

    private void Compose((string Name, int Size)[] files) => Lab.Run(
        ["compose", folder["data/lab/SALES"], "--from", "Novak, Petra", "--to", "files@partner.example at SITE1", "--subject", "Files", "--text", "See the files.",
            .. files.SelectMany(file => (string[])["--attach", folder[file.Name]])]);

    private string[] Mailbox() => Directory.GetFiles(folder["data/lab/SALES/mail/Novak, Petra"], "*.ccm");

    private List<string> AtPeer() =>
        [.. Directory.GetFiles(folder["data/lab/peer"], "*.eml").Where(file => File.ReadLines(file).Take(10).Contains("X-Envelope-To: <files@partner.example>"))];
}
