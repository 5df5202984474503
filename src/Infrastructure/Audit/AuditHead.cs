using System.Globalization;

namespace Postern.Infrastructure.Audit;

/// <summary>The newest row of the audit as somebody once wrote it down: whoever has it can tell whether anything up to there was changed since.</summary>
/// <param name="Place">How many rows the audit had; 0 before the first.</param>
/// <param name="Hash">In lower-case hexadecimal digits; seals all rows up to there.</param>
public sealed record AuditHead(long Place, string Hash)
{
    private const int HashDigits = 64;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out AuditHead head)
    {
        var parts = text.Trim().Split(':');
        if (parts is [var place, { Length: HashDigits } hash]
            && long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && hash.All(char.IsAsciiHexDigit))
        {
            head = new AuditHead(number, hash.ToLowerInvariant());
            return true;
        }

        head = new AuditHead(0, "");
        return false;
    }

    /// <summary>As it is logged, mailed and given to <c>postern audit verify --head</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}:{Hash}");
}

/// <summary>What a check of the audit found.</summary>
/// <param name="Rows">Rows that hold, from the first on.</param>
/// <param name="Head">The last of them.</param>
/// <param name="Fault">Empty when all hold; else a sentence that names the first row that does not.</param>
public sealed record AuditVerdict(long Rows, AuditHead Head, string Fault)
{
    /// <summary>Nothing was changed, removed, put in or moved.</summary>
    public bool Holds => Fault.Length == 0;
}
