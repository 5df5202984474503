using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Postern.Browser.Tests.Support;

/// <summary>A small OAuth 2 authority on a port of its own: code flow, PKCE with SHA-256, one client. It lets everybody in as whoever <see cref="Person"/> says.</summary>
internal sealed class OAuthAuthority : IAsyncDisposable
{
    public const string ClientId = "postern";
    public const string ClientSecret = "a secret of the client";

    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, (string Challenge, string RedirectUri, string Person)> codes = new();
    private readonly ConcurrentDictionary<string, string> tokens = new();

    private OAuthAuthority(WebApplication application) => this.application = application;

    /// <summary>The claims of whoever signs in next, as JSON.</summary>
    public string Person { get; set; } = "{}";

    /// <summary>What the authority did not like.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public string Url => application.Urls.First();

    public static async Task<OAuthAuthority> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var authority = new OAuthAuthority(builder.Build());
        authority.application.MapGet("/authorize", authority.Authorize);
        authority.application.MapPost("/token", authority.TokenAsync);
        authority.application.MapGet("/userinfo", authority.UserInfo);
        await authority.application.StartAsync();
        return authority;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["response_type"] != "code" || query["client_id"] != ClientId || query["code_challenge_method"] != "S256"
            || query["code_challenge"].ToString().Length != 43 || query["state"].ToString().Length == 0)
        {
            return Refuse($"authorize was asked with {request.QueryString}");
        }

        var code = Guid.NewGuid().ToString("N");
        codes[code] = (query["code_challenge"]!, query["redirect_uri"]!, Person);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!codes.TryRemove(form["code"].ToString(), out var given))
        {
            return Refuse("the code is not known, or was used");
        }

        var verifier = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (verifier != given.Challenge || form["redirect_uri"] != given.RedirectUri || form["client_id"] != ClientId || form["client_secret"] != ClientSecret
            || form["grant_type"] != "authorization_code")
        {
            return Refuse("the code was exchanged by somebody else");
        }

        var token = Guid.NewGuid().ToString("N");
        tokens[token] = given.Person;
        return Results.Json(new Dictionary<string, object> { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_in"] = 60 });
    }

    private IResult UserInfo(HttpRequest request) =>
        tokens.TryGetValue(request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), out var person)
            ? Results.Text(JsonDocument.Parse(person).RootElement.GetRawText(), "application/json")
            : Refuse("the token is not known");

    private IResult Refuse(string fault)
    {
        Faults.Enqueue(fault);
        return Results.BadRequest(new { error = "invalid_request" });
    }
}
