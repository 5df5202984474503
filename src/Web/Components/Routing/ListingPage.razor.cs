using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>Reads a post office's own table and shows each thing it would change before anything does, as Upload Routing did.</summary>
public sealed partial class ListingPage : RouteActPage
{
    private const int Longest = 2_000_000;

    private readonly HashSet<KnowledgeProposal> taken = [];
    private readonly HashSet<PostOfficeProposal> offices = [];
    private RouteState? state;
    private ListingPreview? preview;
    private string of = "";
    private string text = "";

    [Inject]
    private RouteModels Models { get; set; } = null!;

    [Inject]
    private RouteDrafts Drafts { get; set; } = null!;

    private string Example => state?.OfficeOf(of) is { System: "CCMAIL" }
        ? "Name: SITE1\nLocn: P\nName: WAREHSE\nLocn: p\nAddr: SITE1"
        : "HARBOR/PIER1 direct\nHARBOR/PIER2 indirect via HARBOR/PIER1";

    private string? WhyNotRead => of.Length == 0 ? "Choose the post office whose table it is." : string.IsNullOrWhiteSpace(text) ? "Paste its listing." : null;

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = await Models.CurrentAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        (state, Person) = (read, who);
        if (of.Length == 0 && QueryHelpers.ParseQuery(Here.Query).TryGetValue("of", out var key))
        {
            of = key.ToString();
        }
    }

    private void Choose(ChangeEventArgs e) => (of, preview) = (e.Value?.ToString() ?? "", null);

    private async Task ReadListingAsync()
    {
        if (WhyNotRead is null)
        {
            (Done, DoneAct, Refusal) = (null, null, null);
            preview = await Knowledge.ReadListingAsync(of, text, CancellationToken.None);
            taken.Clear();
            offices.Clear();
            // What is seen to be there is taken unless somebody says otherwise; what would go is not.
            taken.UnionWith(preview?.Reconciliation.Knowledge.Where(proposal => proposal.Change != ProposedChange.Remove) ?? []);
        }
    }

    private void Take(KnowledgeProposal proposal, bool on) => _ = on ? taken.Add(proposal) : taken.Remove(proposal);

    private void Take(PostOfficeProposal proposal, bool on) => _ = on ? offices.Add(proposal) : offices.Remove(proposal);

    private async Task AcceptAsync()
    {
        if (preview is { } shown)
        {
            await KnowAsync(
                $"{Quantity.Of(taken.Count, "proposal is", "proposals are")} taken from the table of {VisibleText.Of(shown.PostOffice.Name, 60)}.",
                who => Knowledge.AcceptAsync(shown, [.. shown.Reconciliation.Knowledge.Where(taken.Contains)], who, CancellationToken.None));
            await CompareAgainAsync();
        }
    }

    private async Task CompareAgainAsync()
    {
        if (Refusal is null)
        {
            preview = await Knowledge.ReadListingAsync(of, text, CancellationToken.None);
            taken.Clear();
        }
    }

    private Task DraftAsync() => preview is not { } shown ? Task.CompletedTask : TryAsync(async who =>
    {
        var name = $"From the table of {shown.PostOffice.Name}";
        var result = await Drafts.FindAsync(name, CancellationToken.None) is { } there ? new DraftResult(there, "", null, []) : await Drafts.CreateAsync(name, who, CancellationToken.None);
        if (result.Draft is { } draft)
        {
            result = await Drafts.SaveAsync(draft, offices.Aggregate(draft.Content, (set, proposal) => set.With(proposal)), who, CancellationToken.None);
        }

        if (result.Draft is { } saved)
        {
            Navigation.NavigateTo(Urls.Draft(saved.Id));
        }

        return result.Refusal;
    });

    private static (string Css, string Icon, string Word) Look(ProposedChange change) => change switch
    {
        ProposedChange.Confirm => ("delivered", "check", "confirm"),
        ProposedChange.Add => ("leased", "plus", "add"),
        ProposedChange.ChangeWay => ("held", "pen", "other way"),
        _ => ("bounced", "minus", "remove"),
    };
}
