using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Books;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Books;

public sealed class BooksPartsTests
{
    private static readonly DateOnly Day = new(2026, 11, 22);
    private static readonly DateTimeOffset At = new(2026, 11, 22, 14, 3, 5, TimeSpan.Zero);
    private static readonly BooksDay Count = new(Day, new(20, 10, 0, 0, 0), new(18, 9, 0, 0, 0), 9);

    [Fact]
    public async Task A_day_that_differs_says_what_it_means_what_to_do_and_which_numbers()
    {
        var seen = Seen([4711, 4712, 4713], new BooksTrace(4711, 4710, null, "", "a@x.example", "Berth plan", (At, "smtp"), null));
        using var part = await RenderAsync(Count, seen);

        part.Text.ShouldContain("2026-11-22: The ledger has them accepted; no row holds them now.");
        part.Text.ShouldContain(BooksFinding.AcceptedAndGone.Meaning);
        part.Text.ShouldContain(BooksFinding.AcceptedAndGone.NextStep);
        part.Text.ShouldContain("Ledger: accepted 22 Nov 14:03:05 from smtp; no end");
        part.Text.ShouldContain("Rows: gone; its message is still there");
        part.Body.QuerySelectorAll("a.link").Select(link => (link.TextContent, link.GetAttribute("href")))
            .ShouldBe([("4711", "/messages/4710?delivery=4711"), ("Show all 3", "/books?day=2026-11-22&numbers=all")]);
    }

    [Fact]
    public async Task A_number_of_which_nothing_is_left_is_no_link()
    {
        using var part = await RenderAsync(Count, Seen([7], new BooksTrace(7, null, null, "", "", "", (At, ""), (At.AddSeconds(2), "smtp-backbone", DeliveryState.Delivered))));

        part.Text.ShouldContain("Ledger: accepted 22 Nov 14:03:05; delivered 22 Nov 14:03:07 by smtp-backbone");
        part.Text.ShouldContain("Rows: gone, and its message too");
        part.Body.QuerySelectorAll("a.link").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_without_its_message_is_found_in_the_queue_and_its_text_is_harmless()
    {
        using var part = await RenderAsync(Count, Seen([7], new BooksTrace(7, null, DeliveryState.Queued, "<b>x</b>\u202E@evil.example", "", "", null, null)));

        part.Text.ShouldContain("Ledger: not in it");
        part.Text.ShouldContain("Rows: queued");
        part.Body.QuerySelector("a.link")!.GetAttribute("href").ShouldBe("/queue?state=all&open=7");
        part.Body.QuerySelectorAll("li b b").ShouldBeEmpty();
        part.Text.ShouldNotContain("\u202E");
    }

    [Fact]
    public async Task A_day_that_agrees_and_a_day_of_which_nothing_is_kept_say_so()
    {
        using var agrees = await RenderAsync(Count with { Rows = Count.Ledger });
        using var gone = await RenderAsync(null);

        agrees.Text.ShouldContain("Ledger and rows agree on every delivery that was accepted on this day.");
        gone.Text.ShouldContain("No row and no ledger of this day is kept");
    }

    private static BooksFindingSeen Seen(IReadOnlyList<long> ids, params BooksTrace[] traces) => new(
        new BooksDifference(Day, BooksFinding.AcceptedAndGone.What, ids, BooksFinding.AcceptedAndGone.Meaning, BooksFinding.AcceptedAndGone.NextStep), traces);

    private static Task<PartRenderer> RenderAsync(BooksDay? count, params BooksFindingSeen[] findings) => PartRenderer.RenderAsync<BooksDrawer>(
        new Dictionary<string, object?> { ["Day"] = Day, ["Count"] = count, ["Findings"] = findings });
}
