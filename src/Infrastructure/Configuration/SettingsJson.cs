using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Infrastructure.Configuration;

/// <summary>How settings of connectors and listeners are kept in the database. What is missing has its default.</summary>
public static class SettingsJson
{
    /// <summary>camelCase, enum values by name.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The settings record of a connector or listener.</summary>
    /// <exception cref="JsonException">The stored text is not a <typeparamref name="T"/>.</exception>
    public static T Read<T>(string json)
        where T : class, new() => JsonSerializer.Deserialize<T>(json, Options) ?? new T();
}
