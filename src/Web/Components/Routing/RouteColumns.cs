using Microsoft.AspNetCore.Components;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>The columns of the tables about routing, the same for what is in force and for a draft.</summary>
internal static class RouteColumns
{
    public static readonly IReadOnlyList<TableColumn<KnowledgeLine>> Knowledge =
    [
        new("Post office", line => Cells.Text(line.Definition.Owner), "21%"),
        new("must reach", line => Cells.Text(line.Definition.Destination), "20%"),
        new("How", How),
        new("Knowledge", line => KnowledgeLook.Of(line.State).Cell, "116px"),
        new("Proof", Proof, "142px") { Css = "soft spare" },
    ];

    public static readonly IReadOnlyList<TableColumn<OfficeLine>> Offices =
    [
        new("Post office", line => Cells.Text(line.Office.Name), "24%"),
        new("System", line => Cells.Plain(line.Office.System == "MS" ? "MS Mail" : "cc:Mail"), "84px") { Css = "soft" },
        new("Reached", line => Cells.Text(Reached(line.Office))),
        new("Knows", line => Cells.Plain(line.Needed == 0 ? "nothing needed" : $"{Quantity.Text(line.Confirmed)} of {Quantity.Text(line.Needed)}"), "108px") { IsNumber = true },
        new("Least sure", line => line.LeastSure is { } state ? KnowledgeLook.Of(state).Cell : Cells.Plain("·"), "116px"),
        new("Findings", line => Cells.Plain(line.Findings == 0 ? "·" : Quantity.Text(line.Findings)), "84px") { IsNumber = true, Css = "spare" },
    ];

    public static readonly IReadOnlyList<TableColumn<SpaceLine>> Spaces =
    [
        new("Type", line => Cells.Plain(line.Space.Type), "96px"),
        new("Pattern", line => Cells.Text(line.Space.Pattern.Length > 0 ? line.Space.Pattern : "*")),
        new("Cost", line => Cells.Plain(Quantity.Text(line.Space.Cost)), "64px") { IsNumber = true },
        new("Connector", Connector, "28%"),
    ];

    public static readonly IReadOnlyList<TableColumn<WithheldLine>> Withheld =
    [
        new("Post office", line => Cells.Text(line.Office.Name), "20%"),
        new("does not see", line => Cells.Plain(Quantity.Of(line.Withheld.Home.Entries, "entry", "entries")), "104px") { IsNumber = true },
        new("of", line => Cells.Text(NameOf(line.Withheld.Home)), "20%"),
        new("until this is confirmed", line => Cells.Text(line.Override is { } shown ? $"published by {shown.By} all the same: {shown.Reason}" : Missing(line.Withheld))),
    ];

    /// <summary>How Postern reaches a post office.</summary>
    public static string Reached(PostOffice office) => office switch
    {
        { Via.Length: > 0 } => $"via {office.Via}",
        { Connector.Length: > 0 } => $"directly by {office.Connector}",
        _ => "not at all",
    };

    /// <summary>Where entries are seen, without the type.</summary>
    public static string NameOf(Home home) => home.Face[(home.System.Length + 1)..];

    private static string Missing(Withheld withheld) =>
        withheld.Missing.Count == 0 ? withheld.Sentence : string.Join("; ", withheld.Missing.Select(row => row.Definition.ToString()));

    private static RenderFragment How(KnowledgeLine line) => Cells.Text(line switch
    {
        { Instead: { } other } => $"{line.Definition.How}; now {other.Definition.How}",
        _ => line.Definition.How,
    });

    private static RenderFragment Connector(SpaceLine line) => builder =>
    {
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "class", "link");
        builder.AddAttribute(2, "href", Urls.Connector(line.Space.Connector));
        builder.AddContent(3, VisibleText.Of(line.Space.Connector));
        builder.CloseElement();
    };

    private static RenderFragment Proof(KnowledgeLine line) => line switch
    {
        { State: KnowledgeState.Required } => Cells.Plain("on no sheet"),
        { State: KnowledgeState.Issued, Stored.Sheet: { } sheet } => Cells.Plain($"sheet {sheet}"),
        { Stored: { SeenAt: { } at } stored } => builder =>
        {
            builder.AddContent(0, $"{Shown(stored)}, ");
            builder.AddContent(1, Cells.Age(at));
        },
        _ => Cells.Plain("·"),
    };

    private static string Shown(KnowledgeRow row) => row.Proof switch
    {
        KnowledgeProof.Operator => VisibleText.Of(row.ProvedBy, 30),
        KnowledgeProof.Listing => "its own table",
        KnowledgeProof.Mail => "mail",
        KnowledgeProof.Canary => "canary",
        _ => "seen",
    };
}

/// <summary>An address space in a table.</summary>
public sealed record SpaceLine(long Id, AddressSpace Space);
