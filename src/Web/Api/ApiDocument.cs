using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Postern.Web.Api;

/// <summary>The description of the API for programs that make programs (OpenAPI), made from the addresses themselves.</summary>
internal static class ApiDocument
{
    private const string Scheme = "key";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = address => address.RelativePath?.StartsWith(ApiEndpoints.Root[1..] + "/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Postern",
                Version = "v1",
                Description = "What the console shows and does, for programs. Every address needs a key of a person; a failure is a problem document (RFC 9457) with a sentence. "
                    + "Times are UTC (RFC 3339), sizes are bytes. A list gives its next page as next and as Link; a cursor is opaque.",
            };
            // The same text wherever it is read; the address it came from is known to who reads it.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "A key, made on the page Keys of the console or with postern key add. It has the scopes read, queue, connectors, routing and directory, and may never do more than its person.",
                },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, token) =>
        {
            Describe(operation, context);
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRequest>().FirstOrDefault()?.Type == typeof(OperationRequest))
            {
                operation.Parameters!.Add(new OpenApiParameter
                {
                    Name = OperationsApi.IdempotencyHeader,
                    In = ParameterLocation.Header,
                    Description = "The same request with the same value within a day is answered with the same operation.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 200 },
                });
            }

            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRequest>().FirstOrDefault() is { } request)
            {
                var schema = await context.GetOrCreateSchemaAsync(request.Type, null, token);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = request.IsNeeded,
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
                };
            }
        });
    });

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        operation.Parameters ??= [];
        foreach (var path in operation.Parameters.OfType<OpenApiParameter>())
        {
            path.Description ??= path.Name == "name" ? "Name of the connector" : "Its number";
        }

        foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiParameters>().SelectMany(known => known.All))
        {
            operation.Parameters.Add(new OpenApiParameter { Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Meaning, Schema = SchemaOf(parameter) });
        }

        foreach (var (status, answer) in operation.Responses ?? [])
        {
            answer.Description = Meaning(status, answer.Description);
        }
    }

    private static OpenApiSchema SchemaOf(ApiParameter parameter) => parameter.Minimum is not { } minimum
        ? new OpenApiSchema { Type = JsonSchemaType.String }
        : new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = minimum.ToString(CultureInfo.InvariantCulture),
            Maximum = parameter.Maximum?.ToString(CultureInfo.InvariantCulture),
            Default = parameter.Default,
        };

    private static string? Meaning(string status, string? standard) => status switch
    {
        "400" => "The request cannot be followed; the sentence says what about it.",
        "401" => "There is no key, or it does not open the API.",
        "403" => "The person, or the key, may not do this.",
        "404" => "What is named does not exist.",
        "409" => "Not possible in the present state; the sentence says why.",
        "410" => "It was kept for its time and is gone.",
        "413" => "The request is larger than what is read here.",
        "415" => "The request is not JSON.",
        "429" => "Too many wrong keys came from this address.",
        "503" => "The database does not answer, or the question took too long.",
        _ => standard,
    };
}
