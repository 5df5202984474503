using System.Globalization;
using Postern.Domain.Routing;

namespace Postern.Infrastructure.Configuration;

/// <summary>Why a configuration text is not taken.</summary>
/// <param name="Line">Line of the text, from 1; 0 where the fault lies in what the database holds.</param>
public sealed record ConfigurationFault(int Line, string Text)
{
    public override string ToString() => Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Text}") : Text;
}

/// <summary>What a plan would do, or what applying it did.</summary>
/// <param name="Faults">All that is wrong with the text, in the order of its lines; nothing was applied when there are any.</param>
/// <param name="Differences">Lines that begin with + (new), - (gone) or ~ (changed); empty when text and database agree.</param>
/// <param name="Notes">What still has to be done elsewhere, such as storing a secret.</param>
/// <param name="Version">Version of the configuration afterwards.</param>
public sealed record ConfigurationResult(
    IReadOnlyList<ConfigurationFault> Faults, IReadOnlyList<string> Differences, IReadOnlyList<string> Notes, long Version)
{
    public bool IsValid => Faults.Count == 0;

    /// <summary>What mail would lose by it, or loses now that somebody has accepted it.</summary>
    public RouteLosses Losses { get; init; } = RouteLosses.None;

    /// <summary>Why it was not applied although nothing is wrong with it: mail would stop. Empty when that is not the reason.</summary>
    public string Refusal { get; init; } = "";
}

/// <summary>Collects faults; a text is read to its end so that all are found at once.</summary>
internal sealed class FaultList
{
    /// <summary>More are counted and not listed.</summary>
    private const int Most = 200;

    private readonly List<ConfigurationFault> faults = [];
    private int unlisted;

    public int Count => faults.Count + unlisted;

    public bool Any => Count > 0;

    public void Add(int line, string text)
    {
        if (faults.Count < Most)
        {
            faults.Add(new ConfigurationFault(line, text));
        }
        else
        {
            unlisted++;
        }
    }

    public IReadOnlyList<ConfigurationFault> InOrder()
    {
        var ordered = faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Text, StringComparer.Ordinal).ToList();
        return unlisted == 0 ? ordered : [.. ordered, new ConfigurationFault(0, $"There are {unlisted} more faults.")];
    }
}
