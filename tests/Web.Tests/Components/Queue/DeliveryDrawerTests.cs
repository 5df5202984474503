using Postern.Domain.Queue;
using Postern.Web.Components.Messages;
using Postern.Web.Components.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Queue;

public sealed class DeliveryDrawerTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    private static readonly DeliverySnapshot Waiting = new(7, 5, DeliveryState.Queued, "ccmail-sales", "SALES", "CCMAIL:Doe, Jane at SALES", "a@b.example", "<b>Crane</b>\u202e")
    {
        OriginalRecipient = "rfc822;jane@site1.example",
        Attempts = 9,
        AcceptedAt = Now.AddHours(-3),
        FirstAttemptAt = Now.AddHours(-3),
        LastAttemptAt = Now.AddMinutes(-4),
        DueAt = Now.AddMinutes(2),
        ExpiresAt = Now.AddDays(4),
        Reason = "IMPORT could not open the post office.",
        Reply = "Post office is in use",
        Size = 2048,
    };

    [Fact]
    public async Task It_explains_names_every_address_whole_and_quotes_the_peer()
    {
        using var part = await RenderAsync(Waiting);

        part.Body.QuerySelector("h2")!.TextContent.ShouldStartWith("<b>Crane</b>");
        part.Body.QuerySelector("b i, h2 b").ShouldBeNull();
        part.Body.QuerySelectorAll(".facts dt").Select(name => name.TextContent).ShouldBe(["To", "Written as", "From", "By", "Accepted", "Size", "Delivery"]);
        part.Text.ShouldContain("CCMAIL:Doe, Jane at SALES");
        part.Text.ShouldContain("rfc822;jane@site1.example");
        part.Body.QuerySelectorAll(".said").Select(said => said.TextContent).ShouldContain("Post office is in use");
        part.Body.QuerySelector("a[href^='/messages/5']").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("# & more", "state=queued&connector=ccmail-sales&cause=%23%20%26%20more")]
    public async Task It_leads_to_all_that_wait_for_the_same_reason(string cause, string? query)
    {
        using var part = await RenderAsync(Waiting, cause);

        part.Body.QuerySelector("a[href*='cause=']")?.GetAttribute("href").ShouldBe(query is null ? null : Urls.Queue(query));
        (part.Body.QuerySelector("a[href*='cause=']") is not null).ShouldBe(query is not null);
    }

    [Theory]
    [InlineData(DeliveryState.Leased, "It is on its way; wait until the attempt has ended.")]
    [InlineData(DeliveryState.Delivered, "It has ended; nothing can be done to it.")]
    public async Task What_cannot_be_acted_on_says_why_instead_of_offering_buttons(DeliveryState state, string why)
    {
        using var part = await RenderAsync(Waiting with { State = state, FinishedAt = state == DeliveryState.Delivered ? Now : null });

        part.Body.QuerySelector(".foot")!.TextContent.Trim().ShouldBe(why);
        part.Body.QuerySelectorAll(".foot button").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(DeliveryState.Queued, 0, "", "", "", "not tried yet")]
    [InlineData(DeliveryState.Queued, 3, "The peer asks to wait.", "451 later", "", "The peer asks to wait.")]
    [InlineData(DeliveryState.Leased, 3, "The peer asks to wait.", "", "", "on its way")]
    [InlineData(DeliveryState.Delivered, 1, "", "250 ok", "mx.example", "250 ok")]
    [InlineData(DeliveryState.Delivered, 1, "", "", "mx.example", "taken by mx.example")]
    [InlineData(DeliveryState.Bounced, 1, "", "550 no", "", "550 no")]
    public async Task Of_each_recipient_the_table_has_the_last_word(DeliveryState state, int attempts, string reason, string reply, string remote, string word)
    {
        var delivery = Waiting with { State = state, Attempts = attempts, Reason = reason, Reply = reply, Remote = remote };

        using var part = await PartRenderer.RenderAsync<RecipientTable>(new Dictionary<string, object?>
        {
            [nameof(RecipientTable.Deliveries)] = new[] { delivery, delivery with { Id = 8 } },
            [nameof(RecipientTable.Current)] = 8L,
            [nameof(RecipientTable.Href)] = (Func<DeliverySnapshot, string>)(row => $"/messages/5?delivery={row.Id}"),
        });

        part.Body.QuerySelectorAll("tbody tr td:nth-child(4)").Select(cell => cell.TextContent).ShouldBe([word, word]);
        part.Body.QuerySelectorAll("a[aria-current=true]").ShouldHaveSingleItem().GetAttribute("href").ShouldBe("/messages/5?delivery=8");
    }

    private static Task<PartRenderer> RenderAsync(DeliverySnapshot delivery, string cause = "") => PartRenderer.RenderAsync<DeliveryDrawer>(new Dictionary<string, object?>
    {
        [nameof(DeliveryDrawer.Delivery)] = delivery,
        [nameof(DeliveryDrawer.Cause)] = cause,
        [nameof(DeliveryDrawer.Connector)] = new ConnectorSituation(true, "running", ""),
        [nameof(DeliveryDrawer.Steps)] = new[] { new TimelineStep(Now.AddHours(-3), "mail", "queued", "Accepted") },
    });
}
