using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Does an address space cover an address, and how closely?</summary>
public static class AddressPattern
{
    /// <summary>0 when it does not match, else larger for the more specific pattern.</summary>
    public static int Match(AddressSpace space, MailAddress address)
    {
        if (!string.Equals(space.Type, address.Type, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var pattern = space.Pattern.Trim();
        if (pattern is "" or "*")
        {
            return 1; // blank covers all, as in the original's Address Space page (Q201058)
        }

        return address is SmtpAddress smtp ? MatchSmtp(pattern, smtp) : MatchName(pattern, address.Text);
    }

    /// <summary>Why a pattern cannot be used for a type of addresses; null when it can.</summary>
    public static string? FaultOf(string type, string pattern)
    {
        switch (type)
        {
            case CcMailAddress.TypeName or MsMailAddress.TypeName:
                return null;
            case SmtpAddress.TypeName when pattern is "" or "*":
                return null;
            case SmtpAddress.TypeName:
                var text = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
                text = text.Contains('@', StringComparison.Ordinal) ? text : $"x@{text}";
                return SmtpAddress.TryParse(text, out _, out var fault)
                    ? null
                    : $"the pattern “{pattern}” is not *, a domain, *.domain or an address. {fault}";
            default:
                return $"the type is “{type}”; it can be {SmtpAddress.TypeName}, {CcMailAddress.TypeName} or {MsMailAddress.TypeName}.";
        }
    }

    private static int MatchSmtp(string pattern, SmtpAddress address)
    {
        if (pattern.Contains('@', StringComparison.Ordinal))
        {
            return SmtpAddress.TryParse(pattern, out var whole, out _) && whole.Key == address.Key ? 100_000 : 0;
        }

        if (pattern.StartsWith("*.", StringComparison.Ordinal))
        {
            // The dot stays: *.example.net covers a.example.net, never badexample.net.
            return address.AsciiDomain.EndsWith($".{SmtpAddress.ToDnsForm(pattern[2..])}", StringComparison.Ordinal) ? pattern.Length : 0;
        }

        return SmtpAddress.ToDnsForm(pattern) == address.AsciiDomain ? 10_000 : 0;
    }

    // Every literal character of the pattern makes it more specific; a pattern without wild cards is most specific.
    private static int MatchName(string pattern, string text)
    {
        var folded = NameKey.Fold(pattern);
        if (!Covers(folded, NameKey.Fold(text)))
        {
            return 0;
        }

        var literals = folded.Count(c => c is not ('*' or '%' or '?'));
        return literals == folded.Length ? 100_000 : 1 + literals;
    }

    // Greedy matching with one step back: linear in pattern times text, no recursion.
    private static bool Covers(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] is '*' or '%')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] is '*' or '%')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
