using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Schedules;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>One partner: how it is reached, what is taken and given, whose consent that needs, when it runs, and what its cycles said.</summary>
public sealed partial class PartnerPage : DirsyncActPage
{
    private const string CyclesTab = "Cycles";
    private const string ColumnLines = PartnerSettings.Prefix + "columns";
    private const int MostNotes = 100;

    private PartnerForm? form;
    private PartnerSummary? summary;
    private IReadOnlyList<CycleNote> notes = [];
    private IReadOnlyList<CanarySight> canaries = [];
    private IReadOnlyList<StandingDecision> standing = [];
    private IReadOnlyList<RefusedRow> refused = [];
    private IReadOnlyList<SecretUse> secrets = [];
    private IReadOnlyList<PartnerCheck> checks = [];
    private PartnerDeletion? deletion;
    private RequestorView? requestor;
    private CsvSample? sample;
    private string? deleteFault;
    private string openedAs = "";
    private string kind = "";
    private string? name;

    [Parameter]
    public string? Name { get; set; }

    [Inject]
    private PartnerStore Store { get; set; } = null!;

    [Inject]
    private PlanStore Plans { get; set; } = null!;

    [Inject]
    private PlanDecisions Decisions { get; set; } = null!;

    [Inject]
    private DirsyncCycle Cycles { get; set; } = null!;

    [Inject]
    private PartnerKinds Kinds { get; set; } = null!;

    [Inject]
    private RequestorStatus Requestors { get; set; } = null!;

    [Inject]
    private CsvSamples Samples { get; set; } = null!;

    [Inject]
    private SecretNames SecretNames { get; set; } = null!;

    [Inject]
    private SecretStore Secrets { get; set; } = null!;

    private string Title => form is null ? VisibleText.Of(name ?? "Partner", 63) : form.Fields.IsNew ? $"New partner, {PartnerLook.KindWord(kind)}" : form.Basis!.Name;

    private string? CountText => form is null ? null
        : form.Fields.IsNew ? "not saved yet"
        : form.Fields.IsChanged ? $"{PartnerLook.KindWord(kind)}, {Quantity.Of(form.Fields.Changes, "value", "values")} changed" : PartnerLook.KindWord(kind);

    private string? WhyNotConfigure => Rights.WhyNot(Right.Configure);

    private string? WhyNotSave => WhyNotConfigure ?? (IsBusy ? "Saving." : form is { Fields.IsChanged: false } ? "Nothing has been changed." : null);

    private IReadOnlyList<string> AllTabs => [.. summary is null ? (string[])[] : [CyclesTab], .. form!.Tabs];

    private string Tab => QueryHelpers.ParseQuery(Here.Query).TryGetValue("tab", out var tab) && AllTabs.FirstOrDefault(known => known.Equals(tab, StringComparison.OrdinalIgnoreCase)) is { } found ? found : AllTabs[0];

    private IReadOnlyList<ViewTab> Tabs => [.. AllTabs.Select(tab => new ViewTab(tab, TabHref(tab), tab == Tab, FaultsOn(tab) is > 0 and var faults ? faults : null))];

