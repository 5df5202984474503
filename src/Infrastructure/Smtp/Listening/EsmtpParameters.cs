namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>One <c>KEYWORD=value</c> after a path (RFC 5321 section 4.1.2); <paramref name="Value"/> is null where no equals sign stands.</summary>
internal readonly record struct EsmtpParameter(string Keyword, string? Value);

/// <summary>Takes the parameters of MAIL and RCPT apart.</summary>
internal static class EsmtpParameters
{
    // Enough for every parameter that exists, so that the check for duplicates stays cheap.
    private const int Most = 20;

    /// <summary>Keywords come back in upper case. False with the reply for bad syntax or a keyword said twice.</summary>
    public static bool TryParse(string text, out List<EsmtpParameter> parameters, out SmtpReply fault)
    {
        parameters = [];
        fault = default;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var keyword = (equals < 0 ? word : word[..equals]).ToUpperInvariant();
            var value = equals < 0 ? null : word[(equals + 1)..];
            if (!IsKeyword(keyword) || value is { Length: 0 } || parameters.Count == Most)
            {
                fault = Bad($"{keyword} is not a parameter with a value");
                return false;
            }

            if (parameters.Exists(known => known.Keyword == keyword))
            {
                fault = Bad($"{keyword} is said twice");
                return false;
            }

            parameters.Add(new EsmtpParameter(keyword, value));
        }

        return true;
    }

    /// <summary>The parameter is known but its value is not (RFC 5321 section 4.2.2).</summary>
    public static SmtpReply Bad(string text) => new(501, "5.5.4", text);

    public static SmtpReply Unknown(string keyword) => new(555, "5.5.4", $"The parameter {keyword} is not recognised");

    private static bool IsKeyword(string keyword) =>
        keyword.Length > 0 && keyword[0] != '-' && keyword.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
