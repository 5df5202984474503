using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Events;

namespace Postern.Web.Api;

/// <summary>Lets in who sends a key (RFC 6750, in the header only). Nothing else opens the API: no cookie, so no page of others can act through a browser.</summary>
public sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys, FailedKeys failed, EventLog events, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string Name = "key";

    /// <summary>Name of the policy of every address of the API.</summary>
    public const string Policy = "api";

    private const string Bearer = "Bearer ";
    private const string Realm = "Bearer realm=\"postern\"";

    private string fault = "";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        var found = await keys.CheckAsync(text[Bearer.Length..].Trim(), Context.RequestAborted);
        if (found.Fault.Length > 0)
        {
            fault = found.Fault;
            return AuthenticateResult.Fail(fault);
        }

        var caller = new ApiCaller(found.Key!, found.Roles);
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, found.Key!.Person)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (fault.Length == 0)
        {
            Response.Headers.WWWAuthenticate = Realm;
            await ApiProblems.WriteAsync(
                Context, StatusCodes.Status401Unauthorized, "Send a key in the header Authorization: Bearer. A person makes one on the page Keys of the console.");
            return;
        }

        var (count, delay) = failed.Note(Context.Connection.RemoteIpAddress);
        if (count == FailedKeys.Noticed)
        {
            await events.WriteAsync(
                EventCodes.ApiKeysRefused, EventSeverity.Warning, "",
                $"{count} requests to the API came from {Context.Connection.RemoteIpAddress} with keys that do not open it. Their answers are delayed.",
                "Find the program there that has an old key, or keep the address away from the console.");
        }

        if (count > FailedKeys.Most)
        {
            Response.Headers.RetryAfter = FailedKeys.Memory.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            await ApiProblems.WriteAsync(
                Context, StatusCodes.Status429TooManyRequests, $"More than {FailedKeys.Most} wrong keys came from this address. Wait {FailedKeys.Memory.TotalMinutes:0} minutes.");
            return;
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, Context.RequestAborted);
        }

        Response.Headers.WWWAuthenticate = $"{Realm}, error=\"invalid_token\"";
        await ApiProblems.WriteAsync(Context, StatusCodes.Status401Unauthorized, fault);
    }
}
