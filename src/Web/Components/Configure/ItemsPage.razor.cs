using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Routing;
using Postern.Infrastructure.Configuration;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Configure;

/// <summary>Sites, post offices and listeners: each a list with a form beside it.</summary>
public sealed partial class ItemsPage : EditPage
{
    private ConfigurationDocument? house;
    private ItemForm? form;
    private string author = "Somebody else";
    private RouteLosses losses = RouteLosses.None;
    private long waiting;

    [Inject]
    private ConfigurationEdits Edits { get; set; } = null!;

    private string Section => Here.AbsolutePath switch
    {
        Urls.Sites => ItemDraft.Sites,
        Urls.PostOffices => ItemDraft.PostOffices,
        _ => ItemDraft.Listeners,
    };

    private bool IsListeners => Section == ItemDraft.Listeners;

    private string Title => Section switch { ItemDraft.Sites => "Sites", ItemDraft.PostOffices => "Post offices", _ => "Listeners" };

    private string AddWords => Section switch { ItemDraft.Sites => "Add a site", ItemDraft.PostOffices => "Add a post office", _ => "Add a listener" };

    private string EmptyTitle => Section switch { ItemDraft.Sites => "No site is configured yet", ItemDraft.PostOffices => "No post office is configured yet", _ => "Nobody can send by SMTP: no listener is configured" };

    private string Meaning => Section switch
    {
        ItemDraft.Sites => "A site is a part of the backbone: its SMTP domains are ours, and it has a name of its own at each old post office.",
        ItemDraft.PostOffices => "A post office is reached directly by a connector, or through another post office.",
        _ => "A listener is where mail comes in by SMTP. It is bound, changed and unbound while Postern runs.",
    };

    private IReadOnlyList<ConfigurationItem> Items => house is null ? []
        : Section switch
        {
            ItemDraft.Sites => [.. house.Sites!.OrderBy(site => site.Name, StringComparer.OrdinalIgnoreCase)],
            ItemDraft.PostOffices => [.. house.PostOffices!.OrderBy(office => office.System, StringComparer.Ordinal).ThenBy(office => office.Name, StringComparer.OrdinalIgnoreCase)],
            _ => [.. house.Listeners!.OrderBy(listener => listener.Name, StringComparer.Ordinal)],
        };

    private string? CountText => house is null ? null : Quantity.Text(Items.Count);

    private IReadOnlyList<ViewTab> Views =>
    [
        new("Sites", Urls.Sites, Section == ItemDraft.Sites, house?.Sites!.Count),
        new("Post offices", Urls.PostOffices, Section == ItemDraft.PostOffices, house?.PostOffices!.Count),
        new("Listeners", Urls.Listeners, IsListeners, house?.Listeners!.Count),
    ];

    /// <inheritdoc/>
    protected override string? WhyNot => Person is null || Person.May(ConfigurationEdits.RightFor(Section)) ? null
        : IsListeners ? "You see every setting. Changing them needs the role administrator." : "You see the routing. Changing it needs the role routing editor.";

    /// <inheritdoc/>
    protected override bool IsTyped => form is { IsChanged: true };

    private string FormTitle => form?.Basis is { } item ? Capital(VisibleText.Of(item.Title, 120)) : AddWords;

    private long? OpenNumber => form?.Basis is { } item && Items.FirstOrDefault(other => other.Identity == item.Identity) is { } found ? Number(found) : null;

