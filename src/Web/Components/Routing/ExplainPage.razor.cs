using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Live;

namespace Postern.Web.Components.Routing;

/// <summary>One mail hop by hop, what the old post offices do with it, and the way of the answer.</summary>
public sealed partial class ExplainPage : LivePage
{
    // A list to choose from; with more, the address bar takes the name.
    private const int MostOffices = 500;

    private RouteState? state;
    private RouteExplanation? explanation;
    private RouteVerdict? verdict;
    private string asked = "";
    private string from = "";
    private string fault = "";

    [Inject]
    private RouteModels Models { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var (text, sender) = (Word("address").Trim(), Word("from"));
        var read = await Models.CurrentAsync(cancellationToken);
        var why = "";
        RouteExplanation? told = null;
        if (text.Length > 0 && MailAddress.TryParse(text, out var address, out why))
        {
            told = await Task.Run(() => RouteExplanation.Of(read.Model, sender, address), cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        (state, asked, from, fault, explanation) = (read, text, sender, told is null && text.Length > 0 ? why : "", told);
        verdict = told is null ? null : RouteVerdict.Of(told);

        string Word(string name) => query.TryGetValue(name, out var word) ? word.ToString() : "";
    }
}
