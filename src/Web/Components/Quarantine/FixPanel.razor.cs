using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Components.Quarantine;

/// <summary>Chooses what is changed in deliveries that were set aside, shows what that would come to, and replays them.</summary>
public sealed partial class FixPanel : ComponentBase
{
    private readonly string group = $"fix-{Guid.NewGuid():N}";
    private readonly FixDraft draft = new();
    private IReadOnlyList<long> triedIds = [];
    private IReadOnlyList<ReplayTrial>? trials;
    private string? fault;
    private string? refusal;
    private string reason = "";
    private bool isTrying;
    private int round;

    /// <summary>The deliveries it is for.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<long> Ids { get; set; }

    /// <summary>The one that is looked into.</summary>
    [Parameter]
    public long? Current { get; set; }

    /// <summary>Attachments of the one that is looked into.</summary>
    [Parameter]
    public IReadOnlyList<string> FileNames { get; set; } = [];

    /// <summary>Why the person at this window may not; null when they may.</summary>
    [Parameter]
    public string? MayNot { get; set; }

    /// <summary>Tries a fix and changes nothing.</summary>
    [Parameter, EditorRequired]
    public required Func<ReplayFix, IReadOnlyList<long>, Task<IReadOnlyList<ReplayTrial>>> Try { get; set; }

    /// <summary>Replays with a fix and a reason; null when it ran, else why not.</summary>
    [Parameter, EditorRequired]
    public required Func<ReplayFix, IReadOnlyList<long>, string, Task<string?>> Replay { get; set; }

    /// <summary>Return or remove: shows its effect first.</summary>
    [Parameter]
    public EventCallback<DeliveryVerb> OnEnd { get; set; }

    private string? WhyNot => MayNot ?? (Ids.Count == 0 ? "Nothing is selected." : fault is not null ? "The fix cannot be made." : null);

    private (FixWay Way, string Text, string Note)[] Ways =>
    [
        (FixWay.AsItIs, "Replay as it is", "what stood in the way has gone"),
        (FixWay.Files, "Leave attachments out", FileNames.Count == 0 ? "this one has none with a name" : "the message says what is missing"),
        (FixWay.CodePage, "Read with another code page", "its bytes stay, their characters change"),
        (FixWay.Edit, "Edit sender, recipient or a header", "a new recipient is routed anew"),
    ];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!Ids.SequenceEqual(triedIds))
        {
            triedIds = Ids;
            await TryAsync();
        }
    }

    private async Task ChooseAsync(FixWay way)
    {
        if (draft.Way != way)
        {
            draft.Way = way;
            await TryAsync();
        }
    }

    private async Task SetTakesOutAsync(bool takesOut)
    {
        draft.TakesOut = takesOut;
        await TryAsync();
    }

    private async Task TryAsync()
    {
        var mine = ++round;
        var fix = draft.ToFix();
        (fault, refusal) = (fix.Fault(), null);
        if (fault is not null || Ids.Count == 0)
        {
            trials = [];
            return;
        }

        isTrying = true;
        var found = await Try(fix, Ids);
        if (mine == round)
        {
            (trials, isTrying) = (found, false);
        }
    }

    private async Task ReplayAsync(IReadOnlyList<long> ids)
    {
        if (WhyNot is null)
        {
            refusal = await Replay(draft.ToFix(), ids, reason.Trim());
        }
    }
}
