using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Domain.Mime;
using Postern.Infrastructure.Quarantine;
using Postern.Web.Components.Quarantine;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Quarantine;

public sealed class QuarantinePartsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_cause_has_its_count_its_first_and_its_last_and_links_to_itself()
    {
        QuarantineGroup[] groups =
        [
            new("k1", "IMPORT stopped at …, twice.", "ccmail-sales", 1, 9, Now.AddDays(-2), Now.AddMinutes(-43), "IMPORT stopped at A.ccm, twice.", []),
            new("k2", "<script>alert(1)</script>", "", 0, 1, Now, Now, "x", []),
        ];

        var part = await PartRenderer.RenderAsync<CauseList>(new Dictionary<string, object?>
        {
            ["Groups"] = groups,
            ["Current"] = "k1",
            ["Now"] = Now,
            ["Href"] = (Func<QuarantineGroup, string>)(group => $"/quarantine?cause={group.Key}"),
        });

        part.Text.ShouldContain("IMPORT stopped at …, twice. to ccmail-sales first Sat 21 Nov 09:41, last 08:58:00 9");
        part.Text.ShouldContain("no way leads there");
        part.Body.QuerySelectorAll("a").Select(link => (link.GetAttribute("href"), link.GetAttribute("aria-current"))).ShouldBe([("/quarantine?cause=k1", "true"), ("/quarantine?cause=k2", null)]);
        part.Body.QuerySelector("script").ShouldBeNull();
    }

    [Fact]
    public async Task The_faulty_line_is_marked_where_it_stands_and_named_beside_it()
    {
        var bytes = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n§§\r\n\u0000<b>\r\n"u8.ToArray();
        var lines = RawLines.Read(bytes, 100, Encoding.Latin1);
        var faults = MessageFaults.Of(MimeMessage.Read(bytes));

        var raw = await PartRenderer.RenderAsync<RawView>(new Dictionary<string, object?> { ["Label"] = "Content", ["Lines"] = lines, ["Faults"] = faults });
        var parsed = await PartRenderer.RenderAsync<ParsedView>(new Dictionary<string, object?> { ["Reading"] = new RawReading(lines, [], [("From", "a@b.example")], faults, [], bytes.Length, false) });

        raw.Body.QuerySelectorAll(".fault").ShouldHaveSingleItem().TextContent.ShouldStartWith("6");
        raw.Body.QuerySelector(".hex")!.TextContent.ShouldContain("00 3C 62 3E");
        raw.Body.QuerySelector("b").ShouldBeNull();
        parsed.Text.ShouldContain("Line 6Characters do not belong to the transfer encoding; they are skipped or taken literally.");
    }

    [Fact]
    public async Task A_fix_is_tried_on_the_whole_group_before_anything_is_pressed_and_replayed_with_its_reason()
    {
        var tried = new List<(ReplayFix Fix, int Count)>();
        var replayed = new List<(ReplayFix Fix, IReadOnlyList<long> Ids, string Reason)>();
        var part = await PanelAsync(tried, replayed, null);

        part.Text.ShouldContain("2are queued as before");
        await part.RaiseAsync("onclick", new MouseEventArgs(), 2);
        tried.Select(found => (found.Fix.Content.CodePage, found.Count)).ShouldBe([(null, 3), (850, 3)]);
        part.Text.ShouldContain("2can be read and converted, and are queued for ccmail-sales");
        part.Text.ShouldContain("Still fails: the date");
        replayed.ShouldBeEmpty();

        var buttons = part.Body.QuerySelectorAll("button").Select(button => button.TextContent.Trim()).ToList();
        buttons.ShouldBe(["Replay 3", "Only this one", "Return…", "Remove…"]);
        await part.RaiseAsync("onclick", new MouseEventArgs(), 5);
        replayed.ShouldHaveSingleItem().Ids.ShouldBe([11L]);
    }

    [Fact]
    public async Task Who_may_not_sees_why_and_replays_nothing()
    {
        var replayed = new List<(ReplayFix Fix, IReadOnlyList<long> Ids, string Reason)>();
        var part = await PanelAsync([], replayed, "You may not do this.");

        var button = part.Body.QuerySelectorAll("button").First(found => found.TextContent.StartsWith("Replay", StringComparison.Ordinal));
        button.GetAttribute("aria-disabled").ShouldBe("true");
        part.Text.ShouldContain("You may not do this.");
        await part.RaiseAsync("onclick", new MouseEventArgs(), 4);

        replayed.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_chosen_in_one_way_does_not_count_in_another()
    {
        var draft = new FixDraft { Way = FixWay.Edit, Sender = "<>", Recipient = " a@b.example ", HeaderName = "Subject", HeaderValue = "x", CodePage = 437 };

        draft.ToFix().ShouldSatisfyAllConditions(
            fix => fix.Sender.ShouldBe(""), fix => fix.Recipient.ShouldBe("a@b.example"), fix => fix.Content.CodePage.ShouldBeNull(), fix => fix.Content.Headers.ShouldHaveSingleItem());
        draft.Way = FixWay.AsItIs;
        draft.ToFix().IsNothing.ShouldBeTrue();
    }

    private static Task<PartRenderer> PanelAsync(
        List<(ReplayFix Fix, int Count)> tried, List<(ReplayFix Fix, IReadOnlyList<long> Ids, string Reason)> replayed, string? mayNot) =>
        PartRenderer.RenderAsync<FixPanel>(new Dictionary<string, object?>
        {
            ["Ids"] = (IReadOnlyList<long>)[11L, 12L, 13L],
            ["Current"] = 11L,
            ["FileNames"] = (IReadOnlyList<string>)["a.pdf"],
            ["MayNot"] = mayNot,
            ["OnEnd"] = EventCallback<Infrastructure.Queue.DeliveryVerb>.Empty,
            ["Try"] = (Func<ReplayFix, IReadOnlyList<long>, Task<IReadOnlyList<ReplayTrial>>>)((fix, ids) =>
            {
                tried.Add((fix, ids.Count));
                return Task.FromResult<IReadOnlyList<ReplayTrial>>([.. ids.Select(id => Trial(id, fix))]);
            }),
            ["Replay"] = (Func<ReplayFix, IReadOnlyList<long>, string, Task<string?>>)((fix, ids, reason) =>
            {
                replayed.Add((fix, ids, reason));
                return Task.FromResult<string?>(null);
            }),
        });

    private static ReplayTrial Trial(long id, ReplayFix fix) => id == 13
        ? new ReplayTrial(id, TrialVerdict.Fails, "Still fails: the date", [], [], "", "")
        : new ReplayTrial(id, fix.IsNothing ? TrialVerdict.Unchanged : TrialVerdict.Taken, "", fix.IsNothing ? [] : [new FixNote("The text is read as ibm850", "Gr”áe", "Größe")], [], "ccmail-sales", "SALES");
}
