using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.People;

/// <summary>One's own account: roles, password, second step, and where one is signed in.</summary>
public sealed partial class AccountPage : LivePage
{
    private IReadOnlyList<SessionRow> sessions = [];
    private IReadOnlyList<Role> roles = [];
    private string name = "";
    private string? fault;
    private bool hasSecondStep;
    private Guid? own;

    [Inject]
    private Sessions Sessions { get; set; } = null!;

    [Inject]
    private CurrentOperator Current { get; set; } = null!;

    [Inject]
    private PeopleView View { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Session { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var person = (await Session.GetAuthenticationStateAsync()).User;
        var who = await Current.WhoAsync();
        var id = long.TryParse(person.FindFirstValue(new ClaimsIdentityOptions().UserIdClaimType), out var number) ? number : 0;
        var open = await Sessions.ListAsync(id, cancellationToken);
        var isOn = await View.HasSecondStepAsync(id, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (name, roles, sessions, hasSecondStep, own) = (who.Name, who.Roles, open, isOn, Sessions.IdOf(person));
    }

    private async Task EndAsync(SessionRow session)
    {
        try
        {
            fault = await Sessions.EndAsync(session.Id, await Current.WhoAsync(), CancellationToken.None) ? null : "This session has ended already.";
        }
        catch (RightMissingException e)
        {
            fault = e.Message;
        }
        catch (NpgsqlException e)
        {
            fault = $"The database did not take it: {VisibleText.Of(e.Message)}";
        }

        await ReloadAsync();
    }
}
