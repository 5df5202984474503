using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.People;

/// <summary>Who may sign in, what each may do, and who is signed in now.</summary>
public sealed partial class PeoplePage : ActPage
{
    private IReadOnlyList<PersonRow>? people;
    private IReadOnlyList<SessionRow> sessions = [];
    private IReadOnlyList<Role> asked = [];
    private PersonRow? open;
    private bool isAdding;
    private bool isRule;
    private string? notAllowed;
    private string address = "";
    private (string Name, string Password)? drawn;
    private string copyText = "Copy";

    [Inject]
    private PeopleView View { get; set; } = null!;

    [Inject]
    private PeopleActions Actions { get; set; } = null!;

    [Inject]
    private Sessions Sessions { get; set; } = null!;

    [Inject]
    private Keyboard Keyboard { get; set; } = null!;

    private string? CountText => people is { } rows
        ? $"{Quantity.Of(rows.Count, "person", "people")}, {Quantity.Text(rows.Count(row => row.Sessions > 0))} signed in" : null;

    private string RuleText => asked.Count == 0 ? "as each likes" : asked.Count == Enum.GetValues<Role>().Length ? "everybody" : string.Join(", ", asked.Select(role => role.ToWord()));

    private IReadOnlyList<TableColumn<PersonRow>> Columns =>
    [
        new("Name", row => Cells.Text(row.Name), "22%"),
        new("Roles", row => Cells.Text(string.Join(", ", row.Roles.Select(role => role.ToWord())))),
        new("State", row => State(PersonWords.State(row)), "150px"),
        new("Second step", row => Cells.Text(PersonWords.SecondStep(row, asked)), "110px") { Css = "step soft wide" },
        new("Sessions", row => Cells.Plain(row.Sessions > 0 ? Quantity.Text(row.Sessions) : "·"), "76px") { IsNumber = true, Css = "step" },
        new("Seen", row => Cells.Age(row.SeenAt ?? row.SignedInAt), "110px") { Css = "soft" },
    ];

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var who = await Current.WhoAsync();
        var query = QueryHelpers.ParseQuery(Here.Query);
        try
        {
            var rows = await View.ListAsync(who, cancellationToken);
            var id = query.TryGetValue("open", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            var chosen = rows.FirstOrDefault(row => row.Id == id);
            var theirs = chosen is null ? [] : await Sessions.ListAsync(chosen.Id, cancellationToken);
            var rule = await Actions.SecondStepRolesAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            (people, open, sessions, asked, notAllowed) = (rows, chosen, theirs, rule, null);
            (isAdding, isRule) = (query.ContainsKey("add"), query.ContainsKey("rule"));
            if (address != Navigation.Uri)
            {
                (address, Refusal) = (Navigation.Uri, null);
            }
        }
        catch (RightMissingException e)
        {
            (people, open, sessions, drawn, notAllowed) = (null, null, [], null, e.Message);
        }
    }

    private void Open(PersonRow row)
    {
        if (open?.Id != row.Id)
        {
            Navigation.NavigateTo(Urls.Person(row.Id), replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Urls.Person(), replace: true);

    private Task<bool> AddAsync((string Name, IReadOnlyList<Role> Roles, string Reason) person) => TryAsync(async who =>
    {
        var (password, why) = await Actions.AddAsync(person.Name, person.Roles, who, CancellationToken.None);
        if (password is not null)
        {
            Show(person.Name, password);
            CloseDrawer();
        }

        return why;
    }, person.Reason);

    private Task<bool> SaveRuleAsync(IReadOnlyList<Role> roles) => TryAsync(async who =>
    {
        var why = await Actions.SetSecondStepRolesAsync(roles, who, CancellationToken.None);
        if (why.Length == 0)
        {
            CloseDrawer();
        }

        return why;
    });

    private Task<bool> EndSessionAsync(SessionRow session) => TryAsync(async who =>
        await Sessions.EndAsync(session.Id, who, CancellationToken.None) ? "" : "This session has ended already.");

    private Task<bool> ActAsync(PersonRow person, PersonAct act) => TryAsync(async who =>
    {
        if (act.Verb == PersonVerb.ResetPassword)
        {
            var (password, why) = await Actions.ResetPasswordAsync(person.Id, who, CancellationToken.None);
            if (password is not null)
            {
                Show(person.Name, password);
            }

            return why;
        }

        return await (act.Verb switch
        {
            PersonVerb.SetRoles => Actions.SetRolesAsync(person.Id, act.Roles, who, CancellationToken.None),
            PersonVerb.Lock => Actions.LockAsync(person.Id, who, CancellationToken.None),
            PersonVerb.Unlock => Actions.UnlockAsync(person.Id, who, CancellationToken.None),
            PersonVerb.EndSessions => Actions.EndSessionsAsync(person.Id, who, CancellationToken.None),
            PersonVerb.RequireSecondStep => Actions.RequireSecondStepAsync(person.Id, true, who, CancellationToken.None),
            PersonVerb.DropSecondStep => Actions.RequireSecondStepAsync(person.Id, false, who, CancellationToken.None),
            PersonVerb.ResetSecondStep => Actions.ResetSecondStepAsync(person.Id, who, CancellationToken.None),
            _ => Actions.RemoveAsync(person.Id, who, CancellationToken.None),
        });
    }, act.Reason);

    private void Show(string name, string password) => (drawn, copyText) = ((name, password), "Copy");

    private async Task CopyAsync() => copyText = drawn is { } given && await Keyboard.CopyAsync(given.Password) ? "Copied" : "Copy it by hand";

    private static RenderFragment State((string Word, string Icon, string Css) look) => Cells.State(look.Css, look.Icon, look.Word);
}
