using Postern.Domain.Routing;

namespace Postern.Infrastructure.Connectors;

/// <summary>What is wrong with the lines that say who may send through a connector.</summary>
internal static class SenderFaults
{
    public static IEnumerable<string> Of(IReadOnlyList<string> acceptFrom, IReadOnlyList<string> rejectFrom) =>
        OfLines("Accept from", acceptFrom).Concat(OfLines("Reject from", rejectFrom));

    private static IEnumerable<string> OfLines(string label, IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            if (!SenderPattern.TryParse(line, out _, out var fault))
            {
                yield return $"{label}: {fault}";
            }
        }
    }
}
