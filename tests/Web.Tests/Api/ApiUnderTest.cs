using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Web.Tests.Api;

/// <summary>A console with a queue, and people with keys, for all tests of the API.</summary>
[CollectionDefinition(Name)]
public sealed partial class ApiUnderTest : IAsyncLifetime, ICollectionFixture<ApiUnderTest>
{
    public const string Name = "API";

    internal ConsoleUnderTest Console { get; private set; } = null!;

    internal TestQueue Queue => Console.Queue;

    public async ValueTask InitializeAsync() => Console = await ConsoleUnderTest.StartAsync();

    public ValueTask DisposeAsync() => Console.DisposeAsync();

    /// <summary>A key of a person, who is made with these roles where there is none.</summary>
    internal async Task<NewApiKey> KeyAsync(string person, Role role, params KeyScope[] scopes)
    {
        await Queue.ExecuteAsync(
            $"insert into console_user (user_name, normalized_user_name, roles) values ('{person}', upper('{person}'), array['{role.ToWord()}']) on conflict do nothing");
        var made = await new ApiKeys(Queue.Database.DataSource).AddAsync(person, "test", scopes, 1, new Operator(person, [role], ""), default);
        made.Fault.ShouldBe("");
        return made;
    }

    /// <summary>Asks as this key does; without one as a stranger.</summary>
    internal HttpClient Client(string? key = null)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Console.Url) };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }

    /// <summary>A browser with a session of the first administrator.</summary>
    internal async Task<HttpClient> SignedInAsync()
    {
        var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Console.Url) };
        var form = await client.GetStringAsync(Urls.SignInPath);
        await client.PostAsync(Urls.SignInPath, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in",
            ["__RequestVerificationToken"] = Token().Match(form).Groups[1].Value,
            ["Input.Name"] = "admin",
            ["Input.Password"] = ConsoleUnderTest.Password,
        }));
        return client;
    }

    /// <summary>A client whose key may look.</summary>
    internal async Task<HttpClient> ReaderAsync() => Client((await KeyAsync("reader", Role.Viewer, KeyScope.Read)).Text);

    /// <summary>A client whose key may act on the queue and on connectors.</summary>
    internal async Task<HttpClient> ActorAsync() => Client((await KeyAsync("actor", Role.Operator, KeyScope.Read, KeyScope.Queue, KeyScope.Connectors)).Text);

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

/// <summary>Answers of the API as tests read them.</summary>
internal static class ApiAnswers
{
    public static async Task<JsonElement> JsonAsync(this HttpClient client, string path) => await (await client.GetAsync(path)).JsonAsync(200);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The sentence of a problem document.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        text.ShouldNotContain("   at ");
        return problem.GetProperty("detail").GetString()!;
    }
}
