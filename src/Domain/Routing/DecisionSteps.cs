using System.Collections;
using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>The sentences of a decision, written when somebody reads them, by the code that decided.</summary>
/// <remarks>A table never changes, so deciding once more gives the same steps; most decisions are never asked for theirs.</remarks>
internal sealed class DecisionSteps(RoutingTable table, MailAddress address, string? cameFrom) : IReadOnlyList<string>
{
    private IReadOnlyList<string>? written;

    public int Count => Written.Count;

    private IReadOnlyList<string> Written => written ??= table.StepsOf(address, cameFrom);

    public string this[int index] => Written[index];

    public IEnumerator<string> GetEnumerator() => Written.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
