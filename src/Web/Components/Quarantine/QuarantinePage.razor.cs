using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Quarantine;

/// <summary>What was set aside, by cause: what is wrong with it, what would help, and the way back into the queue for one or all of a cause.</summary>
public sealed partial class QuarantinePage : LivePage
{
    private const int Short = 5;

    private readonly RowSelection selection = new();
    private QuarantineSeen? shown;
    private string cause = "";
    private string selectedOf = "";
    private bool isByConnector;
    private bool isLong;
    private bool isBytes;
    private string? mayNot;
    private IReadOnlyList<SetAsideFile> files = [];
    private SetAsideFile? file;

    [Inject]
    private QuarantineReader Reader { get; set; } = null!;

    [Inject]
    private SetAsideReader SetAside { get; set; } = null!;

    [Inject]
    private OperationRunner Runner { get; set; } = null!;

    [Inject]
    private PendingAct Pending { get; set; } = null!;

    [Inject]
    private CurrentOperator Current { get; set; } = null!;

    private string By => isByConnector ? "connector" : "";

    private string? CountText => shown is not { } view ? null
        : $"{Quantity.Of(view.Count, "delivery", "deliveries")}, {Quantity.Of(view.Groups.Count, "cause", "causes")}";

    private IReadOnlyList<QuarantineGroup> Ordered => isByConnector
        ? [.. shown!.Groups.OrderBy(group => group.Connector, StringComparer.Ordinal).ThenByDescending(group => group.Count)]
        : shown!.Groups;

    private IReadOnlyList<DeliverySnapshot> Listed => isLong || shown!.Rows.Count <= Short + 1 ? shown!.Rows : [.. shown.Rows.Take(Short)];

    private IReadOnlyList<TableColumn<DeliverySnapshot>> Columns =>
    [
        new("Recipient", row => Cells.Address(row.Recipient), "34%"),
        new("Subject", row => Cells.Text(row.Subject.Length > 0 ? row.Subject : "(no subject)")),
        new("Set aside", row => Cells.Age(row.LastAttemptAt ?? row.AcceptedAt), "112px") { IsNumber = true, Css = "soft" },
        new("Size", row => Cells.Plain(Quantity.Size(row.Size)), "74px") { IsNumber = true, Css = "dim wide" },
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wanted = query.TryGetValue("cause", out var key) ? key.ToString() : "";
        var open = query.TryGetValue("open", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (long?)null;
        var seen = await Reader.ReadAsync(wanted, open, shown?.Open, cancellationToken);
        var lying = await SetAside.ListAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        mayNot = who.May(Right.ActOnQueue) ? null : new RightMissingException("You", Right.ActOnQueue).Message;
        isByConnector = query.TryGetValue("by", out var by) && by == "connector";
        (shown, cause, files) = (seen, wanted, lying);
        // One that was just read again is in the list no more; what came of it stays.
        file = query.TryGetValue("file", out var name) ? lying.FirstOrDefault(found => found.Key == name) ?? file : seen.Group is null ? file ?? (lying.Count > 0 ? lying[0] : null) : null;
        Select(seen);
    }

    // All of a cause are meant until somebody says otherwise; what has gone since is meant no longer.
    private void Select(QuarantineSeen seen)
    {
        var key = seen.Group?.Key ?? "";
        if (key != selectedOf)
        {
            Pending.Drop();
            (selectedOf, isLong) = (key, false);
            selection.Clear();
            foreach (var id in seen.Ids)
            {
                selection.Set(id, true);
            }
        }

        foreach (var gone in selection.Ids.Except(seen.Ids))
        {
            selection.Set(gone, false);
        }
    }

    private void SelectedAsync() => StateHasChanged();

    private void OpenRow(DeliverySnapshot row) =>
        Navigation.NavigateTo(Urls.Quarantine(shown!.Group!.Key, row.Id, By), replace: true);

    private string FirstLast(QuarantineGroup group) => group.Count == 1
        ? $"{Quantity.Span(Time.GetUtcNow() - group.Last)} ago"
        : $"first {Quantity.Span(Time.GetUtcNow() - group.First)} ago, last {Quantity.Span(Time.GetUtcNow() - group.Last)} ago";

    private static string Passed(QuarantineGroup group, long passed) => (group.Connector.Length, passed) switch
    {
        (0, _) => "",
        (_, 0) => $"{group.Connector} has delivered nothing since.",
        (_, > 10_000) => $"Over 10,000 others went through {group.Connector} since.",
        _ => $"{(passed == 1 ? "1 other" : $"{Quantity.Text(passed)} others")} went through {group.Connector} since.",
    };

    private Task<IReadOnlyList<ReplayTrial>> TryAsync(ReplayFix fix, IReadOnlyList<long> ids) => Reader.TryAsync(fix, ids, CancellationToken.None);

    private async Task<string?> ReplayAsync(ReplayFix fix, IReadOnlyList<long> ids, string reason)
    {
        var refusal = await Runner.ReplayAsync(fix, ids, reason);
        await ReloadAsync();
        return refusal;
    }

    private async Task EndAsync(DeliveryVerb verb)
    {
        if (selection.Count > 0 && Pending.Effect is null)
        {
            await Pending.BeginAsync(verb, selection.Ids);
        }
    }

    private async Task CommitAsync(string reason)
    {
        if (await Pending.CommitAsync(reason))
        {
            await ReloadAsync();
        }
    }
}
