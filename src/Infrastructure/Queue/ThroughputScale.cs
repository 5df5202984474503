namespace Postern.Infrastructure.Queue;

/// <summary>How far back a throughput chart looks, and how much time one of its bars stands for.</summary>
/// <param name="Name">Its word in the address.</param>
/// <param name="Step">Time of one bar. Bars begin at whole minutes, hours and quarters of a UTC day.</param>
/// <param name="Steps">Bars.</param>
/// <param name="Each">"deliveries ‹each minute›".</param>
/// <param name="Last">"in the ‹last hour›".</param>
public sealed record ThroughputScale(string Name, TimeSpan Step, int Steps, string Each, string Last)
{
    /// <summary>An hour by minutes.</summary>
    public static ThroughputScale Hour { get; } = new("hour", TimeSpan.FromMinutes(1), 60, "each minute", "last hour");

    /// <summary>A day by hours.</summary>
    public static ThroughputScale Day { get; } = new("day", TimeSpan.FromHours(1), 24, "each hour", "last 24 hours");

    /// <summary>A week by quarters of a day.</summary>
    public static ThroughputScale Week { get; } = new("week", TimeSpan.FromHours(6), 28, "each 6 hours", "last 7 days");

    /// <summary>All, the shortest first.</summary>
    public static IReadOnlyList<ThroughputScale> All { get; } = [Hour, Day, Week];

    /// <summary>The scale of a word; the hour for any other.</summary>
    public static ThroughputScale Of(string? name) => All.FirstOrDefault(scale => scale.Name == name) ?? Hour;

    /// <summary>Beginning of the first bar of a chart that ends now.</summary>
    public DateTimeOffset Begin(DateTimeOffset now) => Floor(now, Step) - (Step * (Steps - 1));

    internal static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);
}

/// <summary>What came from one listener or connector and what it delivered, oldest bar first.</summary>
/// <param name="Name">Name of the listener or connector; <c>postern</c> for Postern's own reports.</param>
/// <param name="In">Deliveries that were accepted from it.</param>
/// <param name="Out">Deliveries it handed over.</param>
public sealed record ThroughputLine(string Name, IReadOnlyList<long> In, IReadOnlyList<long> Out)
{
    /// <summary>Both directions over the whole time.</summary>
    public long All => In.Sum() + Out.Sum();
}

/// <summary>The throughput of everything that moved mail, the busiest first.</summary>
/// <param name="Begin">Beginning of the first bar; the last one is not over yet.</param>
public sealed record ThroughputChart(ThroughputScale Scale, DateTimeOffset Begin, IReadOnlyList<ThroughputLine> Lines);
