using System.CommandLine;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Cli;

/// <summary>The options that say which deliveries are meant; the same for looking and for acting.</summary>
internal sealed class QueueFilterOptions
{
    private readonly Option<DeliveryState[]> state = new("--state")
    {
        Description = "Only these states; left out: everything that waits",
        HelpName = "STATE",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(word => StateOf(word, result.AddError))],
    };

    private readonly Option<string> connector = Text("--connector", "NAME", "Only this connector");
    private readonly Option<string> destination = Text("--destination", "NAME", "Only this next hop or post office");
    private readonly Option<string> recipient = Text("--recipient", "TEXT", "Only recipients that contain this");
    private readonly Option<string> sender = Text("--sender", "TEXT", "Only senders that contain this; <> is the null sender");
    private readonly Option<string> domain = Text("--domain", "NAME", "Only recipients in this domain or post office");
    private readonly Option<string> subject = Text("--subject", "TEXT", "Only subjects that contain this");
    private readonly Option<string> headerId = Text("--message-id", "ID", "Only the message with this Message-ID");
    private readonly Option<TimeSpan?> olderThan = new("--older-than")
    {
        Description = "Only what was accepted at least so long ago: 30m, 12h, 2d",
        HelpName = "AGE",
        CustomParser = result => AgeOf(result.Tokens[0].Value, result.AddError),
    };

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[state, connector, destination, recipient, sender, domain, subject, headerId, olderThan])
        {
            command.Options.Add(option);
        }
    }

    public QueueFilter Read(ParseResult parsed) => new()
    {
        States = parsed.GetValue(state) ?? [],
        Connector = parsed.GetValue(connector) ?? "",
        Destination = parsed.GetValue(destination) ?? "",
        Recipient = parsed.GetValue(recipient) ?? "",
        Sender = parsed.GetValue(sender) ?? "",
        Domain = parsed.GetValue(domain) ?? "",
        Subject = parsed.GetValue(subject) ?? "",
        HeaderId = parsed.GetValue(headerId) ?? "",
        OlderThan = parsed.GetValue(olderThan),
    };

    private static Option<string> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    private static DeliveryState StateOf(string word, Action<string> complain)
    {
        var names = Enum.GetNames<DeliveryState>();
        if (names.FirstOrDefault(name => name.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name)
        {
            return Enum.Parse<DeliveryState>(name);
        }

        complain($"There is no state “{word}”; the states are {string.Join(", ", names.Select(n => n.ToLowerInvariant()))}.");
        return default;
    }

    private static TimeSpan? AgeOf(string text, Action<string> complain)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.None, null, out var number))
        {
            switch (text[^1])
            {
                case 'm': return TimeSpan.FromMinutes(number);
                case 'h': return TimeSpan.FromHours(number);
                case 'd' when number < 10_000: return TimeSpan.FromDays(number);
            }
        }

        complain($"--older-than takes minutes, hours or days such as 30m, 12h, 2d, not “{text}”.");
        return null;
    }
}
