using Microsoft.Net.Http.Headers;

namespace Postern.Web.Api;

/// <summary>Answers that change seldom carry a tag; who sends it back is told that nothing has changed.</summary>
internal static class ApiTag
{
    /// <summary>Puts the tag into the answer.</summary>
    /// <returns>True when the program has this answer already.</returns>
    public static bool IsKnown(HttpContext context, string tag)
    {
        var etag = new EntityTagHeaderValue($"\"{tag}\"");
        context.Response.Headers.ETag = etag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache";
        return EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known)
            && known.Any(have => have.Equals(EntityTagHeaderValue.Any) || have.Compare(etag, useStrongComparison: false));
    }
}
