using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Does an address space cover an address, and how closely?</summary>
public static class AddressPattern
{
    private const int WholeAddress = 100_000;

    /// <summary>0 when it does not match, else larger for the more specific pattern.</summary>
    public static int Match(AddressSpace space, MailAddress address)
    {
        if (!string.Equals(space.Type, address.Type, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var pattern = space.Pattern.Trim();
        var covers = IsAll(pattern) || (address is SmtpAddress smtp ? CoversSmtp(pattern, smtp) : Covers(NameKey.Fold(pattern), NameKey.Fold(address.Text)));
        return covers ? Closeness(space) : 0;
    }

    /// <summary>How specific a space is among those that cover an address.</summary>
    internal static int Closeness(AddressSpace space)
    {
        var pattern = space.Pattern.Trim();
        if (IsAll(pattern))
        {
            return 1;
        }

        if (string.Equals(space.Type, SmtpAddress.TypeName, StringComparison.OrdinalIgnoreCase))
        {
            return pattern.Contains('@', StringComparison.Ordinal) ? WholeAddress : pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern.Length : 10_000;
        }

        // Every literal character of the pattern makes it more specific; a pattern without wild cards is most specific.
        var folded = NameKey.Fold(pattern);
        var literals = folded.Count(c => !IsWild(c));
        return literals == folded.Length ? WholeAddress : 1 + literals;
    }

    /// <summary>Blank covers all, as in the original's Address Space page (Q201058).</summary>
    internal static bool IsAll(string pattern) => pattern is "" or "*";

    internal static bool IsWild(char c) => c is '*' or '%' or '?';

    /// <summary>Why a connector cannot take what a space claims; null when it can. A stray space would win over the right one (Q169117).</summary>
    /// <param name="kind">smtp, ccmail or msmail.</param>
    public static string? KindFault(AddressSpace space, string kind)
    {
        var carries = kind switch { "ccmail" => CcMailAddress.TypeName, "msmail" => MsMailAddress.TypeName, _ => SmtpAddress.TypeName };
        return string.Equals(space.Type, carries, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"{space.Connector} is a connector of the kind {kind} and carries {carries} only; its address space {space.Type} {space.Pattern} would catch mail that it cannot deliver.";
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

    private static bool CoversSmtp(string pattern, SmtpAddress address)
    {
        if (pattern.Contains('@', StringComparison.Ordinal))
        {
            return SmtpAddress.TryParse(pattern, out var whole, out _) && whole.Key == address.Key;
        }

        // The dot stays: *.example.net covers a.example.net, never badexample.net.
        return pattern.StartsWith("*.", StringComparison.Ordinal)
            ? address.AsciiDomain.EndsWith($".{SmtpAddress.ToDnsForm(pattern[2..])}", StringComparison.Ordinal)
            : SmtpAddress.ToDnsForm(pattern) == address.AsciiDomain;
    }

    /// <summary>Does a folded pattern cover a folded text? Greedy with one step back: pattern times text at most, no recursion.</summary>
    internal static bool Covers(string pattern, string text)
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