    private IReadOnlyList<DateTimeOffset> NextRuns
    {
        get
        {
            var runs = new List<DateTimeOffset>();
            if (WeekGrid.TryParse(form!.Fields[RuleFields.Grid], out var grid, out _) && TimeZoneInfo.TryFindSystemTimeZoneById(form.Fields[RuleFields.Zone].Trim(), out var zone))
            {
                var schedule = new SyncSchedule(grid, zone, SyncSchedule.DefaultWindow);
                for (var next = schedule.Next(Time.GetUtcNow()); next is { } begin && runs.Count < 3; next = schedule.Next(begin))
                {
                    runs.Add(TimeZoneInfo.ConvertTime(begin, zone));
                }
            }

            return runs;
        }
    }

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        // One page for all partners: the parameter may still be that of the one before.
        var last = Uri.UnescapeDataString(Here.Segments[^1].Trim('/'));
        var wanted = last == "new" ? null : last;
        var asked = QueryHelpers.ParseQuery(Here.Query).TryGetValue("kind", out var text) ? text.ToString() : "";
        var found = wanted is null ? null : await Store.FindAsync(wanted, cancellationToken);
        var said = found is null ? [] : await Store.NotesAsync(found.Partner.Id, null, MostNotes, cancellationToken);
        var birds = found is null ? [] : await Store.CanariesAsync(found.Partner.Id, cancellationToken);
        var decided = found is null ? [] : await Plans.DecisionsAsync(found.Partner.Name, cancellationToken);
        var not = found is null ? [] : await Plans.RefusedAsync(found.Partner.Name, cancellationToken);
        var server = found is { Partner.Kind: "dirsync" } ? await Requestors.FindAsync(found.Partner.Id, cancellationToken) : null;
        var known = await SecretNames.ListAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (summary, notes, canaries, standing, refused, secrets, name) = (found, said, birds, decided, not, known, wanted);
        (kind, requestor) = (found?.Partner.Kind ?? asked, server);
        var opened = $"{wanted}|{kind}";
        if (opened == openedAs && form is { Fields.IsChanged: true })
        {
            SampleOnce();
            return; // what is being typed stays; saving finds out what others did
        }

        if (opened != openedAs)
        {
            (checks, deletion, openedAs, sample) = ([], null, opened, null);
        }

