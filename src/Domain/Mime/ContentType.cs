using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>What a part says it is (RFC 2045, 5). Type and subtype are in lower case.</summary>
public sealed class ContentType
{
    private static readonly SearchValues<char> TokenSpecials = SearchValues.Create("()<>@,;:\\\"/[]?=");

    private ContentType(string type, string subtype, ParameterList parameters)
    {
        Type = type;
        Subtype = subtype;
        Parameters = parameters;
    }

    /// <summary>What a part is that says nothing, or nothing readable.</summary>
    public static ContentType Text { get; } = new("text", "plain", ParameterList.Empty);

    /// <summary>What a part of a multipart/digest is that says nothing (RFC 2046, 5.1.5).</summary>
    public static ContentType Message { get; } = new("message", "rfc822", ParameterList.Empty);

    public string Type { get; }

    public string Subtype { get; }

    public ParameterList Parameters { get; }

    public string MediaType => $"{Type}/{Subtype}";

    public string? Charset => Parameters["charset"];

    public string? Boundary => Parameters["boundary"]?.TrimEnd();

    public bool IsText => Type == "text";

    public bool IsMultipart => Type == "multipart";

    /// <summary>A whole message inside this one; the forms of RFC 2046 and RFC 6532 and the one of old news readers.</summary>
    public bool IsMessage => Type == "message" && Subtype is "rfc822" or "global" or "news";

    /// <summary>Signed or encrypted in a way that a changed byte would break: S/MIME or PGP/MIME.</summary>
    public bool IsSealed =>
        (IsMultipart && Subtype is "signed" or "encrypted")
        || (Type == "application" && Subtype is "pkcs7-mime" or "x-pkcs7-mime" or "pkcs7-signature" or "x-pkcs7-signature");

    public bool Is(string type, string subtype) => Type == type && Subtype == subtype;

    /// <summary>Reads the unfolded value of a Content-Type field; what cannot be read is text/plain.</summary>
    public static ContentType Parse(string value, out MimeFaults faults)
    {
        faults = MimeFaults.None;
        var end = value.AsSpan().IndexOfAny(';', '(');
        var main = (end < 0 ? value : value.AsSpan(0, end)).Trim();
        var semicolon = end < 0 ? -1 : value.IndexOf(';', end);
        var parameters = semicolon < 0 ? ParameterList.Empty : ParameterReader.Read(value.AsSpan(semicolon));
        faults |= parameters.Faults;
        var slash = main.IndexOf('/');
        var type = slash < 0 ? main : main[..slash].TrimEnd();
        var subtype = slash < 0 ? default : main[(slash + 1)..].TrimStart();
        if (IsToken(type) && IsToken(subtype))
        {
            return new ContentType(Lower(type), Lower(subtype), parameters);
        }

        // "Content-Type: text" was common before MIME had settled; its parameters still hold.
        faults |= MimeFaults.BadContentType;
        return new ContentType("text", "plain", parameters);
    }

    public override string ToString() => MediaType;

    private static string Lower(ReadOnlySpan<char> text) => text.ToString().ToLowerInvariant();

    private static bool IsToken(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 127
        && !text.ContainsAnyExceptInRange('!', '~')
        && !text.ContainsAny(TokenSpecials);
}
