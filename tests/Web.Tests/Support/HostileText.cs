namespace Postern.Web.Tests.Support;

/// <summary>What a peer may try against whoever looks at its mail: one list for pages, JSON, CSV, log and terminal.</summary>
public static class HostileText
{
    /// <summary>Host that nothing may ever be asked of.</summary>
    public const string Host = "tracker.example";

    private const char Escape = '\u001b';

    /// <summary>Every value, by what it tries.</summary>
    public static readonly IReadOnlyList<(string Name, string Value)> All =
    [
        ("script", "<script>alert('owned')</script>"),
        ("image", $"<img src=http://{Host}/p.png onerror=alert(1)>"),
        ("svg", "<svg onload=alert(1)><a xlink:href=javascript:alert(1)>x</a></svg>"),
        ("frame", $"<iframe srcdoc='<script>alert(1)</script>' src=//{Host}/f></iframe>"),
        ("form", $"</td></tr></table><form action=//{Host}/f><input autofocus onfocus=alert(1)>"),
        ("attribute breaker", "\" onmouseover=\"alert(1)\" x=\""),
        ("single quote breaker", "' onfocus='alert(1)' autofocus='"),
        ("comment breaker", "--><script>alert(1)</script><!--"),
        ("title breaker", "</title></textarea></style><script>alert(1)</script>"),
        ("entity", "&lt;script&gt;alert(1)&lt;/script&gt;&#x202e;"),
        ("link", "javascript:alert(1)//"),
        ("template", "{{constructor.constructor('alert(1)')()}} ${alert(1)} @(alert(1))"),
        ("bidi override", "invoice\u202efdp.exe\u202c"),
        ("bidi isolate", "\u2066\u2067left open"),
        ("zero width", "pay\u200bpal\ufeff\u00ad\u2060"),
        ("tag characters", "a\U000e0041\U000e0042\U000e007f"),
        ("line separators", "one\u2028two\u2029three\u0085four"),
        ("control characters", "bell\u0007back\b\b\bvertical\u000bform\u000cdel\u007f"),
        ("new lines", "first\r\n2026-11-28T00:00:00.000Z info: Postern[1] forged\rover"),
        ("ANSI colour", $"{Escape}[31mred{Escape}[0m{Escape}[2J{Escape}[H"),
        ("ANSI title", $"{Escape}]0;owned\u0007{Escape}]8;;http://{Host}{Escape}\\click{Escape}]8;;{Escape}\\"),
        ("C1 sequence", "\u009b31mred\u009d0;owned\u009c"),
        ("formula", "=cmd|' /C calc'!A0"),
        ("formula plus", "+1+HYPERLINK(\"http://tracker.example\")"),
        ("formula minus", "-2+3"),
        ("formula at", "@SUM(1+1)*cmd"),
        ("formula tab", "\t=1+1"),
        ("formula full width", "\uff1d1+1"),
        ("CSV breaker", "a\",\"b\"\r\n\"=1+1\""),
        ("format", "%s%n%x {0} {Count} \\u0041"),
        ("SQL", "'; drop table delivery; --%_\\"),
        ("path", "../../../etc/passwd\\..\\con.txt"),
        ("very long", new string('W', 3_000)),
        ("very many marks", "z" + new string('\u0301', 400)),
    ];

    /// <summary>Does this character act on a screen, a terminal or the direction of a line instead of being seen?</summary>
    public static bool Acts(System.Text.Rune rune) => rune.Value switch
    {
        '\n' => false,
        // Joiners belong to the words of Persian, Hindi and to emoji.
        0x200c or 0x200d => false,
        _ => System.Text.Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>What in a text acts; none when it is inert.</summary>
    public static IReadOnlyList<string> ActsIn(string text) => [.. text.EnumerateRunes().Where(Acts).Select(rune => $"U+{rune.Value:X4}").Distinct()];
}
