using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Postern.Web.Api;

/// <summary>Which rows of a list are asked for. A cursor holds the place behind the last row, not a number of rows, so nothing is missed or comes twice while mail moves.</summary>
/// <param name="Cursor">What the list needs to go on; empty at the beginning.</param>
internal sealed record ApiPage(HttpContext Context, string Kind, int Limit, string Cursor)
{
    /// <summary>Reads it from the address.</summary>
    /// <param name="kind">List and order: the cursor of another does not fit.</param>
    /// <exception cref="ApiException">The cursor is none of this list.</exception>
    public static ApiPage Of(HttpContext context, string kind)
    {
        var limit = ApiParameter.Limit.NumberIn(context.Request)!.Value;
        var after = ApiParameter.After.In(context.Request);
        if (after.Length == 0)
        {
            return new ApiPage(context, kind, limit, "");
        }

        return Decode(after) is { } text && text.StartsWith($"{kind} ", StringComparison.Ordinal)
            ? new ApiPage(context, kind, limit, text[(kind.Length + 1)..])
            : throw ApiException.Unclear("This cursor does not belong to this list in this order. Leave out after to begin at the first page.");
    }

    /// <summary>The cursor as a number; 0 at the beginning.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public long Number => Cursor.Length == 0 ? 0
        : long.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiException.Unclear("This cursor cannot be read. Leave out after to begin at the first page.");

    /// <summary>The address of the page behind, also as a link in the header (RFC 8288); null on the last.</summary>
    public string? Next(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        var words = Context.Request.Query.Where(word => word.Key != ApiParameter.After.Name).Select(word => $"{word.Key}={Uri.EscapeDataString(word.Value.ToString())}");
        var next = $"{Context.Request.Path}?{string.Join('&', words.Append($"{ApiParameter.After.Name}={Encode($"{Kind} {cursor}")}"))}";
        Context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        return next;
    }

    /// <summary>The address of the page behind the row with this number.</summary>
    public string? Next(long? number) => Next(number?.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string? Decode(string text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Base64Url.DecodeFromChars(text));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
