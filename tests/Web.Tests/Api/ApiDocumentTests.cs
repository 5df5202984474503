using System.Text.Json;

namespace Postern.Web.Tests.Api;

/// <summary>The document from which programs make programs leaves nothing out.</summary>
[Collection(ApiUnderTest.Name)]
public sealed class ApiDocumentTests(ApiUnderTest api)
{
    [Fact]
    public async Task Every_address_says_what_it_is_for_what_it_takes_and_what_it_answers()
    {
        var document = await ReadAsync();

        var operations = Operations(document).ToList();
        operations.Count.ShouldBeGreaterThan(10);
        foreach (var (name, operation) in operations)
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrWhiteSpace(name);
            operation.GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace(name);
            operation.GetProperty("tags").GetArrayLength().ShouldBe(1, name);
            foreach (var parameter in operation.TryGetProperty("parameters", out var all) ? all.EnumerateArray() : [])
            {
                parameter.GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace($"{name} {parameter}");
                parameter.TryGetProperty("schema", out _).ShouldBeTrue($"{name} {parameter}");
            }

            var answers = operation.GetProperty("responses").EnumerateObject().ToList();
            answers.Select(answer => answer.Name).ShouldContain(status => status.StartsWith('2'), name);
            new[] { "400", "401", "403", "429", "503" }.Except(answers.Select(answer => answer.Name)).ShouldBeEmpty(name);
            foreach (var answer in answers)
            {
                answer.Value.GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace($"{name} {answer.Name}");
                answer.Value.GetProperty("content").EnumerateObject().Single().Value.TryGetProperty("schema", out _).ShouldBeTrue($"{name} {answer.Name}");
            }
        }
    }

    [Fact]
    public async Task Every_schema_it_refers_to_is_in_it_and_a_key_is_asked_for()
    {
        var document = await ReadAsync();

        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToList();
        References(document).Where(reference => reference.StartsWith("#/components/schemas/", StringComparison.Ordinal)).Select(reference => reference["#/components/schemas/".Length..])
            .Distinct().Except(schemas).ShouldBeEmpty();
        schemas.ShouldContain("DeliverySnapshot");
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString().ShouldBe("bearer");
        document.GetProperty("security").GetArrayLength().ShouldBe(1);
        document.GetProperty("components").GetProperty("schemas").GetProperty("DeliverySnapshot").GetProperty("properties").GetProperty("size").GetProperty("type").GetString()
            .ShouldBe("integer");
    }

    [Fact]
    public async Task Every_address_below_the_root_is_in_it()
    {
        var document = await ReadAsync();
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();

        new[]
        {
            "/api/v1/deliveries", "/api/v1/deliveries/{id}", "/api/v1/messages", "/api/v1/messages/{id}", "/api/v1/messages/{id}/content", "/api/v1/connectors",
            "/api/v1/connectors/{name}", "/api/v1/canaries", "/api/v1/events", "/api/v1/books", "/api/v1/sites", "/api/v1/post-offices",
        }.Except(paths).ShouldBeEmpty();
        paths.ShouldAllBe(path => path.StartsWith("/api/v1/"));
    }

    private async Task<JsonElement> ReadAsync()
    {
        using var client = api.Client();
        return JsonDocument.Parse(await client.GetStringAsync(Urls.ApiDocument)).RootElement;
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.NameEquals("$ref") && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