        form = Kinds.Find(kind) is { } offered && (wanted is null || found is not null) ? new PartnerForm(offered, found?.Partner) : null;
        SampleOnce();
    }

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now.StartsWith(Urls.PartnersPath + "/", StringComparison.Ordinal);

    private string TabHref(string tab)
    {
        var query = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        query["tab"] = tab;
        return QueryHelpers.AddQueryString(Here.AbsolutePath, query);
    }

    private int FaultsOn(string tab) => form!.Fields.Fields.Count(field => (field.Tab == tab || (tab == RuleFields.Consent && field.Tab == RuleFields.Cells)) && form.Fields.FaultOf(field.Path) is not null);

    private bool IsColumns => kind == "csv" && Tab == "Columns";

    // The table is read when its tab is opened, for who may say where it lies.
    private void SampleOnce()
    {
        if (form is not null && IsColumns && sample is null && WhyNotConfigure is null)
        {
            ReadSample();
        }
    }

    private void ReadSample() => sample = Samples.Read(form!.SettingsJson());

    private void Map(string title, string word)
    {
        form!.Fields[ColumnLines] = CsvLines.Mapped(sample!.Titles, form.Fields[ColumnLines], title, word);
        Typed();
        ReadSample();
    }

    private void Typed() => (Done, checks) = (null, []);

    private void Set(string path, string text)
    {
        form!.Fields[path] = text;
        Typed();
    }

    private async Task CheckAsync()
    {
        if (WhyNotConfigure is not null)
        {
            return;
        }

        var draft = form!.ToDraft();
        form.Add(Store.Check(draft));
        if (form.Fields.Faults.Count > 0)
        {
            return;
        }

        await TryAsync(async who =>
        {
            who.Demand(Right.Configure);
            try
            {
                await using var directory = await Kinds.Find(kind)!.OpenAsync(new Partner(draft.Id, draft.Name, draft.Kind, draft.Settings, draft.Rules, draft.IsEnabled, 0, 0), CancellationToken.None);
                checks = await directory.CheckAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is PartnerException or IOException or UnauthorizedAccessException)
            {
                checks = [new PartnerCheck(false, e.Message)];
            }

            return (checks.All(found => found.IsGood) ? "Everything that was tried works. Nothing was changed." : "", "");
        });
    }

    private async Task SaveAsync()
    {
        if (WhyNotSave is not null)
        {
            return;
        }

        var edited = form!;
        var draft = edited.ToDraft();
        if (edited.Fields.Faults.Count > 0)
        {
            return;
        }

        await TryAsync(async who =>
        {
            var result = await Store.SaveAsync(draft, edited.Basis?.Version, who, CancellationToken.None);
            edited.Add(result.Faults);
            if (result.Theirs is { } theirs)
            {
                edited.Rebase(theirs);
                return ("", "Somebody else saved this partner meanwhile. What only they changed is taken over; where you both changed a value, theirs stands below yours. Save again to keep yours.");
            }

            if (result.Saved is not { } saved)
            {
                return ("", "Not saved. The tabs show which values cannot be used.");
            }

            foreach (var (secret, word) in edited.Fields.SecretsToStore())
            {
                await Secrets.SetAsync(secret, word, who, CancellationToken.None);
            }

            var isNew = edited.Fields.IsNew;
            form = new PartnerForm(Kinds.Find(saved.Kind)!, saved);
            if (isNew)
            {
                openedAs = $"{saved.Name}|{saved.Kind}";
                Navigation.NavigateTo(Urls.PartnerPage(saved.Name));
            }

            return ("Saved. The next cycle goes by it.", "");
        });
    }

    private Task<bool> RunAsync(bool isDry) => TryAsync(async who =>
    {
        var result = await Store.RunAsync(summary!.Partner.Id, isDry, who, CancellationToken.None);
        return result.IsDone ? ($"{(isDry ? "A dry run" : "A cycle")} begins within seconds.", "") : ("", string.Join(' ', result.Faults.Select(fault => fault.Text)));
    });

    private Task<bool> ReaddressAsync() => ProposeAsync(Cycles.ReaddressAsync, "Every address that a template made follows the templates; there is nothing to propose.");

    private Task<bool> EmptyAsync() => ProposeAsync(Cycles.EmptyAsync, "It gave no entry; there is nothing to propose.");

    private Task<bool> ProposeAsync(Func<long, Operator, CancellationToken, Task<CycleResult>> make, string nothing) => TryAsync(async who =>
    {
        var result = await make(summary!.Partner.Id, who, CancellationToken.None);
        if (result.Plans is [var plan, ..])
        {
            Navigation.NavigateTo(Urls.Plan(plan));
        }

        return (result.Fault.Length == 0 && result.Plans.Count == 0 ? nothing : "", result.Fault);
    });

    private async Task AskDeleteAsync() => (deletion, deleteFault) = (await Store.DeletionAsync(summary!.Partner.Id, CancellationToken.None), null);

    private async Task DeleteAsync(string reason)
    {
        var isGone = await TryAsync(async who =>
        {
            var result = await Store.DeleteAsync(summary!.Partner.Id, summary.Partner.Version, who, CancellationToken.None);
            return result.IsDone ? ("", "") : ("", result.Theirs is null ? string.Join(' ', result.Faults.Select(fault => fault.Text)) : "Somebody else saved this partner meanwhile. Look at it, then delete it.");
        }, reason);
        if (isGone)
        {
            (form, deletion) = (null, null);
            Navigation.NavigateTo(Urls.PartnersPath);
        }
        else
        {
            (deleteFault, Refusal) = (Refusal, null);
        }
    }

    private Task<bool> PressAsync(bool export, bool import) => TryAsync(async who =>
        await Requestors.PressAsync(summary!.Partner.Id, export, import, who, CancellationToken.None) is { } said ? (VisibleText.Of(said, 600), "") : ("", "There is no such server any more."));

    private Task<bool> ForgetAsync(StandingDecision decision) => TryAsync(async who => Said(await Decisions.ForgetDecisionAsync(decision.Partner, decision.Direction, decision.Identity, who, CancellationToken.None)));

    private Task<bool> ForgetRefusalAsync(RefusedRow row) => TryAsync(async who => Said(await Decisions.ForgetRefusalAsync(row.Partner, row.Direction, row.Hash, who, CancellationToken.None)));

    private static (string Done, string Refusal) Said(DecisionResult result) => result.IsRefused ? ("", VisibleText.Of(result.Sentence, 600)) : (VisibleText.Of(result.Sentence, 600), "");
}
