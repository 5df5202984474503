using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Directory.Names;

/// <summary>LDAP: names compare by caseIgnoreMatch, after the preparation of RFC 4518: case, width and blanks do not count.</summary>
public sealed class LdapNames : NameRule
{
    public override string Hold(string name, out bool isExact)
    {
        var held = Visible(name).Trim();
        isExact = held == name;
        return held;
    }

    protected override SortKey KeyOf(string held, MailAddress address) => KeyOf(NameKey.Fold(held));

    // RFC 4518 section 2.2: what has no look of its own is mapped to nothing, whatever separates to a blank.
    private static string Visible(string name)
    {
        var visible = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsSeparator(rune.Value))
            {
                visible.Append(' ');
            }
            else if (!IsNothing(rune.Value))
            {
                visible.Append(rune.ToString());
            }
        }

        return visible.ToString();
    }

    private static bool IsSeparator(int c) => c is (>= 0x09 and <= 0x0D) or 0x85 or 0x2028 or 0x2029;

    private static bool IsNothing(int c) => c
        is <= 0x1F or (>= 0x7F and <= 0x9F) or 0xAD or 0x034F or 0x06DD or 0x070F or 0x1806 or (>= 0x180B and <= 0x180E)
        or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x2063) or (>= 0x206A and <= 0x206F)
        or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFC) or (>= 0x1D173 and <= 0x1D17A) or 0xE0001 or (>= 0xE0020 and <= 0xE007F);
}
