using System.Diagnostics;
using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;

namespace Postern.Bench;

/// <summary>How long the proofs of many post offices take, and how many addresses a second routing decides on one core.</summary>
/// <remarks>
/// Half of the post offices are cc:Mail, half Microsoft Mail; nine of ten are reached via another. Each round asks for addresses that were
/// just read from text, as a session does: native ones, proxies, strangers at known post offices, and people elsewhere on the internet.
/// </remarks>
internal static class RoutingBench
{
    private const int Rounds = 7;
    private const int Asked = 1_000_000;
    private const int Block = 1_000;
    private const int ProofRounds = 3;
    private const int EntriesProved = 1_000_000;

    public static int Run(int postOffices, int addresses)
    {
        var network = new ExampleNetwork(postOffices);
        Prove(network);
        var table = network.Table(new AddressBook(network.Entries(addresses / 4)));
        var texts = network.Addresses(addresses / 4).ToArray();
        var rates = Enumerable.Range(0, Rounds).Select(_ => Round(table, texts)).Skip(1).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{postOffices:N0} post offices, {table.Book.Count:N0} entries with {addresses:N0} addresses, one core"));
        Console.WriteLine($"resolved per second: {Measure.Range(rates)}");
        return 0;
    }

    // Before the directory is loaded: a proof needs no entry in memory, only how many live where.
    private static void Prove(ExampleNetwork network)
    {
        var entries = network.Entries(EntriesProved);
        var homes = new List<Home>(Home.Of(network.Entries(EntriesProved)));
        var counting = TimeOf(() => homes = [.. Home.Of(entries)]) - TimeOf(() => _ = entries.Count());
        var model = new RouteModel(network.Table(AddressBook.Empty), homes, network.Knowledge());
        var times = Enumerable.Range(0, ProofRounds).Select(_ => (Structure: TimeOf(() => Holds(model)), Publication: TimeOf(() => Publication.Of(model)))).ToList();
        var structure = Measure.Median(times.Select(time => time.Structure.TotalSeconds));
        var publication = Measure.Median(times.Select(time => time.Publication.TotalSeconds));
        var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1_048_576;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{EntriesProved:N0} entries counted into {homes.Count:N0} homes in {counting.TotalSeconds:N2} s; {model.Knowledge.Count:N0} rows written down"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"proved in {counting.TotalSeconds + structure + publication:N2} s: counting {counting.TotalSeconds:N2}, structure {structure:N2}, publication {publication:N2}; peak memory {megabytes:N0} MB"));
    }

    private static void Holds(RouteModel model)
    {
        if (StructureProof.Of(model).CounterExamples is [var first, ..])
        {
            throw new InvalidOperationException(first.Sentence);
        }
    }

    private static TimeSpan TimeOf(Action what)
    {
        var start = Stopwatch.GetTimestamp();
        what();
        return Stopwatch.GetElapsedTime(start);
    }

    // Reading the text is not part of the figure; everything that comparing addresses needs is.
    private static double Round(RoutingTable table, string[] texts)
    {
        var spent = TimeSpan.Zero;
        var unroutable = 0;
        var addresses = new MailAddress[Block];
        for (var asked = 0; asked < Asked; asked += Block)
        {
            for (var i = 0; i < Block; i++)
            {
                addresses[i] = MailAddress.Parse(texts[(asked + i) % texts.Length]);
            }

            var start = Stopwatch.GetTimestamp();
            foreach (var address in addresses)
            {
                unroutable += table.Resolve(address) is RouteDecision.Unroutable ? 1 : 0;
            }

            spent += Stopwatch.GetElapsedTime(start);
        }

        return unroutable == 0 ? Asked / spent.TotalSeconds : throw new InvalidOperationException($"{unroutable} addresses have no route.");
    }
}
