using Postern.Domain.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>A counter-example in the words of a page: the finding, who loses, and the way as a voice reads it.</summary>
public static class CounterExampleWords
{
    private const int MostSenders = 3;
    private const int LongestName = 60;

    /// <summary>The finding in a line.</summary>
    public static string Title(CounterExample example)
    {
        var (from, to) = (VisibleText.Of(example.From, LongestName), VisibleText.Of(example.To, LongestName));
        return example switch
        {
            { Trouble: RouteTrouble.Name } => $"The name {from} cannot stand",
            { Trouble: RouteTrouble.NoDomain } => "Nobody on the internet can answer",
            { Fate: MailFate.LostSilently } => $"Mail from {from} to {to} vanishes",
            { Fate: MailFate.Bounced } => $"Nothing leads to {to}",
            { Fate: MailFate.NeverArrives } => $"Mail for {to} never arrives",
            _ => $"Mail from {from} to {to} comes back",
        };
    }

    /// <summary>Who loses what, after the sentence that says why; empty where one place loses nothing that can be counted.</summary>
    public static string Loss(CounterExample example)
    {
        var parts = new List<string>();
        if (example.Entries > 0)
        {
            parts.Add($"{Quantity.Of(example.Entries, "entry is", "entries are")} seen at {VisibleText.Of(example.To, LongestName)}.");
        }

        if (example.Senders.Count > 1)
        {
            var named = string.Join(", ", example.Senders.Take(MostSenders).Select(name => VisibleText.Of(name, LongestName)));
            parts.Add($"It concerns mail from {named}{(example.Senders.Count > MostSenders ? $" and {Quantity.Text(example.Senders.Count - MostSenders)} more" : "")}.");
        }

        return string.Join(' ', parts);
    }

    /// <summary>A way as a voice reads it: "PIER3, fails, then PIER2, not reached".</summary>
    public static string Spoken(IReadOnlyList<PathHop> path) => string.Join(", then ", path.Select(hop => hop.State switch
    {
        HopState.Fails => $"{VisibleText.Of(hop.Name, LongestName)}, fails",
        HopState.NotReached => $"{VisibleText.Of(hop.Name, LongestName)}, not reached",
        _ => VisibleText.Of(hop.Name, LongestName),
    }));

    /// <summary>A definition as something to do.</summary>
    public static string Fix(Definition fix) => $"{VisibleText.Of(fix.Destination, LongestName)}, {VisibleText.Of(fix.How, LongestName * 2)}";
}
