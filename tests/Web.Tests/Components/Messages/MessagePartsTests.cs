using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Messages;
using Postern.Web.Components.Quarantine;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Messages;

public sealed class MessagePartsTests
{
    private static readonly string Digest = new string('a', 60) + "beef";

    [Fact]
    public async Task Each_part_has_its_size_its_digest_and_a_download_and_a_damaged_one_says_so()
    {
        MessagePart[] parts = [new(1, "text/plain", null, 120, Digest, IsFile: false, IsDamaged: false), new(2, "application/x-<b>", "../<b>MAP</b>.BIN", 3_000_000, Digest, IsFile: true, IsDamaged: true)];

        using var part = await PartRenderer.RenderAsync<PartList>(new Dictionary<string, object?> { [nameof(PartList.MessageId)] = 5L, [nameof(PartList.Parts)] = parts });

        part.Body.QuerySelectorAll("a[download]").Select(link => link.GetAttribute("href")).ShouldBe([Urls.MessagePart(5, 1), Urls.MessagePart(5, 2)]);
        part.Body.QuerySelectorAll("small").Select(line => line.TextContent).ShouldBe(["SHA-256 aaaaaaaa…beef", "application/x-<b>, SHA-256 aaaaaaaa…beef, damaged"]);
        part.Text.ShouldContain("../<b>MAP</b>.BIN");
        part.Body.QuerySelector("b").ShouldBeNull();
    }

    [Fact]
    public async Task Files_that_are_no_mail_yet_say_where_they_lie_and_one_is_open()
    {
        SetAsideFile[] files =
        [
            new("ccmail-sales", "EXPORT", "<i>X</i>.CCM", 900, new TestClock().GetUtcNow(), "It ends in the middle.", 4, IsUnread: false),
            new("ccmail-sales", "EXPORT", "MSG0001.CCM", 900, new TestClock().GetUtcNow(), "", null, IsUnread: true),
        ];

        using var part = await PartRenderer.RenderAsync<SetAsideList>(new Dictionary<string, object?> { [nameof(SetAsideList.Files)] = files, [nameof(SetAsideList.Current)] = files[1] });

        part.Body.QuerySelectorAll("a").Select(link => link.GetAttribute("aria-current")).ShouldBe([null, "true"]);
        part.Text.ShouldContain("<i>X</i>.CCM");
        part.Text.ShouldContain("lies at ccmail-sales");
        part.Text.ShouldContain("read from ccmail-sales");
        part.Body.QuerySelector("i").ShouldBeNull();
        (await PartRenderer.RenderAsync<SetAsideList>(new Dictionary<string, object?> { [nameof(SetAsideList.Files)] = Array.Empty<SetAsideFile>() })).Text.ShouldBe("");
    }
}
