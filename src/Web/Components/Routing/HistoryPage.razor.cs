using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>Every version of routing that was in force, what it changed, and a way back to it as a new version.</summary>
public sealed partial class HistoryPage : RouteActPage
{
    private const int MostVersions = 100;

    private static readonly IReadOnlyList<TableColumn<RouteActivation>> Columns =
    [
        new("Version", version => Cells.Plain(Quantity.Text(version.Version)), "92px") { IsNumber = true },
        new("In force since", version => Cells.Age(version.At), "140px") { Css = "soft" },
        new("By", version => Cells.Text(version.Actor), "140px"),
        new("How", version => Cells.Text(HowWords(version))),
        new("Changes", version => Cells.Plain(Quantity.Text(version.Changes.Count)), "92px") { IsNumber = true },
    ];

    private IReadOnlyList<RouteActivation>? versions;
    private RouteActivation? open;
    private Effect? returning;
    private string? returnFault;
    private bool acceptsLoss;
    private bool hasMore;
    private bool isLater;
    private long newest;

    [Inject]
    private RouteActivations Activations { get; set; } = null!;

    private string? CountText => versions is null ? null : newest > 0 ? $"version {Quantity.Text(newest)} is in force" : "no change yet";

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var (before, opened) = (Number("before"), Number("open"));
        var list = await Activations.ListAsync(before ?? long.MaxValue, MostVersions + 1, cancellationToken);
        var first = before is null ? list : await Activations.ListAsync(long.MaxValue, 1, cancellationToken);
        var found = opened is not { } version ? null : list.FirstOrDefault(known => known.Version == version) ?? (await Activations.ListAsync(version + 1, 1, cancellationToken)).FirstOrDefault(known => known.Version == version);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (open?.Version != found?.Version)
        {
            (returning, returnFault) = (null, null);
        }

        (versions, hasMore, isLater, open, Person) = ([.. list.Take(MostVersions)], list.Count > MostVersions, before is not null, found, who);
        newest = first.Count > 0 ? first[0].Version : 0;

        long? Number(string name) => query.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private bool IsNewest(RouteActivation version) => version.Version == newest;

    private static string HowWords(RouteActivation version) => version.Source switch
    {
        ActivationSource.Start => "in force before the first change",
        ActivationSource.Draft => $"draft {VisibleText.Of(version.Draft, 80)}, by {VisibleText.Of(version.Actor, 60)}",
        ActivationSource.Return => $"return to version {version.ReturnsTo}, by {VisibleText.Of(version.Actor, 60)}",
        _ => $"through the configuration, by {VisibleText.Of(version.Actor, 60)}",
    };

    private static string FollowWords(RouteActivation version) => version.FollowedAt is null ? "Waiting mail still follows it, in the background." : "All mail that waited has followed it.";

    private static string CssOf(string line) => line switch { ['+', ..] => "c-delivered", ['-', ..] => "c-bounced", _ => "c-leased" };

    private static string IconOf(string line) => line switch { ['+', ..] => "plus", ['-', ..] => "minus", _ => "pen" };

    private async Task AskReturnAsync()
    {
        if (open is { } version && await Activations.CheckReturnAsync(version.Version, CancellationToken.None) is { } found)
        {
            (returning, returnFault, acceptsLoss) = (ActivationEffect.OfReturn(version.Version, found), found.Faults.Count > 0 ? string.Join(' ', found.Faults) : null, found.New.Count > 0);
        }
    }

    private Task ReturnAsync(string reason) => open is not { } version ? Task.CompletedTask : TryAsync(async who =>
    {
        var result = await Activations.ReturnAsync(version.Version, acceptsLoss, who, CancellationToken.None);
        if (result.Version is { } now)
        {
            (returning, Done) = (null, $"The routing of version {version.Version} is in force again, as version {now}.");
            Navigation.NavigateTo(Urls.RouteVersion(now), replace: true);
        }

        returnFault = result.IsDone ? null : result.Refusal;
        return "";
    }, reason);
}
