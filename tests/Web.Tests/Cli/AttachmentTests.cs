using System.Diagnostics;
using System.Globalization;
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

        Mailbox().SelectMany(InMailbox).ShouldBe(made, ignoreOrder: true);
        AtPeer().SelectMany(MailFiles.At).ShouldBe(made, ignoreOrder: true);
        Directory.GetFiles(folder["data/spool"]).ShouldBeEmpty();
        (await PosternProgram.RunAsync("books", "--data", folder["data"])).ExitCode.ShouldBe(0);
    }

    private List<string> Make() => [.. Files.Select(file => MailFiles.Make(folder[file.Name], file.Size))];

    private void Compose((string Name, int Size)[] files)
    {
        using var program = Process.Start(
            PosternProgram.Lab,
            ["compose", folder["data/lab/SALES"], "--from", "Novak, Petra", "--to", "files@partner.example at SITE1", "--subject", "Files", "--text", "See the files.",
                .. files.SelectMany(file => (string[])["--attach", folder[file.Name]])]);
        program.WaitForExit();
        program.ExitCode.ShouldBe(0);
    }

    private string[] Mailbox() => Directory.GetFiles(folder["data/lab/SALES/mail/Novak, Petra"], "*.ccm");

    private List<string> AtPeer() =>
        [.. Directory.GetFiles(folder["data/lab/peer"], "*.eml").Where(file => File.ReadLines(file).Take(10).Contains("X-Envelope-To: <files@partner.example>"))];

    // What the lab's own reader says: "File item: NAME | 1 bytes | sha256 …"
    private static IEnumerable<string> InMailbox(string file)
    {
        using var read = Process.Start(new ProcessStartInfo(PosternProgram.Lab, ["read", file]) { RedirectStandardOutput = true })!;
        var lines = read.StandardOutput.ReadToEnd().Split('\n').Where(line => line.StartsWith("File item: ", StringComparison.Ordinal));
        read.WaitForExit();
        return lines.Select(line => line["File item: ".Length..].Split(" | ")).Select(words => MailFiles.Line(
            words[0].Split(' ')[0],
            long.Parse(words[1].Split(' ')[0], CultureInfo.InvariantCulture),
            Convert.FromHexString(words[2].Trim().Split(' ')[1])));
    }
}
