using System.Globalization;

namespace Postern.Domain.Formats.Ldap;

/// <summary>Times as directories write them: <c>20261129004000Z</c>, with a fraction in Active Directory, with two digits for the year in Exchange 5.5.</summary>
public static class GeneralizedTime
{
    private const int ShortYear = 13;

    private static readonly string[] Forms = ["yyyyMMddHHmmss'Z'", "yyyyMMddHHmmss.FFFFFFF'Z'", "yyMMddHHmmss'Z'"];

    /// <summary>Reads a time in universal time; false for anything else.</summary>
    public static bool TryRead(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>A time in the form that a directory has shown, in whole seconds.</summary>
    /// <param name="like">A time as the directory writes it.</param>
    public static string Write(DateTimeOffset time, string like) => time.UtcDateTime.ToString(
        like.Length == ShortYear ? "yyMMddHHmmss'Z'" : like.Contains('.', StringComparison.Ordinal) ? "yyyyMMddHHmmss'.0Z'" : "yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
}