    private IReadOnlyList<TableColumn<ConfigurationItem>> Columns => Section switch
    {
        ItemDraft.Sites =>
        [
            Text("Site", item => ((SiteItem)item).Name, "22%"),
            Text("SMTP domains", item => string.Join(", ", ((SiteItem)item).SmtpDomains)),
            Text("cc:Mail name", item => ((SiteItem)item).CcMailPostOffice, "16%"),
            Text("MS Mail name", item => ((SiteItem)item) is { MsMailNetwork.Length: > 0 } site ? $"{site.MsMailNetwork}/{site.MsMailPostOffice}" : "", "18%"),
            Text("Unknown recipients", item => ((SiteItem)item).UnknownRecipients == UnknownRecipients.Forward ? "forward" : "refuse", "140px"),
        ],
        ItemDraft.PostOffices =>
        [
            Text("Post office", item => ((PostOfficeItem)item).Name, "30%"),
            Text("System", item => ((PostOfficeItem)item).System, "110px"),
            Text("Reached", item => ((PostOfficeItem)item) is { Connector.Length: > 0 } office ? $"directly, by {office.Connector}" : $"through {((PostOfficeItem)item).Via}"),
        ],
        _ =>
        [
            Text("Listener", item => ((ListenerItem)item).Name, "24%"),
            Text("Address", item => ((ListenerItem)item).Host, "24%"),
            Text("Port", item => ((ListenerItem)item).Port == 0 ? "a free one" : $"{((ListenerItem)item).Port}", "110px"),
            Text("State", item => item.Unreadable.Length > 0 ? item.Unreadable : ((ListenerItem)item).IsEnabled ? "enabled" : "disabled"),
        ],
    };

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = await Edits.ReadAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        (house, Person) = (read, who);
        var name = QueryHelpers.ParseQuery(Here.Query).TryGetValue("open", out var open) ? open.ToString() : "";
        if (Begins($"{Section}|{name}"))
        {
            var item = Items.FirstOrDefault(known => known.Identity == name);
            form = name == "new" || item is not null ? new ItemForm(Section, Fields, item) : null;
            losses = RouteLosses.None;
        }
    }

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now is Urls.Sites or Urls.PostOffices or Urls.Listeners;

    private IReadOnlyList<SettingField> Fields => Section switch
    {
        ItemDraft.Sites => ItemFields.OfSite(),
        ItemDraft.PostOffices => ItemFields.OfPostOffice(house!),
        _ => ItemFields.OfListener(),
    };

    private void Add()
    {
        if (WhyNot is null)
        {
            Navigation.NavigateTo(Here.AbsolutePath + "?open=new");
        }
    }

    private void Open(ConfigurationItem item) => Navigation.NavigateTo($"{Here.AbsolutePath}?open={Uri.EscapeDataString(item.Identity)}", replace: form is not null);

    private void Close()
    {
        form = null;
        Navigation.NavigateTo(Here.AbsolutePath, replace: true);
    }

    private async Task AskDeleteAsync()
    {
        if (WhyNot is null)
        {
            Refusal = null;
            waiting = form!.Basis is PostOfficeItem office ? await Edits.WaitingForAsync(office.Name, CancellationToken.None) : 0;
            losses = await Edits.LossesOfDeletingAsync(form.Basis!, CancellationToken.None);
            IsDeleting = true;
        }
    }

    private void CancelDelete() => (IsDeleting, losses) = (false, RouteLosses.None);

    private string DeleteText(ConfigurationItem item) => item switch
    {
        PostOfficeItem office => $"Mail to {VisibleText.Of(office.Name, 60)} finds no way afterwards, unless an address space covers it. {(waiting > 0 ? $"{Quantity.Of(waiting, "delivery waits", "deliveries wait")} for it and still goes out as it was routed." : "Nothing waits for it.")}",
        SiteItem site => $"Its domains ({VisibleText.Of(string.Join(", ", site.SmtpDomains), 200)}) are no longer ours, and old post offices no longer reach it by its names. Entries keep their addresses.",
        _ => "It is unbound; sessions that run may finish. Nobody sends by it afterwards.",
    };

    // What was found is of what stood in the form then.
    private void Changed() => losses = RouteLosses.None;

    private Task SaveAsync() => SaveAsync(acceptsLoss: false, "");

    private Task AcceptAsync(string reason) => SaveAsync(acceptsLoss: true, reason);

    private Task SaveAsync(bool acceptsLoss, string reason) => WhyNotSave is not null ? Task.CompletedTask
        : TryAsync(async who => Show(await Edits.SaveAsync(form!.ToDraft(), form.Basis, form.SecretsToStore(), acceptsLoss, who, CancellationToken.None)), reason);

    private Task DeleteAsync(string reason) => TryAsync(async who => Show(await Edits.DeleteAsync(form!.Basis!, acceptsLoss: losses.Any, who, CancellationToken.None)), reason);

    private void Show(EditResult result)
    {
        form!.Faults = result.Faults;
        losses = result.IsDone ? RouteLosses.None : result.Losses;
        if (result.IsDone)
        {
            Forget();
            Close();
        }
        else if (result.Conflict is { } other)
        {
            author = other.Who.Length > 0 ? VisibleText.Of(other.Who, 60) : author;
            Refusal = other.Theirs is null ? $"{author} deleted it meanwhile; saving adds it again" : $"{author} saved it meanwhile; where you both changed a value, theirs stands below yours";
            IsDeleting = false;
            form.Rebase(other.Theirs);
        }
        else if (result.Refusal.Length > 0)
        {
            Refusal = IsDeleting ? VisibleText.Of(result.Refusal, 400) : LossPanel.Title(losses);
        }
        else
        {
            Refusal = IsDeleting ? string.Join(' ', result.Faults.Select(found => found.Text)) : "Not saved";
        }
    }

    private static string Capital(string text) => text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    // Rows have no numbers of their own here.
    private static long Number(ConfigurationItem item) => StringComparer.Ordinal.GetHashCode(item.Identity) & 0x7FFFFFFF;

    private static TableColumn<ConfigurationItem> Text(string title, Func<ConfigurationItem, string> text, string? width = null) => new(title, item => Cells.Text(text(item)), width);
}
