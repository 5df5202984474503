namespace Postern.Lab.MsMail;

/// <summary>
/// Makes the network HARBOR below a data folder: PIER1, where the gateway works, and PIER2, reached through it. PIER1 knows nothing of SITE2, whose
/// people stand in its address list: the fault of Q199534, to be met, named and mended.
/// </summary>
internal static class HarborBuilder
{
    private const string Pier1 = """
        # What PIER1 knows: its mailboxes, other post offices, and the logical one whose mail GTWGET fetches.
        administrator ADMIN:PASSWORD
        codepage 850
        hops 10
        mailbox ANNAB Berg, Anna
        mailbox CARLD Dahl, Carl
        mailbox ADMIN Administrator
        # Directory synchronisation goes from $SYSTEM to $SYSTEM; this post office is the server.
        mailbox $SYSTEM
        gateway POSTERN/SITE1
        postoffice HARBOR/PIER2 direct
        # Missing, so that mail to people at SITE2 is lost here without a word:
        # postoffice POSTERN/SITE2 indirect POSTERN/SITE1
        """;

    private const string Pier2 = """
        # What PIER2 knows; everything beyond HARBOR goes through PIER1.
        administrator ADMIN:PASSWORD
        codepage 850
        hops 10
        mailbox GUSTH Holm, Gustava
        mailbox ADMIN Administrator
        postoffice HARBOR/PIER1 direct
        postoffice POSTERN/SITE1 indirect HARBOR/PIER1
        """;

    private const string Faults = """
        # What GTWPUT and GTWGET shall do wrong, one fault a line, read at each start. Examples:
        #   gtwput exit=201 for=2
        #   gtwput hang
        #   gtwget truncate nth=1
        """;

    public static int Run(string[] arguments)
    {
        var harbor = Path.GetFullPath(Path.Combine(VerbArguments.Parse(arguments).Word(0, "The folder"), "lab", "HARBOR"));
        Build(Path.Combine(harbor, "PIER1"), Pier1);
        Build(Path.Combine(harbor, "PIER2"), Pier2);
        Screen.Line(harbor);
        return ResultCode.Done;
    }

    // The file that makes a folder a post office comes last
    private static void Build(string path, string network)
    {
        if (MsPostOffice.Open(path) is not null)
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(path, "mail"));
        Directory.CreateDirectory(Path.Combine(path, "outbox"));
        File.WriteAllText(Path.Combine(path, "faults.txt"), Faults + "\n");
        File.WriteAllText(Path.Combine(path, "network.txt"), network + "\n");
    }
}
