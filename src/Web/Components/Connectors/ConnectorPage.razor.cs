using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Web.Components.Configure;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Connectors;

/// <summary>One connector with everything that can be set on it: looked at, changed, tested, cloned, deleted.</summary>
public sealed partial class ConnectorPage : LivePage
{
    private const string CopiesTab = "Copies";

    private ItemForm? form;
    private ConnectorItem? stored;
    private IReadOnlyList<SecretUse> secrets = [];
    private Operator? who;
    private EditConflict? conflict;
    private RouteLosses losses = RouteLosses.None;
    private ConnectorDependents? dependents;
    private string? refusal;
    private string? done;
    private string? deleteFault;
    private string openedAs = "";
    private bool isBeingAdded;
    private string? name;
    private bool isBusy;
    private bool isTesting;

    [Parameter]
    public string? Name { get; set; }

    [Inject]
    private ConfigurationEdits Edits { get; set; } = null!;

    [Inject]
    private ConnectorChecks Checks { get; set; } = null!;

    [Inject]
    private SecretNames SecretNames { get; set; } = null!;

    [Inject]
    private CurrentOperator Current { get; set; } = null!;

    private string Kind { get; set; } = "smtp";

    private string Title => form is { IsNew: false } ? stored?.Name ?? name ?? "" : IsLoaded && form is null ? VisibleText.Of(name ?? "", 63) : $"New connector of kind {Kind}";

    private string? CountText => form is null ? null
        : form.IsNew ? "not saved yet"
        : form.IsChanged ? $"{Kind}, {Quantity.Of(form.Changes, "value", "values")} changed" : Kind;

    private string? WhyNot => who is null || who.May(Right.Configure) ? null
        : "You see every setting. Changing them needs the role administrator.";

    private string? WhyNotCapture => who is null || who.May(Right.RunConnectors) ? null : "Capture is switched by somebody with the role operator.";

    private string? WhyNotSave => WhyNot ?? (isBusy ? "Saving." : form is { IsChanged: false } ? "Nothing has been changed." : null);

    private string Tab => QueryHelpers.ParseQuery(Here.Query).TryGetValue("tab", out var tab) && AllTabs.Contains(tab.ToString()) ? tab.ToString() : AllTabs[0];

    private IReadOnlyList<string> AllTabs => form is null ? [ItemFields.General]
        : [.. form.Tabs, ItemFields.Spaces, .. form.IsNew ? (string[])[] : [CopiesTab]];

    private IReadOnlyList<ViewTab> Tabs =>
    [
        .. AllTabs.Select(tab => new ViewTab(tab, TabHref(tab), tab == Tab, FaultsOn(tab) is > 0 and var faults ? faults : null)),
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        // One page for all connectors: the parameter may still be that of the one before.
        var last = Uri.UnescapeDataString(Here.Segments[^1].Trim('/'));
        if (isBeingAdded && last == "new")
        {
            return; // just saved; its own address follows
        }

        isBeingAdded = false;
        name = last == "new" ? null : last;
        var query = QueryHelpers.ParseQuery(Here.Query);
        var from = name ?? (query.TryGetValue("from", out var clone) ? clone.ToString() : "");
        var house = await Edits.ReadAsync(cancellationToken);
        var known = await SecretNames.ListAsync(cancellationToken);
        var person = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        (secrets, who) = (known, person);
        var found = house.Connectors!.FirstOrDefault(connector => connector.Name == from);
        Kind = found?.Kind ?? (query.TryGetValue("kind", out var kind) && SettingsCatalog.Known.Kinds.Contains(kind.ToString()) ? kind.ToString() : "smtp");
        var asked = OpenedAs(name, from, Kind);
        if (asked == openedAs && form is { IsChanged: true })
        {
            return; // what is being typed stays; saving finds out what others did
        }

        if (asked != openedAs)
        {
            (conflict, refusal, done, dependents, losses) = (null, null, null, null, RouteLosses.None);
        }

        openedAs = asked;
        stored = name is null ? null : found;
        form = name is not null && found is null ? null : new ItemForm(ItemDraft.Connectors, ItemFields.OfConnector(Kind), found, isClone: name is null) { Answers = form?.Answers ?? [] };
    }

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now.StartsWith(Urls.Connectors + "/", StringComparison.Ordinal);

    private static string OpenedAs(string? name, string from, string kind) => $"{name}|{from}|{kind}";

    private string TabHref(string tab)
    {
        var query = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        query["tab"] = tab;
        return QueryHelpers.AddQueryString(Here.AbsolutePath, query);
    }

    private int FaultsOn(string tab) => tab == ItemFields.Spaces
        ? form!.Faults.Count(fault => fault.Path.StartsWith(ItemDraft.SpacesPath, StringComparison.Ordinal))
        : form!.Fields.Count(setting => setting.Tab == tab && (form.FaultOf(setting.Path) is not null || form.AnswersOf(setting.Path).Any(answer => !answer.IsGood)));

    // What was found is of what stood in the form then.
    private void Changed() => (done, losses) = (null, RouteLosses.None);

