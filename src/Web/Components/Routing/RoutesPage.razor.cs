using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>Routing in force: the map, what each post office must know, who is withheld from whom, and what fails.</summary>
public sealed partial class RoutesPage : RouteActPage
{
    // Withheld entries are worked out post office by post office.
    private const int MostWithheld = 500;

    private RoutesSeen? seen;
    private IReadOnlyList<WithheldLine> withheld = [];
    private RowPage<SpaceLine> spaces = new([]);
    private RowPage<OfficeLine> offices = new([]);
    private RowPage<KnowledgeLine> lines = new([]);
    private RowPage<WithheldLine> withheldPage = new([]);
    private KnowledgeLine? openLine;
    private WithheldLine? openWithheld;
    private bool showsFindings;
    private string view = "";
    private string of = "";

    [Inject]
    private RouteScenes Scenes { get; set; } = null!;

    [Inject]
    private PublicationGate Gate { get; set; } = null!;

    private bool IsEmpty => seen is { State.Model.Table: { PostOffices.Count: 0, Sites.Count: 0, Spaces.Count: 0 } };

    private string? CountText => seen is not { State.Model.Table: var table } ? null
        : $"{Quantity.Of(table.PostOffices.Count, "post office", "post offices")}, {Quantity.Of(table.Sites.Count, "site", "sites")}, {Quantity.Of(seen.Roads.Connectors, "connector", "connectors")}";

    private string FindingsTitle => seen is { Scene.Findings.Count: var count } ? Quantity.Of(count, "way fails", "ways fail") : "";

    private string FindingsNote => seen is { Scene.Findings.Count: 0 } ? "Everybody is reached, and every answer comes back." : "In force now. An edit may not add to them; each says what mends it.";

    private string FindingsHref => FindingsAt(of);

    private IReadOnlyList<ViewTab> Tabs =>
    [
        new("What each post office knows", Urls.Routes("", of), view.Length == 0, seen!.Scene.Lines.Count),
        new("Post offices", Urls.Routes("offices"), view == "offices", seen.State.Model.Table.PostOffices.Count),
        new("Address spaces", Urls.Routes("spaces"), view == "spaces", seen.State.Model.Table.Spaces.Count),
        new("Withheld", Urls.Routes("withheld", of), view == "withheld", seen.State.Publication.WithheldPairs),
    ];

    /// <inheritdoc/>
    protected override bool IsBehind => seen is { Roads.IsBehind: true };

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var (asked, wanted, opened) = (Word("of"), Word("view"), Word("open"));
        var read = await Scenes.ReadAsync(asked, cancellationToken);
        // The proof of publication of a large network takes a second of a processor.
        await Task.Run(() => read.State.Publication, cancellationToken);
        var hidden = wanted == "withheld" ? Withheld(read.State, asked) : [];
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        (seen, of, Person, withheld, view) = (read, asked, who, hidden, wanted is "offices" or "spaces" or "withheld" ? wanted : "");
        var plain = Urls.Routes(view, of);
        spaces = RowPages.Of<SpaceLine>([.. read.State.Model.Table.Spaces.Select((space, i) => new SpaceLine(i + 1, space))], Here, plain);
        offices = RowPages.Of<OfficeLine>(read.Scene.Offices, Here, plain);
        lines = RowPages.Of<KnowledgeLine>(read.Scene.Lines, Here, plain);
        withheldPage = RowPages.Of<WithheldLine>(hidden, Here, plain);
        openLine = view.Length == 0 ? read.Scene.Lines.FirstOrDefault(line => line.Address == opened) : null;
        openWithheld = hidden.FirstOrDefault(line => AddressOf(line) == opened);
        showsFindings = query.ContainsKey("findings");

        string Word(string name) => query.TryGetValue(name, out var text) ? text.ToString() : "";
    }

    private static IReadOnlyList<WithheldLine> Withheld(RouteState state, string of)
    {
        var overrides = state.Overrides.ToDictionary(shown => (shown.PostOffice, shown.Native, shown.Face));
        return
        [
            .. state.Model.Table.PostOffices.Where(office => of.Length == 0 || office.Key == of).OrderBy(office => office.Key, StringComparer.Ordinal)
                .SelectMany(office => state.Publication.From(office.Key), (office, held) => (Office: office, Held: held)).Take(MostWithheld)
                .Select(pair => new WithheldLine(RowId.Of(pair.Office.Key, pair.Held.Home.Native, pair.Held.Home.Face), pair.Office, pair.Held, overrides.GetValueOrDefault((pair.Office.Key, pair.Held.Home.Native, pair.Held.Home.Face)))),
        ];
    }

    private string FindingsAt(string postOffice) => QueryHelpers.AddQueryString(Urls.Routes(view, postOffice), "findings", "all");

    private static string AddressOf(WithheldLine line) => $"{line.Office.Key}>{line.Withheld.Home.Native}>{line.Withheld.Home.Face}";

    private string HrefOf(MapNode node) => node.Kind switch
    {
        MapNodeKind.PostOffice => Urls.Routes(view == "withheld" ? view : "", node.Key),
        MapNodeKind.Site => $"{Urls.Sites}?open={Uri.EscapeDataString(NameKey.Fold(node.FullName))}",
        MapNodeKind.AddressSpace => Urls.Connector(node.Connector),
        MapNodeKind.Others => Urls.Routes("offices"),
        _ => Urls.RoutesPath,
    };

    private void OpenLine(KnowledgeLine line) => Go(line.Address, openLine is not null);

    private void OpenWithheld(WithheldLine line) => Go(AddressOf(line), openWithheld is not null);

    private void Go(string open, bool replace) => Navigation.NavigateTo(Urls.Routes(view, of, open), replace: replace);

    private Task ConfirmAsync(KnowledgeLine line) =>
        KnowAsync($"{VisibleText.Of(line.Definition.Owner, 60)} has {VisibleText.Of(line.Definition.Destination, 60)}, {VisibleText.Of(line.Definition.How, 80)}.", who => Knowledge.ConfirmAsync([line.Definition], who, CancellationToken.None));

    private Task FindMissingAsync(KnowledgeLine line) =>
        KnowAsync($"{VisibleText.Of(line.Definition.Owner, 60)} does not have {VisibleText.Of(line.Definition.Destination, 60)}.", who => Knowledge.FindMissingAsync([line.Definition], who, CancellationToken.None));

    private Task WantAsync(Definition definition) =>
        KnowAsync($"The next change sheet asks for {VisibleText.Of(definition.ToString(), 200)}.", who => Knowledge.WantAsync(definition, who, CancellationToken.None));

    private Task<bool> OverrideAsync(WithheldLine line, string reason) => TryAsync(async who =>
    {
        var result = line.Override is null
            ? await Gate.OverrideAsync(line.Office.Key, line.Withheld.Home, who, CancellationToken.None)
            : await Gate.EndOverrideAsync(line.Office.Key, line.Withheld.Home, who, CancellationToken.None);
        (Done, DoneAct) = !result.IsDone ? (Done, DoneAct) : (line.Override is null ? "They are published; the override ends by itself once the ways are confirmed." : "They are withheld again until the ways are confirmed.", null);
        return result.Refusal;
    }, reason);

    private void Close() => Navigation.NavigateTo(Urls.Routes(view, of), replace: true);
}
