using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Account;

/// <summary>The keys of the person at the window: made, shown once, revoked. An administrator sees and revokes everybody's.</summary>
public sealed partial class KeysPage : ActPage
{
    private readonly HashSet<KeyScope> scopes = [KeyScope.Read];
    private IReadOnlyList<ApiKeyRow>? keys;
    private Operator? who;
    private NewApiKey? made;
    private string name = "";
    private int days = ApiKeys.StandardDays;
    private string copyText = "Copy";
    private bool isAll;

    [Inject]
    private ApiKeys Keys { get; set; } = null!;

    [Inject]
    private Keyboard Keyboard { get; set; } = null!;

    private string? CountText => keys is null ? null
        : $"{Quantity.Of(keys.Count(key => key.IsLive(Time.GetUtcNow())), "key", "keys")} in use{(isAll ? ", of everybody" : "")}";

    private IReadOnlyList<TableColumn<ApiKeyRow>> Columns =>
    [
        .. isAll ? [new TableColumn<ApiKeyRow>("Person", row => Cells.Text(row.Person), "14%")] : Array.Empty<TableColumn<ApiKeyRow>>(),
        new("Name", NameCell),
        new("May", row => Cells.Plain(string.Join(", ", row.Scopes.Select(scope => scope.ToWord()))), "15%") { Css = "soft" },
        new("Made", row => Cells.Age(row.CreatedAt, ""), "90px") { IsNumber = true, Css = "made soft" },
        new("Last used", row => Cells.Age(row.LastUsedAt, ""), "90px") { IsNumber = true },
        new("Ends", EndCell, "210px"),
        new("", RevokeCell, "200px") { IsNumber = true },
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var person = await Current.WhoAsync();
        var wantsAll = person.May(Right.ManagePeople) && QueryHelpers.ParseQuery(Here.Query).ContainsKey("all");
        IReadOnlyList<ApiKeyRow> rows = person.May(Right.View) ? await Keys.ListAsync(wantsAll ? "" : person.Name, person, cancellationToken) : [];
        cancellationToken.ThrowIfCancellationRequested();
        (who, isAll, keys) = (person, wantsAll, rows);
    }

    private static RenderFragment NameCell(ApiKeyRow row) => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "two");
        builder.AddContent(2, Cells.Text(row.Name));
        builder.OpenElement(3, "small");
        builder.AddAttribute(4, "class", "mono");
        builder.AddAttribute(5, "title", "What it begins with");
        builder.AddContent(6, $"{row.Prefix}…");
        builder.CloseElement();
        builder.CloseElement();
    };

    private static string Words(KeyScope scope) => scope switch
    {
        KeyScope.Read => "look at everything",
        KeyScope.Queue => "act on the queue",
        KeyScope.Routing => "edit routing",
        KeyScope.Directory => "decide about plans of directory synchronisation",
        _ => "start and stop connectors",
    };

    private void Choose(KeyScope scope, bool isChosen) => _ = isChosen ? scopes.Add(scope) : scopes.Remove(scope);

    private Task<bool> AddAsync() => TryAsync(async now =>
    {
        var added = await Keys.AddAsync(now.Name, name.Trim(), [.. scopes], days, now, CancellationToken.None);
        if (added.Key is null)
        {
            return added.Fault;
        }

        (made, name, copyText) = (added, "", "Copy");
        return "";
    });

    private Task<bool> RevokeAsync(ApiKeyRow key) => TryAsync(now => Keys.RevokeAsync(key.Id, now, CancellationToken.None));

    private async Task CopyAsync() => copyText = await Keyboard.CopyAsync(made!.Text) ? "Copied" : "Copy it by hand";

    private void Forget() => made = null;

    private RenderFragment EndCell(ApiKeyRow row) => Cells.Plain(
        row.RevokedAt is { } at ? $"revoked {at.UtcDateTime:yyyy-MM-dd} by {VisibleText.Of(row.RevokedBy, 30)}"
        : row.IsLive(Time.GetUtcNow()) ? $"{row.ExpiresAt.UtcDateTime:yyyy-MM-dd}"
        : $"ended {row.ExpiresAt.UtcDateTime:yyyy-MM-dd}");

    private RenderFragment RevokeCell(ApiKeyRow row) => builder =>
    {
        if (!row.IsLive(Time.GetUtcNow()))
        {
            return;
        }

        builder.OpenComponent<RevokeButtons>(0);
        builder.SetKey(row.Id);
        builder.AddComponentParameter(1, nameof(RevokeButtons.Name), VisibleText.Of(row.Name));
        builder.AddComponentParameter(2, nameof(RevokeButtons.OnRevoke), EventCallback.Factory.Create(this, () => RevokeAsync(row)));
        builder.CloseComponent();
    };
}
