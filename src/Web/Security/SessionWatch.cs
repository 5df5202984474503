using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Npgsql;

namespace Postern.Web.Security;

/// <summary>Closes open windows whose session has ended: a circuit lives for hours and sends no cookie.</summary>
public sealed class SessionWatch : RevalidatingServerAuthenticationStateProvider
{
    private static readonly AuthenticationState Nobody = new(new ClaimsPrincipal(new ClaimsIdentity()));

    private readonly Sessions sessions;

    public SessionWatch(ILoggerFactory loggers, Sessions sessions)
        : base(loggers)
    {
        this.sessions = sessions;
        sessions.Ended += Close;
    }

    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.IsOpenAsync(authenticationState.User, cancellationToken);
        }
        catch (NpgsqlException)
        {
            // While the database is away nothing can be done either; the window stays and says so.
            return true;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        sessions.Ended -= Close;
        base.Dispose(disposing);
    }

    private void Close(Guid ended) => _ = CloseAsync(ended);

    private async Task CloseAsync(Guid ended)
    {
        if (Sessions.IdOf((await GetAuthenticationStateAsync()).User) == ended)
        {
            SetAuthenticationState(Task.FromResult(Nobody));
        }
    }
}
