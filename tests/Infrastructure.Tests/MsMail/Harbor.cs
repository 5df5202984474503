using Postern.Lab.CcMail;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>The lab's network HARBOR in a folder of its own: PIER1, where the gateway programs work, and PIER2, reached through it.</summary>
internal sealed class Harbor : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("postern-harbor-").FullName;

    public Harbor()
    {
        Build("PIER1", "mailbox ANNAB", "mailbox CARLD", "mailbox $SYSTEM", "mailbox *SPECIAL", "gateway POSTERN/SITE1", "postoffice HARBOR/PIER2 direct");
        Build("PIER2", "mailbox GUSTH", "postoffice HARBOR/PIER1 direct", "postoffice POSTERN/SITE1 indirect HARBOR/PIER1");
        Directory.CreateDirectory(Exchange);
    }

    public string Root => root;

    public string Pier1 => Path.Combine(root, "HARBOR", "PIER1");

    /// <summary>Files go through it where the programs run elsewhere.</summary>
    public string Exchange => Path.Combine(root, "exchange");

    public void Faults(params string[] lines)
    {
        File.WriteAllLines(Path.Combine(Pier1, "faults.txt"), lines);
        File.Delete(Path.Combine(Pier1, "faults.state"));
    }

    /// <summary>Another line of what PIER1 knows.</summary>
    public void Define(string line) => File.AppendAllText(Path.Combine(Pier1, "network.txt"), line + "\n");

    /// <summary>Sends as somebody at PIER1.</summary>
    public void Send(string from, string subject, string to, params string[] more) =>
        SendVerb.Run([Pier1, "--from", from, "--subject", subject, "--text", "Hello from the pier\n", "--to", to, .. more]).ShouldBe(0);

    /// <summary>The mails in a mailbox, oldest first, as the lab reads them.</summary>
    public IReadOnlyList<Letter> Mailbox(string mailbox = "ANNAB", string pier = "PIER1")
    {
        var folder = Path.Combine(root, "HARBOR", pier, "mail", mailbox);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order().Select(file => new PutReader(File.ReadAllBytes(file), "\r\n"u8.ToArray(), OemText.Western, default) { KnowsInternet = true }.Next()!)]
            : [];
    }

    public string[] Subjects(string mailbox = "ANNAB", string pier = "PIER1") => [.. Mailbox(mailbox, pier).Select(letter => letter.Subject)];

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void Build(string name, params string[] lines)
    {
        var folder = Path.Combine(root, "HARBOR", name);
        Directory.CreateDirectory(Path.Combine(folder, "outbox"));
        File.WriteAllLines(Path.Combine(folder, "network.txt"), lines);
    }
}
