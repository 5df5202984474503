using System.Globalization;
using Microsoft.AspNetCore.Components;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Messages;

/// <summary>One message: where each of its deliveries is and why, what is in it, what was changed on the way, and what can be done.</summary>
public sealed partial class MessagePage : LivePage
{
    private readonly List<IDisposable> keys = [];
    private MessageDetails? details;
    private MessageContentSeen? content;
    private TraceSeen trace = TraceSeen.Nothing;
    private IReadOnlyList<LossLine> losses = [];
    private DeliverySnapshot? current;
    private ConnectorSituation situation = ConnectorSituation.Running;
    private bool isForAll;
    private bool isTimelineOfOne;
    private IReadOnlyList<string> connectors = [];

    /// <summary>Number of the message, or of one of its deliveries.</summary>
    [Parameter]
    public long Id { get; set; }

    [Inject]
    private MessageReader Reader { get; set; } = null!;

    [Inject]
    private PendingAct Pending { get; set; } = null!;

    [Inject]
    private Keyboard Keyboard { get; set; } = null!;

    [Inject]
    private PageRights Rights { get; set; } = null!;

    private string Title => details is not { } seen ? IsLoaded ? "No such message" : "Message"
        : seen.Message.Subject.Length > 0 ? VisibleText.Of(seen.Message.Subject, 300) : "(no subject)";

    private string FromTitle => content?.From is { Length: > 0 } from ? from
        : details!.Message.Sender.Length > 0 ? details.Message.Sender : "no sender (a report)";

    private IReadOnlyList<DeliverySnapshot> Waiting =>
        [.. details!.Deliveries.Where(delivery => delivery.State is DeliveryState.Queued or DeliveryState.Held or DeliveryState.Quarantined)];

    private IReadOnlyList<long> Targets => isForAll && Waiting.Count > 1 ? [.. Waiting.Select(delivery => delivery.Id)]
        : current is { } one && Waiting.Contains(one) ? [one.Id]
        : [];

    private string RecipientsText
    {
        get
        {
            var parts = details!.Deliveries.GroupBy(delivery => delivery.State).OrderBy(group => group.Key)
                .Select(group => $"{Quantity.Text(group.Count())} {StateLook.Of(group.Key).Word}");
            var rest = details.Message.Recipients - details.Deliveries.Count;
            return $"{Quantity.Text(details.Message.Recipients)}: {string.Join(", ", parts)}{(rest > 0 ? $"; {Quantity.Text(rest)} are not listed" : "")}";
        }
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        foreach (var (key, verb) in (ReadOnlySpan<(string, DeliveryVerb)>)
            [("t", DeliveryVerb.Retry), ("h", DeliveryVerb.Hold), ("l", DeliveryVerb.Release), ("Delete", DeliveryVerb.Remove)])
        {
            keys.Add(Keyboard.Take(key, () => InvokeAsync(() => ActAsync(verb))));
        }

        keys.Add(Keyboard.Take("j", () => InvokeAsync(() => Walk(1))));
        keys.Add(Keyboard.Take("k", () => InvokeAsync(() => Walk(-1))));
    }

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        // The parameter may still be that of the message before.
        var id = long.TryParse(Here.Segments[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Id;
        var seen = await Reader.FindAsync(id, cancellationToken);
        var chosen = seen is null ? null : Choose(seen, id);
        var doing = chosen is null ? ConnectorSituation.Running : await Reader.SituationAsync(chosen.Connector, cancellationToken);
        // Content never changes; it is read once, and not again at every change of a delivery.
        var read = seen is null || (content is not null && details?.Message.Id == seen.Message.Id) ? content
            : await Reader.ContentAsync(seen.Message, cancellationToken);
        var traced = seen is null ? TraceSeen.Nothing : await Reader.TraceAsync(seen, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (seen?.Message.Id != details?.Message.Id)
        {
            Pending.Drop();
        }

        (details, current, situation, content, trace) = (seen, chosen, doing, read, traced);
        losses = seen is null ? [] : LossLines.Of(seen);
    }

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now.StartsWith(Urls.MessagePath + "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override void Leave() => keys.ForEach(key => key.Dispose());

    private DeliverySnapshot? Choose(MessageDetails seen, long asked)
    {
        var named = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Here.Query).TryGetValue("delivery", out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : asked;
        return seen.Deliveries.FirstOrDefault(delivery => delivery.Id == named)
            ?? seen.Deliveries.FirstOrDefault(delivery => !delivery.IsFinal)
            ?? seen.Deliveries.FirstOrDefault(delivery => delivery.State == DeliveryState.Bounced)
            ?? (seen.Deliveries.Count > 0 ? seen.Deliveries[0] : null);
    }

    private void Walk(int by)
    {
        if (details is { Deliveries.Count: > 1 } seen && current is not null)
        {
            var index = seen.Deliveries.ToList().FindIndex(delivery => delivery.Id == current.Id);
            var next = seen.Deliveries[Math.Clamp(index + by, 0, seen.Deliveries.Count - 1)];
            Navigation.NavigateTo(Urls.Message(seen.Message.Id, next.Id), replace: true);
        }
    }

    private async Task ActAsync(DeliveryVerb verb)
    {
        if (details is not null && Pending.Effect is null && Targets is { Count: > 0 } ids && Rights.Ask(Right.ActOnQueue))
        {
            connectors = await Reader.ConnectorsAsync(CancellationToken.None);
            await Pending.BeginAsync(verb, ids);
            StateHasChanged();
        }
    }

    private async Task CommitAsync(string reason)
    {
        if (await Pending.CommitAsync(reason))
        {
            await ReloadAsync();
        }
    }

    private void DropAct() => Pending.Drop();
}
