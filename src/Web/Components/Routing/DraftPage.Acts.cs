using Microsoft.AspNetCore.Components;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

public sealed partial class DraftPage
{
    private const int Days = 7;

    private readonly CancellationTokenSource leaving = new();
    private readonly Dictionary<(RouteItemKind Kind, string Key), bool> decided = [];
    private WhatIfResult? whatIf;
    private WhatIfProgress? progress;
    private Effect? activation;
    private bool isDiscarding;
    private string? asked;
    private string? activationFault;

    [Inject]
    private RouteActivations Activations { get; set; } = null!;

    [Inject]
    private RouteWhatIf Replay { get; set; } = null!;

    private bool IsRunning { get; set; }

    private string? WhyNotActivate => WhyNotEdit
        ?? (IsTyped ? "Save the draft first." : null)
        ?? (check is not { } found ? "It is being checked." : found.OnlyTakesOut || found.MayBeAccepted ? null : found.WhyNot(acceptsLoss: false, "") is { Length: > 0 } why ? VisibleText.Of(why, 300) : null);

    /// <inheritdoc/>
    protected override void Leave() => leaving.Cancel();

    private Task SaveAsync() => WhyNotSave is not null ? Task.CompletedTask : TryAsync(async who =>
    {
        var result = await Drafts.SaveAsync(read!, content!, who, CancellationToken.None);
        if (result.IsDone)
        {
            (read, content, Done, whatIf) = (result.Draft, result.Draft!.Content, "The draft is saved. Nothing is in force yet.", null);
            if (form is not null)
            {
                CloseForm();
            }
        }

        theirs = result.Theirs ?? theirs;
        return result.Theirs is null ? result.Refusal : "";
    });

    // What both have changed in two ways is asked for, item by item; the rest comes together by itself.
    private async Task MergeAsync()
    {
        if (theirs is { } newer)
        {
            var merge = RouteMerge.Of(read!.Content, content!, newer.Content, decided);
            if (merge.Conflicts.Count > 0)
            {
                check = check! with { Conflicts = merge.Conflicts };
                return;
            }

            (read, content, theirs) = (newer, merge.Merged, null);
            decided.Clear();
            CloseForm();
            Done = "The two are merged in this window. Look at it, then save.";
            await CheckAsync();
        }
    }

    private Task<bool> KeepAsync() => TryAsync(async who =>
    {
        var made = await Drafts.CreateAsync($"{read!.Name}, {who.Name}", who, CancellationToken.None);
        var result = made.Draft is { } fresh ? await Drafts.SaveAsync(fresh, content!, who, CancellationToken.None) : made;
        if (result.Draft is { } kept)
        {
            (read, content, theirs) = (null, null, null);
            Navigation.NavigateTo(Urls.Draft(kept.Id));
        }

        return result.Refusal;
    });

    private async Task DecideAsync((RouteConflict Conflict, bool TakesMine) choice)
    {
        decided[(choice.Conflict.Kind, choice.Conflict.Key)] = choice.TakesMine;
        if (theirs is not null)
        {
            await MergeAsync();
            return;
        }

        await TryAsync(async who =>
        {
            var result = await Drafts.RenewAsync(read!, decided, who, CancellationToken.None);
            if (result.Draft is { } renewed)
            {
                (read, content) = (renewed, renewed.Content);
                decided.Clear();
            }

            return result.Conflicts.Count > 0 ? "" : result.Refusal;
        });
    }

    private Task<bool> ShareAsync() => TryAsync(async who => Taken(await Drafts.ShareAsync(read!, !read!.IsShared, who, CancellationToken.None), read!.IsShared ? "It is kept to whoever made it." : "Every routing editor may change it."));

    private Task<bool> RenameAsync(string name) => TryAsync(async who => Taken(await Drafts.RenameAsync(read!, name, who, CancellationToken.None), $"The draft is called {VisibleText.Of(name, 80)} now."));

    private Task<bool> MergeOtherAsync(RouteDraft other) => TryAsync(async who => Taken(
        await Drafts.MergeAsync(read!, other, null, who, CancellationToken.None), $"The changes of {VisibleText.Of(other.Name, 80)} are in this draft. The other one stays as it is."));

    private Task<bool> DiscardAsync(string reason) => TryAsync(async who =>
    {
        var result = await Drafts.DiscardAsync(read!, who, CancellationToken.None);
        if (result.IsDone)
        {
            (read, content, isDiscarding) = (null, null, false);
            Navigation.NavigateTo(Urls.DraftsPath);
        }

        theirs = result.Theirs ?? theirs;
        return result.Refusal;
    }, reason);

    // What somebody else saved meanwhile has a notice of its own.
    private string Taken(DraftResult result, string done)
    {
        if (result.Draft is { } saved)
        {
            content = IsTyped ? content : saved.Content;
            (read, Done, whatIf) = (saved, done, null);
        }

        theirs = result.Theirs ?? theirs;
        return result.Theirs is null ? result.Refusal : "";
    }

    private async Task WantAsync(Definition fix)
    {
        await KnowAsync($"The next change sheet asks for {VisibleText.Of(fix.ToString(), 200)}.", who => Knowledge.WantAsync(fix, who, CancellationToken.None));
        asked = Done;
    }

    private async Task RunWhatIfAsync()
    {
        if (IsRunning || check is not { } found || state is not { } current)
        {
            return;
        }

        (IsRunning, progress, whatIf) = (true, null, null);
        try
        {
            var table = current.Model.Table;
            whatIf = await Replay.RunAsync(table, found.Set.Over(table, table.Version), TimeSpan.FromDays(Days), Tell, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            // The window is gone.
        }
        catch (Npgsql.NpgsqlException e)
        {
            Refusal = $"The replay did not end: {VisibleText.Of(e.Message)}";
        }
        finally
        {
            IsRunning = false;
        }
    }

    private void Tell(WhatIfProgress now) => _ = InvokeAsync(() =>
    {
        progress = now;
        StateHasChanged();
    });

    private async Task AskActivateAsync()
    {
        if (WhyNotActivate is null && check is { } found)
        {
            if (whatIf is null)
            {
                await RunWhatIfAsync();
            }

            (activation, activationFault) = (ActivationEffect.Of(read!.Name, found, whatIf), null);
        }
    }

    private async Task ActivateAsync(string reason)
    {
        await TryAsync(async who =>
        {
            var result = await Activations.ActivateAsync(read!, acceptsLoss: check is { New.Count: > 0 }, who, CancellationToken.None);
            if (result.Version is { } version)
            {
                (read, content, activation) = (null, null, null);
                Navigation.NavigateTo(Urls.RouteVersion(version));
                return "";
            }

            theirs = result.Theirs ?? theirs;
            activationFault = result.Refusal;
            return "";
        }, reason);
    }
}
