using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary>The one way in which Postern writes JSON for programs: names in camelCase, enumerations as words, times in UTC as RFC 3339 writes them.</summary>
public static class ApiJson
{
    /// <summary>Applies it.</summary>
    public static void Set(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new UtcInstant());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WriteStoredJsonAsItIs } };
    }

    // What is JSON in the database is no text with JSON in it.
    private static void WriteStoredJsonAsItIs(JsonTypeInfo type)
    {
        var name = type.Type == typeof(DeliveryHappening) ? "details" : type.Type == typeof(MessageRow) ? "notes" : null;
        foreach (var property in type.Properties.Where(property => name?.Equals(property.Name, StringComparison.OrdinalIgnoreCase) == true))
        {
            property.CustomConverter = new StoredJson();
        }
    }

    private sealed class StoredJson : JsonConverter<string?>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
        {
            try
            {
                // Taken apart and put together again: the encoder of the answer then holds for what is in it too.
                var node = value is null ? null : JsonNode.Parse(value);
                if (node is null)
                {
                    writer.WriteNullValue();
                    return;
                }

                node.WriteTo(writer, options);
            }
            catch (JsonException)
            {
                writer.WriteNullValue();
            }
        }
    }

    private sealed class UtcInstant : JsonConverter<DateTimeOffset>
    {
        private const string Form = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture));
    }
}
