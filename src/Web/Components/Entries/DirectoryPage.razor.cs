using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Entries;
using Postern.Web.Components.Configure;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Entries;

/// <summary>The directory: find an entry by any of its addresses, change it, add and delete one, with what that means beside it.</summary>
public sealed partial class DirectoryPage : EditPage
{
    private const int MostChanges = 50;

    private static readonly (string Key, string Name, string[] Values)[] Properties =
        [("kind", "Kind", ["person", "list", "board"]), ("system", "System", ["SMTP", "CCMAIL", "MS"])];

    private Postern.Infrastructure.Entries.DirectoryPage? page;
    private DirectoryFilter filter = new();
    private EntryForm? form;
    private IReadOnlyList<string> afterwards = [];
    private IReadOnlyList<EntryChangeRow> history = [];
    private string after = "";
    private long waiting;

    [Inject]
    private DirectoryView View { get; set; } = null!;

    [Inject]
    private DirectoryEdits Edits { get; set; } = null!;

    [Inject]
    private PlanStore Plans { get; set; } = null!;

    private string? CountText => page is null ? null : Quantity.Of(page.Matching, filter.IsEmpty ? "entry" : "entry matches", filter.IsEmpty ? "entries" : "entries match");

    /// <inheritdoc/>
    protected override string? WhyNot => Person is null || Person.May(Right.ApproveDirectory) ? null : "You see the directory. Changing it needs the role directory approver.";

    // What a partner gives is its word: the next cycle would undo what is changed here.
    private string? WhyNotEdited => WhyNot ?? (form?.Basis is { Giver.Length: > 0 } given
        ? $"{VisibleText.Of(given.DisplayName, 80)} is given by the partner {given.Giver}. Change it there, or decide about it in a plan."
        : null);

    /// <inheritdoc/>
    protected override bool IsTyped => form is { IsChanged: true };

    private long? OpenId => form?.Basis?.Id;

    private IReadOnlyList<ActiveFilter> Active =>
    [
        .. Properties.Select(property => (property, Value: ValueOf(property.Key))).Where(pair => pair.Value.Length > 0)
            .Select(pair => new ActiveFilter(pair.property.Name.ToLowerInvariant(), pair.Value, With(pair.property.Key, null))),
    ];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        .. Properties.Select(property => new FilterChoice(property.Name, [.. property.Values.Select(value => new FilterValue(value, null, With(property.Key, value), ValueOf(property.Key) == value))])),
    ];

    private static readonly IReadOnlyList<TableColumn<EntryRow>> Columns =
    [
        new("Name", row => Cells.Text(row.DisplayName), "24%"),
        new("Kind", row => Cells.Text(row.Kind), "84px") { Css = "soft" },
        new("Native address", row => Cells.Address(row.Native), "30%"),
        new("Known as", Proxies),
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wanted = new DirectoryFilter(Asked("q", 200), Asked("kind", 20), Asked("system", 20));
        var from = Asked("after", 400);
        var read = await View.PageAsync(wanted, from, cancellationToken);
        var who = await Current.WhoAsync();
        var open = Asked("open", 20);
        var entry = long.TryParse(open, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await View.FindAsync(id, cancellationToken) : null;
        var changes = entry is null ? [] : await Plans.HistoryAsync(entry.Id, MostChanges, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (page, filter, after, Person, history) = (read, wanted, from, who, changes);
        if (Begins(open))
        {
            form = open == "new" || entry is not null ? new EntryForm(entry) : null;
        }

        string Asked(string key, int longest) =>
            query.TryGetValue(key, out var text) && text.ToString() is { } value && value.Length <= longest && !value.Contains('\0', StringComparison.Ordinal) ? value : "";
    }

    private string ValueOf(string key) => key == "kind" ? filter.Kind : filter.System;

    private string With(string key, string? value)
    {
        var query = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        query.Remove("open");
        if (key != "after")
        {
            query.Remove("after");
        }

        query[key] = value;
        return QueryHelpers.AddQueryString(Urls.DirectoryPath, query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    private string Opened(string? value)
    {
        var query = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        query["open"] = value;
        return QueryHelpers.AddQueryString(Urls.DirectoryPath, query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    private void Add()
    {
        if (WhyNot is null)
        {
            Navigation.NavigateTo(Opened("new"));
        }
    }

    private void Open(EntryRow row) => Navigation.NavigateTo(Opened(row.Id.ToString(CultureInfo.InvariantCulture)), replace: form is not null);

    private void Close()
    {
        form = null;
        Navigation.NavigateTo(Opened(null), replace: true);
    }

    private async Task AskDeleteAsync()
    {
        if (WhyNotEdited is null && form?.Basis is { } entry)
        {
            Refusal = null;
            waiting = await View.WaitingAsync(entry.Id, CancellationToken.None);
            afterwards = await View.AfterwardsAsync(entry.Id, CancellationToken.None);
            IsDeleting = true;
        }
    }

    private Task SaveAsync() => (WhyNotEdited ?? WhyNotSave) is not null ? Task.CompletedTask
        : TryAsync(async who => Show(await Edits.SaveAsync(form!.ToDraft(), form.Basis, who, CancellationToken.None)));

    private Task DeleteAsync(string reason) => TryAsync(async who => Show(await Edits.DeleteAsync(form!.Basis!, who, CancellationToken.None)), reason);

    private void Show(EntryResult result)
    {
        form!.Faults = result.Faults;
        if (result.IsDone)
        {
            Forget();
            Close();
        }
        else if (result.Theirs is { } theirs)
        {
            IsDeleting = false;
            Refusal = theirs.Native.Length == 0
                ? "Somebody else deleted this entry meanwhile. Saving adds it again."
                : $"Somebody else saved this entry meanwhile: {VisibleText.Of(theirs.DisplayName, 80)}, {VisibleText.Of(theirs.Native, 120)}{(theirs.Proxies.Count > 0 ? $", known as {VisibleText.Of(string.Join(", ", theirs.Proxies), 300)}" : "")}. Save again to put yours over it.";
            form.Rebase(theirs.Native.Length == 0 ? null : theirs);
        }
        else
        {
            Refusal = "Not saved.";
        }
    }

    private static RenderFragment Proxies(EntryRow row) => builder =>
    {
        if (row.Proxies.Count > 0)
        {
            builder.AddContent(0, Cells.Address(row.Proxies[0]));
            builder.AddContent(1, row.Proxies.Count > 1 ? $" and {Quantity.Text(row.Proxies.Count - 1)} more" : "");
        }
    };
}
