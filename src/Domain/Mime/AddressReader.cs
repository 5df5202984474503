using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Reads an address field as it comes, not as it should: unquoted commas in names, missing brackets, routes, groups,
/// semicolons between addresses. Linear in the length of the text.</summary>
internal ref struct AddressReader(string text, int maximum)
{
    /// <summary>Longer than any address that RFC 5321, 4.5.3.1 allows (64 + 1 + 255).</summary>
    public const int LongestAddress = 400;

    private const int LongestName = 500;

    private static readonly SearchValues<char> RunEnd = SearchValues.Create(" \t\r\n\0,;:(\"<>)[");

    private readonly List<Mailbox> found = [];
    private readonly List<string> words = [];
    private readonly StringBuilder run = new();
    private int position;
    private bool isSpaced;
    private string? angle;
    private string? remark;
    private string? loose;
    private MimeFaults faults;

    public AddressList Read()
    {
        while (position < text.Length)
        {
            if (found.Count >= maximum)
            {
                faults |= MimeFaults.TooManyAddresses;
                return new AddressList(found, faults);
            }

            Step(text[position]);
        }

        Finish();
        FlushLoose();
        return new AddressList(found, faults);
    }

    private void Step(char c)
    {
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n' or '\0':
                isSpaced = true;
                position++;
                break;
            case ',' or ';':
                position++;
                Finish();
                break;
            case ':':
                // The end of a group's name; nothing else at this place may hold a colon.
                position++;
                Clear();
                break;
            case '(':
                var comment = TakeComment();
                remark ??= comment;
                isSpaced = true;
                break;
            case '"':
                Append(TakeQuoted(), isQuoted: true);
                break;
            case '<':
                TakeAngle();
                break;
            case '>' or ')':
                faults |= MimeFaults.BadAddress;
                position++;
                break;
            default:
                Append(TakeRun(), isQuoted: false);
                break;
        }
    }

    private string TakeRun()
    {
        var start = position++;
        if (text[start] == '[')
        {
            var close = text.AsSpan(start, Math.Min(text.Length - start, LongestAddress)).IndexOfAny("],<");
            position = close > 0 && text[start + close] == ']' ? start + close + 1 : position;
            return text[start..position];
        }

        var end = text.AsSpan(position).IndexOfAny(RunEnd);
        position = end < 0 ? text.Length : position + end;
        return text[start..position];
    }

    /// <summary>Blanks end a word, but not beside a dot or an at sign: "jane . doe @ site1.example" is one address (RFC 5322, 4.4).</summary>
    private void Append(string piece, bool isQuoted)
    {
        var isJoined = piece.Length > 0 && !isQuoted && piece[0] is '.' or '@';
        isJoined |= run.Length > 0 && run[^1] is '.' or '@';
        if (isSpaced && run.Length > 0 && !isJoined)
        {
            words.Add(run.ToString());
            run.Clear();
        }

        isSpaced = false;
        run.Append(isQuoted ? Mark(piece) : piece);
    }

    /// <summary>Keeps quoted text apart from the rest until it is known whether it is a name or a local part.</summary>
    private static string Mark(string quoted) => $"\u0001{quoted.Replace('\u0001', ' ').Replace('\u0002', ' ')}\u0002";

    private string TakeQuoted()
    {
        var output = new StringBuilder();
        position++;
        while (position < text.Length && text[position] != '"')
        {
            position += text[position] == '\\' && position + 1 < text.Length ? 1 : 0;
            output.Append(text[position++]);
        }

        faults |= position < text.Length ? MimeFaults.None : MimeFaults.BadAddress;
        position++;
        return output.ToString();
    }

    private string TakeComment()
    {
        var output = new StringBuilder();
        var depth = 1;
        position++;
        while (position < text.Length)
        {
            var c = text[position++];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0)
            {
                return output.ToString().Trim();
            }

            if (c == '\\' && position < text.Length)
            {
                c = text[position++];
            }

            output.Append(c);
        }

        faults |= MimeFaults.BadAddress;
        return output.ToString().Trim();
    }

    private void TakeAngle()
    {
        while (position < text.Length && text[position] is '<' or ' ')
        {
            position++;
        }

        // A source route is read over: "<@a,@b:jane@c>" means jane@c (RFC 5321, appendix C).
        var isRoute = position < text.Length && text[position] == '@';
        var spec = new StringBuilder();
        while (position < text.Length && text[position] is not ('>' or '<') && (isRoute || text[position] is not (',' or ';')))
        {
            switch (text[position])
            {
                case '"':
                    spec.Append(Mailbox.QuoteLocal(TakeQuoted()));
                    break;
                case '(':
                    TakeComment();
                    break;
                case ':' when isRoute:
                    isRoute = false;
                    spec.Clear();
                    position++;
                    break;
                case var c:
                    spec.Append(c is ' ' or '\t' ? "" : c);
                    position++;
                    break;
            }
        }

        if (position < text.Length && text[position] == '>')
        {
            position++;
        }
        else
        {
            faults |= MimeFaults.BadAddress;
        }

        angle ??= spec.ToString();
        isSpaced = true;
    }

    private void Finish()
    {
        if (run.Length > 0)
        {
            words.Add(run.ToString());
        }

        if (angle is not null)
        {
            var name = Name(words);
            if (loose is not null && name.Length > 0)
            {
                // "Doe, Jane <jane@site1.example>" without quotes: common from systems that show names this way.
                name = $"{loose}, {name}";
                loose = null;
                faults |= MimeFaults.BadAddress;
            }

            FlushLoose();
            Add(name, angle);
        }
        else if (words.Count > 0)
        {
            FlushLoose();
            FinishBare();
        }

        Clear();
    }

    private void FinishBare()
    {
        var address = words.FindLastIndex(HasAt);
        if (address < 0)
        {
            loose = Name(words);
            return;
        }

        var spec = Spec(words[address]);
        if (words.Count > 1)
        {
            faults |= MimeFaults.BadAddress;
            words.RemoveAt(address);
            Add(Name(words), spec);
            return;
        }

        Add("", spec);
    }

    /// <summary>Words without an address: a single one is a local mailbox, several are a name.</summary>
    private void FlushLoose()
    {
        if (loose is null)
        {
            return;
        }

        faults |= MimeFaults.BadAddress;
        var isSingle = !loose.Contains(' ', StringComparison.Ordinal) && loose.Length <= LongestAddress;
        Keep(isSingle ? new Mailbox("", Mailbox.QuoteLocal(loose)) : new Mailbox(loose, ""));
        loose = null;
    }

    private void Add(string name, string address)
    {
        if (name.Length == 0 && remark is not null)
        {
            name = StorableText.Clean(EncodedWords.Decode(remark), LongestName).Trim();
        }

        var clean = StorableText.Clean(address, LongestAddress + 1);
        if (clean.Length == 0 || clean.Length > LongestAddress || clean.Contains(' ', StringComparison.Ordinal) && clean[0] != '"')
        {
            faults |= MimeFaults.BadAddress;
            clean = "";
        }

        if (name.Length > 0 || clean.Length > 0)
        {
            Keep(new Mailbox(name, clean));
        }
    }

    // One end can complete two: a name that waited for its address, and the address that was not its own.
    private void Keep(Mailbox mailbox)
    {
        if (found.Count < maximum)
        {
            found.Add(mailbox);
        }
        else
        {
            faults |= MimeFaults.TooManyAddresses;
        }
    }

    private void Clear()
    {
        words.Clear();
        run.Clear();
        angle = null;
        remark = null;
        isSpaced = false;
    }

    private static string Name(List<string> words)
    {
        var raw = string.Join(' ', words).Replace("\u0001", "", StringComparison.Ordinal).Replace("\u0002", "", StringComparison.Ordinal);
        return StorableText.Clean(EncodedWords.Decode(raw), LongestName).Trim();
    }

    /// <summary>An at sign inside quotes does not make an address.</summary>
    private static bool HasAt(string word)
    {
        var isQuoted = false;
        foreach (var c in word)
        {
            isQuoted = c == '\u0001' || (isQuoted && c != '\u0002');
            if (c == '@' && !isQuoted)
            {
                return true;
            }
        }

        return false;
    }

    private static string Spec(string word)
    {
        var output = new StringBuilder(word.Length);
        for (var at = 0; at < word.Length; at++)
        {
            var end = word[at] == '\u0001' ? word.IndexOf('\u0002', at) : -1;
            if (end < 0)
            {
                output.Append(word[at] is '\u0001' or '\u0002' ? "" : word[at]);
                continue;
            }

            output.Append(Mailbox.QuoteLocal(word[(at + 1)..end]));
            at = end;
        }

        return output.ToString();
    }
}
