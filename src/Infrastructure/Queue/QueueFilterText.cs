using System.Globalization;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>One word of a filter: its name, what it means, and how it is written.</summary>
/// <param name="Meaning">"Only …", as help and the description of the API say it.</param>
/// <param name="Form">What stands behind the name.</param>
public sealed record QueueFilterWord(string Name, string Form, string Meaning);

/// <summary>A word of a filter that cannot be followed, and a sentence that says why.</summary>
public sealed record QueueFilterFault(string Name, string Sentence);

/// <summary>The filter of deliveries as people and programs write it: the same words in the address of the queue page, on the command line and in the API.</summary>
public static class QueueFilterText
{
    /// <summary>A longer value is nothing anybody types.</summary>
    public const int LongestValue = 300;

    /// <summary>All words, in the order in which a filter is shown.</summary>
    public static readonly IReadOnlyList<QueueFilterWord> Words =
    [
        new("state", "STATE", "Only these states, with commas between them; all: past ones too; left out: everything that waits"),
        new("connector", "NAME", "Only this connector"),
        new("destination", "NAME", "Only this next hop or post office"),
        new("recipient", "TEXT", "Only recipients that contain this"),
        new("sender", "TEXT", "Only senders that contain this; <> is the null sender"),
        new("domain", "NAME", "Only recipients in this domain or post office"),
        new("subject", "TEXT", "Only subjects that contain this"),
        new("id", "ID", "Only the message with this Message-ID"),
        new("find", "TEXT", "Only where recipient, sender or subject contain this"),
        new("cause", "TEXT", "Only what waits for this reason, with … for addresses and # for numbers, as the overview names it"),
        new("age", "AGES", "Only what was accepted so long ago: 2h- (at least), -5m (less), 15m-4h"),
        new("tries", "N", "Only after at least so many attempts"),
        new("size", "BYTES", "Only messages of at least so many bytes"),
        new("report", "yes|no", "Only reports, or none"),
    ];

    private const string All = "all";

    /// <summary>Reads a filter. What cannot be followed is left out, and named where somebody wants to know.</summary>
    /// <param name="values">By name; other names than those of <see cref="Words"/> are not looked at.</param>
    public static QueueFilter Read(IReadOnlyDictionary<string, string> values, ICollection<QueueFilterFault>? faults = null)
    {
        TimeSpan? older = null, younger = null;
        if (Of("age") is { Length: > 0 } age && !AgeRange.TryParse(age, out older, out younger))
        {
            Note("age", $"An age is a range such as 30m-, -12h or 2h-2d, not “{age}”.");
        }

        return new QueueFilter
        {
            States = States(Of("state"), word => Note("state", $"There is no state “{word}”; the states are {StateNames}, and all.")),
            Connector = Of("connector"),
            Destination = Of("destination"),
            Recipient = Of("recipient"),
            Sender = Of("sender"),
            Domain = Of("domain"),
            Subject = Of("subject"),
            HeaderId = Of("id"),
            Text = Of("find"),
            Cause = Of("cause"),
            OlderThan = older > TimeSpan.Zero ? older : null,
            YoungerThan = younger,
            AttemptsAtLeast = Number("tries") is { } tries ? (int)Math.Min(tries, int.MaxValue) : null,
            SizeAtLeast = Number("size"),
            IsReport = Of("report") switch { "yes" => true, "no" => false, _ => NotYesOrNo() },
        };

        string Of(string name)
        {
            var value = values.GetValueOrDefault(name, "");
            if (value.Length <= LongestValue)
            {
                return value;
            }

            Note(name, $"A value has at most {LongestValue} characters.");
            return "";
        }

        long? Number(string name)
        {
            var text = Of(name);
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            if (text.Length > 0)
            {
                Note(name, $"{name} is a whole number, not “{text}”.");
            }

            return null;
        }

        bool? NotYesOrNo()
        {
            if (Of("report") is { Length: > 0 } text)
            {
                Note("report", $"report is yes or no, not “{text}”.");
            }

            return null;
        }

        void Note(string name, string sentence) => faults?.Add(new QueueFilterFault(name, sentence));
    }

    private static string StateNames => string.Join(", ", Enum.GetValues<DeliveryState>().Select(state => state.ToSql()));

    private static List<DeliveryState> States(string text, Action<string> complain)
    {
        if (text == All)
        {
            return [.. QueueFilter.LiveStates, .. QueueFilter.FinalStates];
        }

        var states = new List<DeliveryState>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.GetValues<DeliveryState>().Where(state => word.Equals(state.ToSql(), StringComparison.OrdinalIgnoreCase)).ToList() is [var state])
            {
                states.Add(state);
            }
            else
            {
                complain(word);
            }
        }

        return [.. states.Distinct()];
    }
}
