using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats.Ldap;

/// <summary>Search filters of LDAP in their text form (RFC 4515).</summary>
public static class FilterText
{
    /// <summary>A value as it stands in a filter: what would be read as part of the filter is escaped.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            _ = c is '*' or '(' or ')' or '\\' or < ' ' or '\u007f' ? text.Append(CultureInfo.InvariantCulture, $"\\{(int)c:x2}") : text.Append(c);
        }

        return text.ToString();
    }

    /// <summary>Both conditions.</summary>
    public static string And(string one, string other) => $"(&{one}{other})";

    /// <summary>Why a text is no filter as far as its brackets tell; empty when it may be one. The server has the last word.</summary>
    public static string FaultOf(string filter)
    {
        var depth = 0;
        var closedAt = -1;
        for (var i = 0; i < filter.Length && closedAt < 0; i++)
        {
            depth += filter[i] switch { '(' => 1, ')' => -1, _ => 0 };
            closedAt = depth == 0 ? i : -1;
        }

        return filter.StartsWith('(') && closedAt == filter.Length - 1 ? "" : $"“{filter}” is no filter such as (objectClass=person).";
    }
}