    private async Task TestAsync()
    {
        if (WhyNot is not null || isBusy)
        {
            return;
        }

        (isBusy, isTesting, done, refusal) = (true, true, null, null);
        try
        {
            (await Current.WhoAsync()).Demand(Right.Configure);
            form!.Answers = [];
            form.Faults = Edits.Check(form.ToDraft(Kind), out var item);
            if (item is ConnectorItem connector && form.Faults.Count == 0)
            {
                var typed = form.Passwords.Values.FirstOrDefault(word => word.Length > 0);
                form.Answers = await Checks.RunAsync(connector, typed, CancellationToken.None);
                done = form.Answers.All(answer => answer.IsGood) ? "Everything that was tried works. Nothing was saved." : null;
                refusal = done is null ? $"{Quantity.Of(form.Answers.Count(answer => !answer.IsGood), "thing does", "things do")} not work; the tabs show which. Nothing was saved" : null;
            }
            else
            {
                refusal = "These values cannot be used";
            }
        }
        catch (RightMissingException e)
        {
            refusal = e.Message;
        }
        catch (NpgsqlException e)
        {
            refusal = $"The database did not answer: {VisibleText.Of(e.Message)}";
        }
        finally
        {
            (isBusy, isTesting) = (false, false);
        }
    }

    private Task SaveAsync() => SaveAsync(acceptsLoss: false, "");

    private Task AcceptAsync(string reason) => SaveAsync(acceptsLoss: true, reason);

    private async Task SaveAsync(bool acceptsLoss, string reason)
    {
        if (WhyNotSave is not null)
        {
            return;
        }

        (isBusy, done, refusal, conflict) = (true, null, null, null);
        try
        {
            Show(await Edits.SaveAsync(form!.ToDraft(Kind), form.Basis, form.SecretsToStore(), acceptsLoss, await Current.WhoAsync(reason), CancellationToken.None));
        }
        catch (RightMissingException e)
        {
            refusal = e.Message;
        }
        catch (NpgsqlException e)
        {
            refusal = $"Not saved, the database did not take it: {VisibleText.Of(e.Message)}";
        }
        finally
        {
            isBusy = false;
        }
    }

    private void Show(EditResult result)
    {
        form!.Faults = result.Faults;
        losses = result.IsDone ? RouteLosses.None : result.Losses;
        if (result.Conflict is { } other)
        {
            conflict = other;
            form.Rebase(other.Theirs);
            stored = other.Theirs as ConnectorItem;
        }
        else if (result.Saved is ConnectorItem saved)
        {
            var isNew = form.IsNew;
            stored = saved;
            form = new ItemForm(ItemDraft.Connectors, ItemFields.OfConnector(saved.Kind), saved) { Answers = form.Answers };
            done = SavedWords(result);
            if (isNew)
            {
                (isBeingAdded, openedAs) = (true, OpenedAs(saved.Name, saved.Name, saved.Kind));
                Navigation.NavigateTo(Urls.ConnectorSettings(saved.Name));
            }
        }
        else
        {
            refusal = result.Refusal.Length > 0 ? LossPanel.Title(losses) : "Not saved";
        }
    }

    private static string SavedWords(EditResult result) =>
        $"Saved, and effective within a second. {string.Join(' ', result.Notes)}".TrimEnd();

    private async Task AskDeleteAsync()
    {
        if (WhyNot is null)
        {
            deleteFault = null;
            losses = await Edits.LossesOfDeletingAsync(stored!, CancellationToken.None);
            dependents = await Edits.DependentsAsync(stored!.Name, CancellationToken.None);
        }
    }

    private void CancelDelete() => (dependents, losses) = (null, RouteLosses.None);

    private async Task DeleteAsync(string reason)
    {
        try
        {
            var result = await Edits.DeleteAsync(stored!, acceptsLoss: losses.Any, await Current.WhoAsync(reason), CancellationToken.None);
            if (result.IsDone)
            {
                form = null;
                Navigation.NavigateTo(Urls.Connectors);
                return;
            }

            losses = result.Losses;
            deleteFault = result.Conflict is { } other ? ConflictTitle(other) : result.Refusal.Length > 0 ? VisibleText.Of(result.Refusal, 400) : string.Join(' ', result.Faults.Select(fault => fault.Text));
        }
        catch (Exception e) when (e is RightMissingException or NpgsqlException)
        {
            deleteFault = VisibleText.Of(e.Message);
        }
    }

    private static string ConflictTitle(EditConflict other) => other.Theirs is null
        ? $"{Author(other)} deleted this connector meanwhile"
        : $"{Author(other)} saved this connector{(other.At is { } at ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" at {at.LocalDateTime:HH:mm}") : " meanwhile")}";

    private static string ConflictText(EditConflict other) => other.Theirs is null
        ? "Saving adds it again with your values."
        : "What only they changed is taken over. Where you both changed a value, yours stands in the field and theirs below it: take theirs, or save to keep yours.";

    private static string Author(EditConflict other) => other.Who.Length > 0 ? VisibleText.Of(other.Who, 60) : "Somebody else";
}
