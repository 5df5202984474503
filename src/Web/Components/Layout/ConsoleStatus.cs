using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Layout;

/// <summary>What stands around every page: the books, the counts beside the navigation, who works and which version runs.</summary>
/// <param name="Site">Name of the site this installation stands at; empty until one is configured.</param>
/// <param name="Books">The balance of promise P1, or null until it was read for the first time.</param>
/// <param name="CheckedAt">When the ledger was last compared.</param>
/// <param name="OpenAlerts">Alerts that are open.</param>
/// <param name="Connectors">Configured connectors.</param>
/// <param name="Workers">Processes that move mail just now, by node label.</param>
/// <param name="Version">Version of the program that serves this page.</param>
public sealed record ConsoleStatus(
    string Site,
    BooksFigures? Books,
    DateTimeOffset? CheckedAt,
    int OpenAlerts,
    int Connectors,
    IReadOnlyList<string> Workers,
    string Version)
{
    /// <summary>The same balance day by day, with every number that differs; null until it was read.</summary>
    public BooksBalance? Balance { get; init; }

    /// <summary>Everything that waits, read more often than the books are checked; null until it was read.</summary>
    public long? InQueue { get; init; }

    /// <summary>What of it is quarantined.</summary>
    public long? Quarantined { get; init; }

    /// <summary>Operations that wait for a second operator.</summary>
    public int Awaiting { get; init; }

    /// <summary>Plans of directory changes that wait for somebody's consent.</summary>
    public long PlansWaiting { get; init; }

    /// <summary>Nothing is known yet.</summary>
    public static ConsoleStatus Unknown { get; } = new("", null, null, 0, 0, [], "");
}
