using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Kill -9 in the middle of mail: what was acknowledged arrives, whatever dies.</summary>
[TakesLong]
public sealed partial class CrashTests
{
    private const int Mails = 2000;
    private const int Senders = 10;
    private const int Kills = 3;
    private const int Waiting = 3;

    /// <summary>The connections of the connector to the peer, and the files of one IMPORT run.</summary>
    private const int InFlight = 20 + 5;

    // What is at work at each kill; the last comes when it comes.
    private static readonly string[] Programs = ["import", "export", ""];

    private static readonly string[] People =
        ["petra.novak", "uwe.brandt", "orla.keane", "luz.sandoval", "thandi.mbeki", "nils.forsberg", "carmen.ortiz", "ken.yamada", "patrick.lowe", "rami.haddad"];

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed_three_times()
    {
        using var folder = new TestFolder();
        var port = FreePort();
        var acknowledged = new ConcurrentDictionary<int, bool>();
        var todo = new ConcurrentQueue<int>(Enumerable.Range(0, Mails));
        var server = await ServeAsync(folder, port);
        var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAllAsync(port, todo, acknowledged))).ToArray();
        foreach (var (kill, program) in Programs.Index())
        {
            await Eventually.HoldsAsync("enough mail is under way", () => acknowledged.Count >= (kill + 1) * Mails / (Kills + 1));
            await KillAsync(server, folder, program, acknowledged);
            server = await ServeAsync(folder, port);
        }

        await Task.WhenAll(senders);
        await Eventually.HoldsAsync("the queue is empty", async () => WaitingAtSales(folder) == 0 && await WaitingAsync(folder) == 0);

        var arrived = Arrived(folder);
        acknowledged.Keys.Except(arrived.Keys).ShouldBeEmpty();
        await RepeatsAreMarkedAsync(folder, arrived);
        var books = (await PosternProgram.RunAsync("books", "--json", "--data", folder["data"])).Json;
        books.GetProperty("balanced").GetBoolean().ShouldBeTrue();
        File.Exists(folder["data/lab/SALES/violations.log"]).ShouldBeFalse("two programs were in the post office at once");
        await server.DisposeAsync();
    }

    // Ends the server while this program of the post office is at work, and makes sure that it was.
    private static async Task KillAsync(RunningPostern server, TestFolder folder, string program, ConcurrentDictionary<int, bool> acknowledged)
    {
        var faults = folder["data/lab/SALES/faults.txt"];
        if (program.Length > 0)
        {
            await File.WriteAllTextAsync(faults, program == "import" ? "import slow ms=500\n" : "export slow ms=2000 at=half\n");
            var runs = new LabRuns(folder["data/lab/SALES"]);
            if (program == "export")
            {
                Compose(folder, acknowledged);
            }

            int? running = null;
            await Eventually.HoldsAsync($"{program} is at work", () => (running = runs.AtWork(program)) is not null && (program == "import" || WaitingAtSales(folder) > 0));
            await server.StopAsync("KILL");
            LabRuns.IsAlive(running!.Value).ShouldBeTrue($"{program} was to be at work at the kill");
            File.Delete(faults);
        }
        else
        {
            await server.StopAsync("KILL");
        }

        await server.DisposeAsync();
    }

    // A mail that came more often than it was accepted was repeated by Postern, and each such one is marked; the number is what was in flight.
    private static async Task RepeatsAreMarkedAsync(TestFolder folder, Dictionary<int, int> arrived)
    {
        var rows = (await ServerDatabase.QueryAsync(folder["data"], "select subject, may_repeat from delivery_history where subject like 'crash-%-end'"))
            .Select(row => (Number: int.Parse(row[0].Split('-')[1], CultureInfo.InvariantCulture), IsMarked: row[1] == "True"))
            .GroupBy(row => row.Number)
            .ToDictionary(group => group.Key, group => (Accepted: group.Count(), Marked: group.Count(row => row.IsMarked)));
        var repeated = arrived.Where(mail => mail.Value > rows[mail.Key].Accepted).ToList();

        repeated.ShouldAllBe(mail => mail.Value - rows[mail.Key].Accepted <= rows[mail.Key].Marked, "a repeat that nobody marked");
        rows.Values.Sum(row => row.Marked).ShouldBeLessThan(Kills * InFlight, "no more is marked than may have been in flight at each kill");
        rows.Values.Sum(row => row.Accepted - 1).ShouldBeLessThanOrEqualTo(Kills * Senders, "a client repeats what was not acknowledged, one mail a session");
        TestContext.Current.SendDiagnosticMessage(
            "{0} repeats, {1} marked, {2} accepted again", repeated.Sum(mail => mail.Value - rows[mail.Key].Accepted), rows.Values.Sum(row => row.Marked), rows.Values.Sum(row => row.Accepted - 1));
    }

    private static void Compose(TestFolder folder, ConcurrentDictionary<int, bool> acknowledged)
    {
        for (var number = Mails; number < Mails + Waiting; number++)
        {
            Lab.Run("compose", folder["data/lab/SALES"], "--from", "Novak, Petra", "--to", $"r{number}@partner.example at SITE1", "--subject", $"crash-{number:D5}-end", "--text", "Hello");
            acknowledged[number] = true;
        }
    }

    private static int WaitingAtSales(TestFolder folder) => Directory.GetFiles(folder["data/lab/SALES/queue/SITE1"], "*.ccm").Length;

    private static Task<RunningPostern> ServeAsync(TestFolder folder, int port) =>
        PosternProgram.ServeAsync(folder["data"], "--smtp", port.ToString(CultureInfo.InvariantCulture), "--lab", PosternProgram.Lab);

    // A client as real ones are: it repeats what was not acknowledged, on a new connection.
    private static async Task SendAllAsync(int port, ConcurrentQueue<int> todo, ConcurrentDictionary<int, bool> acknowledged)
    {
        while (todo.TryDequeue(out var number))
        {
            var to = number % 7 == 0 ? $"{People[number % People.Length]}@site1.example" : $"r{number}@partner.example";
            while (!acknowledged.ContainsKey(number))
            {
                try
                {
                    await SmtpMail.SendSubjectAsync(port, $"crash-{number:D5}-end", "me@sender.example", to);
                    acknowledged[number] = true;
                }
                catch (Exception e) when (e is SocketException or IOException or ShouldAssertException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
                }
            }
        }
    }

    private static async Task<int> WaitingAsync(TestFolder folder) =>
        int.Parse((await ServerDatabase.QueryAsync(folder["data"], "select count(*) from delivery where state in ('queued', 'leased')"))[0][0], CultureInfo.InvariantCulture);

    private static Dictionary<int, int> Arrived(TestFolder folder)
    {
        var arrived = new Dictionary<int, int>();
        var files = Directory.EnumerateFiles(folder["data/lab/peer"], "*.eml")
            .Concat(Directory.EnumerateFiles(folder["data/lab/SALES/mail"], "*.ccm", SearchOption.AllDirectories));
        foreach (var file in files)
        {
            if (Number().Match(File.ReadAllText(file)) is { Success: true } match)
            {
                var number = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                arrived[number] = arrived.GetValueOrDefault(number) + 1;
            }
        }

        return arrived;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("crash-([0-9]{5})-end")]
    private static partial Regex Number();
}
