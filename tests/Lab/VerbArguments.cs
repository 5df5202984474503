using System.Globalization;

namespace Postern.Lab;

/// <summary>Arguments of the lab's own verbs: words, and options that take every word up to the next option.</summary>
internal sealed class VerbArguments
{
    private readonly Dictionary<string, List<string>> options = new(StringComparer.Ordinal);

    /// <summary>Words before the first option.</summary>
    public List<string> Words { get; } = [];

    public static VerbArguments Parse(string[] arguments, params string[] known)
    {
        var result = new VerbArguments();
        var current = result.Words;
        foreach (var argument in arguments)
        {
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                current.Add(argument);
                continue;
            }

            if (!known.Contains(argument))
            {
                throw new MisuseException($"Unknown option {argument}; known are {string.Join(' ', known)}.");
            }

            current = result.options.TryGetValue(argument, out var values) ? values : result.options[argument] = [];
        }

        return result;
    }

    public bool Has(string option) => options.ContainsKey(option);

    public List<string> Many(string option) => options.GetValueOrDefault(option, []);

    public string One(string option, string standard) => Many(option) is [.., var last] ? last : standard;

    public string Needed(string option) => Many(option) is [var only] ? only : throw new MisuseException($"{option} takes one value.");

    public int Number(string option, int standard) =>
        int.TryParse(One(option, standard.ToString(CultureInfo.InvariantCulture)), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new MisuseException($"{option} takes a number.");

    public string Word(int index, string name) =>
        index < Words.Count ? Words[index] : throw new MisuseException($"{name} is missing.");
}
