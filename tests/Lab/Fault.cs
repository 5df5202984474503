using System.Globalization;
using System.Text;
using Postern.Lab.CcMail;

namespace Postern.Lab;

/// <summary>
/// One line of a <c>faults.txt</c>: program, action, conditions and details, for example <c>import exit=1 nth=3</c>. What may
/// be written is in the README; everything else is refused, because a fault that never fires makes a test pass for nothing.
/// </summary>
internal sealed class Fault
{
    private static readonly Dictionary<string, string[]> Actions = new()
    {
        ["import"] = ["hang", "exit", "crash", "lock", "reject", "slow", "noise"],
        ["export"] =
        [
            "hang", "exit", "crash", "lock", "truncate", "slow", "noise", "corrupt", "no-contents", "blank-size", "8.3-drops-names",
        ],
        ["gtwput"] = ["hang", "exit", "crash", "slow", "noise", "refuse"],
        ["gtwget"] = ["hang", "exit", "crash", "slow", "noise", "truncate"],
        ["msimport"] = ["hang", "exit", "crash", "slow", "noise", "refuse", "mangle"],
        ["dsserver"] = ["ignore", "lose", "double", "damage"],
        ["peer"] = ["reject", "defer", "drop", "slow", "hide"],
    };

    private static readonly string[] Details =
    [
        "subject", "from", "to", "nth", "for", "every", "at", "reason", "ms", "kb", "exit", "after-write", "stubborn",
        "rcpt", "code", "text", "greeting", "data", "after-data", "during-data", "lost", "extension",
    ];

    private readonly Dictionary<string, string> details = new(StringComparer.OrdinalIgnoreCase);

    private Fault(string line, string program, string action)
    {
        (Line, Program, Action) = (line, program, action);
    }

    public string Line { get; }

    public string Program { get; }

    public string Action { get; }

    /// <summary>before, during or after the message (IMPORT); start, half or after-write (EXPORT).</summary>
    public string At => details.ContainsKey("after-write") ? "after-write" : Detail("at", Program == "import" ? "before" : "start");

    public static Fault Parse(string line)
    {
        var words = SplitWords(line);
        var (action, value) = SplitPair(words.ElementAtOrDefault(1) ?? "");
        if (!Actions.TryGetValue(words[0], out var actions) || !actions.Contains(action))
        {
            throw new MisuseException($"faults.txt does not know '{line}'");
        }

        var fault = new Fault(line, words[0], action);
        foreach (var word in words.Skip(2))
        {
            var (key, detail) = SplitPair(word);
            if (!Details.Contains(key))
            {
                throw new MisuseException($"faults.txt does not know '{word}' in '{line}'");
            }

            fault.details[key] = detail;
        }

        if (value.Length > 0)
        {
            fault.details[action] = value;
        }

        return fault;
    }

    public bool Has(string detail) => details.ContainsKey(detail);

    public string Detail(string key, string standard = "") => details.GetValueOrDefault(key, standard);

    public int Number(string key, int standard) => !details.TryGetValue(key, out var text)
        ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new MisuseException($"faults.txt: {key} is not a number in '{Line}'");

    /// <summary>Whether the conditions on the message hold. A fault without any concerns every message.</summary>
    public bool Concerns(Message message) =>
        Holds("subject", message.Subject)
        && Holds("from", message.From)
        && (!Has("to") || Action == "reject" || message.Recipients.Any(line => Holds("to", line.Value)));

    /// <summary>Whether a fault that fires per message or per run fires at the n-th occasion.</summary>
    public bool FiresAt(int occasion) =>
        (!Has("nth") || occasion == Number("nth", 0))
        && (!Has("for") || occasion <= Number("for", 0))
        && (!Has("every") || occasion % Math.Max(1, Number("every", 1)) == 0);

    public bool Holds(string key, string text) =>
        !details.TryGetValue(key, out var word) || text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static (string Key, string Value) SplitPair(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
    }

    private static List<string> SplitWords(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isQuoted = false;
        foreach (var c in line + " ")
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c != ' ' || isQuoted)
            {
                word.Append(c);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return words.Count > 0 ? words : throw new MisuseException($"faults.txt: a quote is open in '{line}'");
    }
}
