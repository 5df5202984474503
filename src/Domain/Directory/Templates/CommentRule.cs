using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Templates;

/// <summary>
/// How a cc:Mail comment is taken apart, as the original's rule had it: <c>%a;%o;%p</c> for alias, office and phone; <c>%d</c> is the department,
/// <c>%c</c> custom attribute 1 (Q217040). Without a rule the whole comment is the notes.
/// </summary>
public sealed class CommentRule
{
    public static readonly CommentRule Notes = new([]);

    private readonly List<string> fields;

    private CommentRule(List<string> fields) => this.fields = fields;

    public static bool TryParse(string text, out CommentRule rule, out string fault)
    {
        fault = "";
        rule = Notes;
        if (text.Trim().Length == 0)
        {
            return true;
        }

        var fields = text.Split(';').Select(token => FieldOf(token.Trim())).ToList();
        if (fields.Exists(field => field is null))
        {
            fault = $"“{text}” is not a comment rule: %a, %d, %o, %p and %c stand between semicolons.";
            return false;
        }

        rule = new CommentRule([.. fields.Select(field => field!)]);
        return true;
    }

    /// <summary>The values of a comment; runs of blanks count as one.</summary>
    public IEnumerable<KeyValuePair<string, string>> Read(string comment)
    {
        if (fields.Count == 0)
        {
            yield return KeyValuePair.Create(ValueNames.Notes, comment);
            yield break;
        }

        // The last field takes what is left, semicolons included.
        var parts = comment.Split(';', fields.Count);
        for (var i = 0; i < parts.Length; i++)
        {
            if (fields[i].Length > 0)
            {
                yield return KeyValuePair.Create(fields[i], string.Join(' ', parts[i].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }
        }
    }

    /// <summary>The comment that holds the values; semicolons inside them become commas, but in the last one.</summary>
    public string Write(RowValues values) =>
        fields.Count == 0
            ? values[ValueNames.Notes]
            : string.Join(';', fields.Select((field, i) => field.Length == 0 ? "" : i == fields.Count - 1 ? values[field] : values[field].Replace(';', ','))).TrimEnd(';');

    private static string? FieldOf(string token) => token switch
    {
        "" => "",
        "%a" => ValueNames.Alias,
        "%d" => ValueNames.Department,
        "%o" => ValueNames.Office,
        "%p" => ValueNames.Phone,
        "%c" => ValueNames.Custom,
        _ => null,
    };
}
