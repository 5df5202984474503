using System.Text;

namespace Postern.Domain.Addresses;

/// <summary>The one comparison of names and addresses that differ only in letter case, width or blanks (Q237588).</summary>
public static class NameKey
{
    /// <summary>Folds case by Unicode's simple mapping, full-width forms to their plain ones, and runs of blanks to one.</summary>
    public static string Fold(string text)
    {
        if (IsPlain(text))
        {
            return text.ToUpperInvariant();
        }

        var folded = new StringBuilder(text.Length);
        var pendingBlank = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                pendingBlank = folded.Length > 0;
                continue;
            }

            if (pendingBlank)
            {
                folded.Append(' ');
                pendingBlank = false;
            }

            Append(folded, rune);
        }

        return folded.ToString();
    }

    // A full-width form becomes its plain one, an accent that stands apart joins its letter.
    private static void Append(StringBuilder folded, Rune rune)
    {
        if (!rune.IsBmp)
        {
            folded.Append(Upper(rune));
            return;
        }

        foreach (var plain in LetterForms.Plain((char)rune.Value))
        {
            foreach (var c in Upper(new Rune(plain)))
            {
                if (folded.Length > 0 && LetterForms.TryCompose(folded[^1], c, out var composed))
                {
                    folded.Length--;
                    folded.Append(Upper(new Rune(composed)));
                }
                else
                {
                    folded.Append(c);
                }
            }
        }
    }

    // The sharp s has no single upper-case letter; cc:Mail and LDAP both treat it as SS.
    private static string Upper(Rune rune) => rune.Value switch
    {
        'ß' or 'ẞ' => "SS",
        'ı' => "I",
        'İ' => "I",
        _ => Rune.ToUpperInvariant(rune).ToString(),
    };

    private static bool IsPlain(ReadOnlySpan<char> text) =>
        text.IsEmpty
        || (!text.ContainsAnyExceptInRange(' ', '~') && text[0] != ' ' && text[^1] != ' ' && !text.Contains("  ", StringComparison.Ordinal));
}
