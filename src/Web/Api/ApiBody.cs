using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;

namespace Postern.Web.Api;

/// <summary>What an address takes as its body, for the description. The framework's own way of saying it would hide the address from requests of other types.</summary>
/// <param name="IsNeeded">Without a body it makes no sense.</param>
internal sealed record ApiRequest(Type Type, bool IsNeeded);

/// <summary>Reads what a program sends: JSON, bounded, and nothing in it that is not known.</summary>
internal static class ApiBody
{
    /// <summary>Ten thousand ids fit many times.</summary>
    private const int Largest = 1024 * 1024;

    private static readonly JsonSerializerOptions Strict = Made();

    /// <summary>The body; a new one of its kind when there is none.</summary>
    /// <exception cref="ApiException">It is not JSON of this shape.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : new()
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = Largest;
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || context.Request.ContentLength == 0)
        {
            return new T();
        }

        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "A request is JSON: Content-Type: application/json.");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Strict, context.RequestAborted) ?? new T();
        }
        catch (JsonException e)
        {
            throw ApiException.Unclear(e.Path is { Length: > 0 } path
                ? $"The request cannot be read at {Components.Shared.VisibleText.Of(path, 100)}: it is no JSON, of another type, or not known here."
                : "The request is no JSON.");
        }
    }

    private static JsonSerializerOptions Made()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 8 };
        ApiJson.Set(options);
        return options;
    }
}
