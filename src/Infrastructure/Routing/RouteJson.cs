using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Infrastructure.Routing;

/// <summary>How sets of routes and lines of change sheets are kept in the database.</summary>
internal static class RouteJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException("A stored set of routes is empty.");
}
