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

    private readonly string _text = text;
    private readonly List<Mailbox> _found = [];
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private int _at;
    private bool _isSpaced;
    private string? _angle;
    private string? _comment;
    private string? _loose;
    private MimeFaults _faults;

    public AddressList Read()
    {
        while (_at < _text.Length)
        {
            if (_found.Count >= maximum)
            {
                _faults |= MimeFaults.TooManyAddresses;
                return new AddressList(_found, _faults);
            }

            Step(_text[_at]);
        }

        Finish();
        FlushLoose();
        return new AddressList(_found, _faults);
    }

    private void Step(char c)
    {
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n' or '\0':
                _isSpaced = true;
                _at++;
                break;
            case ',' or ';':
                _at++;
                Finish();
                break;
            case ':':
                // The end of a group's name; nothing else at this place may hold a colon.
                _at++;
                Clear();
                break;
            case '(':
                var comment = TakeComment();
                _comment ??= comment;
                _isSpaced = true;
                break;
            case '"':
                Append(TakeQuoted(), isQuoted: true);
                break;
            case '<':
                TakeAngle();
                break;
            case '>' or ')':
                _faults |= MimeFaults.BadAddress;
                _at++;
                break;
            default:
                Append(TakeRun(), isQuoted: false);
                break;
        }
    }

    private string TakeRun()
    {
        var start = _at++;
        if (_text[start] == '[')
        {
            var close = _text.AsSpan(start, Math.Min(_text.Length - start, LongestAddress)).IndexOfAny("],<");
            _at = close > 0 && _text[start + close] == ']' ? start + close + 1 : _at;
            return _text[start.._at];
        }

        var end = _text.AsSpan(_at).IndexOfAny(RunEnd);
        _at = end < 0 ? _text.Length : _at + end;
        return _text[start.._at];
    }

    /// <summary>Blanks end a word, but not beside a dot or an at sign: "jane . doe @ site1.example" is one address (RFC 5322, 4.4).</summary>
    private void Append(string piece, bool isQuoted)
    {
        var isJoined = piece.Length > 0 && !isQuoted && piece[0] is '.' or '@';
        isJoined |= _word.Length > 0 && _word[^1] is '.' or '@';
        if (_isSpaced && _word.Length > 0 && !isJoined)
        {
            _words.Add(_word.ToString());
            _word.Clear();
        }

        _isSpaced = false;
        _word.Append(isQuoted ? Mark(piece) : piece);
    }

    /// <summary>Keeps quoted text apart from the rest until it is known whether it is a name or a local part.</summary>
    private static string Mark(string quoted) => $"\u0001{quoted.Replace('\u0001', ' ').Replace('\u0002', ' ')}\u0002";

    private string TakeQuoted()
    {
        var output = new StringBuilder();
        _at++;
        while (_at < _text.Length && _text[_at] != '"')
        {
            _at += _text[_at] == '\\' && _at + 1 < _text.Length ? 1 : 0;
            output.Append(_text[_at++]);
        }

        _faults |= _at < _text.Length ? MimeFaults.None : MimeFaults.BadAddress;
        _at++;
        return output.ToString();
    }

    private string TakeComment()
    {
        var output = new StringBuilder();
        var depth = 1;
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0)
            {
                return output.ToString().Trim();
            }

            if (c == '\\' && _at < _text.Length)
            {
                c = _text[_at++];
            }

            output.Append(c);
        }

        _faults |= MimeFaults.BadAddress;
        return output.ToString().Trim();
    }

    private void TakeAngle()
    {
        while (_at < _text.Length && _text[_at] is '<' or ' ')
        {
            _at++;
        }

        // A source route is read over: "<@a,@b:jane@c>" means jane@c (RFC 5321, appendix C).
        var isRoute = _at < _text.Length && _text[_at] == '@';
        var spec = new StringBuilder();
        while (_at < _text.Length && _text[_at] is not ('>' or '<') && (isRoute || _text[_at] is not (',' or ';')))
        {
            switch (_text[_at])
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
                    _at++;
                    break;
                case var c:
                    spec.Append(c is ' ' or '\t' ? "" : c);
                    _at++;
                    break;
            }
        }

        if (_at < _text.Length && _text[_at] == '>')
        {
            _at++;
        }
        else
        {
            _faults |= MimeFaults.BadAddress;
        }

        _angle ??= spec.ToString();
        _isSpaced = true;
    }

    private void Finish()
    {
        if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
        }

        if (_angle is not null)
        {
            var name = Name(_words);
            if (_loose is not null && name.Length > 0)
            {
                // "Doe, Jane <jane@site1.example>" without quotes: common from systems that show names this way.
                name = $"{_loose}, {name}";
                _loose = null;
                _faults |= MimeFaults.BadAddress;
            }

            FlushLoose();
            Add(name, _angle);
        }
        else if (_words.Count > 0)
        {
            FlushLoose();
            FinishBare();
        }

        Clear();
    }

    private void FinishBare()
    {
        var address = _words.FindLastIndex(HasAt);
        if (address < 0)
        {
            _loose = Name(_words);
            return;
        }

        var spec = Spec(_words[address]);
        if (_words.Count > 1)
        {
            _faults |= MimeFaults.BadAddress;
            _words.RemoveAt(address);
            Add(Name(_words), spec);
            return;
        }

        Add("", spec);
    }

    /// <summary>Words without an address: a single one is a local mailbox, several are a name.</summary>
    private void FlushLoose()
    {
        if (_loose is null)
        {
            return;
        }

        _faults |= MimeFaults.BadAddress;
        var isSingle = !_loose.Contains(' ', StringComparison.Ordinal) && _loose.Length <= LongestAddress;
        Keep(isSingle ? new Mailbox("", Mailbox.QuoteLocal(_loose)) : new Mailbox(_loose, ""));
        _loose = null;
    }

    private void Add(string name, string address)
    {
        if (name.Length == 0 && _comment is not null)
        {
            name = StorableText.Clean(EncodedWords.Decode(_comment), LongestName).Trim();
        }

        var clean = StorableText.Clean(address, LongestAddress + 1);
        if (clean.Length == 0 || clean.Length > LongestAddress || clean.Contains(' ', StringComparison.Ordinal) && clean[0] != '"')
        {
            _faults |= MimeFaults.BadAddress;
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
        if (_found.Count < maximum)
        {
            _found.Add(mailbox);
        }
        else
        {
            _faults |= MimeFaults.TooManyAddresses;
        }
    }

    private void Clear()
    {
        _words.Clear();
        _word.Clear();
        _angle = null;
        _comment = null;
        _isSpaced = false;
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
