using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class FigurePartsTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    [Theory]
    [InlineData("", "0,18 72,18")]
    [InlineData("0 0 0", "0.0,18.0 36.0,18.0 72.0,18.0")]
    [InlineData("1 2 4", "0.0,14.0 36.0,10.0 72.0,2.0")]
    [InlineData("5", "0.0,2.0")]
    [InlineData("-3 6", "0.0,18.0 72.0,2.0")]
    public async Task A_line_spans_its_width_with_the_highest_at_the_top(string values, string points)
    {
        using var part = await PartRenderer.RenderAsync<Spark>(new Dictionary<string, object?>
        {
            [nameof(Spark.Values)] = values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray(),
        });

        part.Body.QuerySelector("polyline")!.GetAttribute("points").ShouldBe(points);
        part.Body.QuerySelector("svg")!.GetAttribute("aria-hidden").ShouldBe("true");
    }

    [Fact]
    public async Task Copies_say_which_way_and_which_side_of_the_conversion_and_their_names_are_text()
    {
        CopyRow[] copies =
        [
            Copy(1, isIncoming: true, isBefore: true, message: null, "../<b>MSG.CCM</b>"), Copy(2, isIncoming: true, isBefore: false, message: 77, "77.eml"),
            Copy(3, isIncoming: false, isBefore: true, message: 78, "78.eml"), Copy(4, isIncoming: false, isBefore: false, message: 78, "0000004E.ccm"),
        ];

        using var part = await PartRenderer.RenderAsync<CopyList>(new Dictionary<string, object?> { [nameof(CopyList.Copies)] = copies });

        part.Body.QuerySelectorAll("small").Select(what => what.TextContent).ShouldBe(["received, before conversion", "received, after conversion", "sent, before conversion", "sent, after conversion"]);
        part.Body.QuerySelectorAll("a[download]").Select(link => link.GetAttribute("href")).ShouldBe(copies.Select(copy => Urls.ConnectorCopy(copy.Id)));
        part.Body.QuerySelectorAll("a.link").Select(link => link.TextContent).ShouldBe(["Message 77", "Message 78", "Message 78"]);
        part.Body.QuerySelector("b").ShouldBeNull();
    }

    private static CopyRow Copy(long id, bool isIncoming, bool isBefore, long? message, string name) =>
        new(id, "ccmail-sales", Now.AddMinutes(-id), isIncoming, isBefore, message, "hall-1", "f", name, 1200, 3);
}
