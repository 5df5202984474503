using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Api;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>docs/COMMANDS.md names what the documents hold, no more and no less.</summary>
public sealed partial class CommandDocumentTests
{
    [Theory]
    [InlineData("| `books` ", typeof(BooksAnswer))]
    [InlineData("| `queue list` ", typeof(DeliveryList), "next")]
    [InlineData("| `queue show ID` ", typeof(DeliveryDetails))]
    [InlineData("| `queue VERB` with a filter ", typeof(OperationSnapshot))]
    [InlineData("| `queue VERB --dry-run` ", typeof(EffectAnswer))]
    [InlineData("| `operation show ID` ", typeof(OperationDetails))]
    [InlineData("A delivery: ", typeof(DeliverySnapshot))]
    [InlineData("A row of a plan: ", typeof(PlanRowAnswer))]
    [InlineData("A step of a timeline: ", typeof(DeliveryHappening))]
    public void A_document_has_the_members_that_the_page_names(string beginning, Type type, params string[] onlyInTheApi)
    {
        var text = File.ReadAllText(Path.Combine(PosternProgram.Repository, "docs", "COMMANDS.md"));
        var at = text.IndexOf(beginning, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, beginning);
        var end = text.IndexOf(beginning[0] == '|' ? "\n" : "\n\n", at, StringComparison.Ordinal);
        var members = text[at..end][beginning.Length..];

        Name().Matches(members).Select(match => match.Groups[1].Value)
            .ShouldBe(type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Except(onlyInTheApi), ignoreOrder: true);
    }

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Name();
}
