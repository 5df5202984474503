using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class MessageTimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 6, 52, 0, TimeSpan.Zero);

    private static readonly MessageRow Message = new(10, 12, Start, "default", "mx3.site2.example", "a@b.example", "x@y", "Crane", 2048, false, null, "", 1, null);

    private static readonly DeliverySnapshot Taken = new(11, 10, DeliveryState.Delivered, "smtp", "relay", "a@x.example", "a@b.example", "Crane")
    {
        AcceptedAt = Start,
        FinishedAt = Start.AddSeconds(2),
        Remote = "relay-a.example",
        Reply = "250 Ok",
        Attempts = 1,
    };

    private static readonly DeliverySnapshot Waiting = new(12, 10, DeliveryState.Queued, "ccmail", "SALES", "CCMAIL:Brandt, Uwe at SALES", "a@b.example", "Crane")
    {
        AcceptedAt = Start,
        Attempts = 2,
        DueAt = Start.AddHours(1),
    };

    [Fact]
    public void It_begins_with_acceptance_has_a_first_try_success_and_ends_with_what_lies_ahead()
    {
        var steps = MessageTimeline.Of(new MessageDetails(Message, [Taken, Waiting], [Deferred(1), Deferred(2)]));

        steps[0].Text.ShouldBe("Accepted by default for 2 recipients");
        steps[1].ShouldBe(new TimelineStep(Start.AddSeconds(2), "check", "c-delivered", "a@x.example delivered", "Taken by relay-a.example", "250 Ok", 11));
        steps[2].Text.ShouldBe("Attempt 1 for Brandt, Uwe at SALES did not succeed");
        steps[^1].IsNext.ShouldBeTrue();
        steps[^1].Text.ShouldBe("Attempt 3 for Brandt, Uwe at SALES");
    }

    [Fact]
    public void Equal_attempts_fold_and_different_ones_do_not()
    {
        var steps = MessageTimeline.Of(new MessageDetails(Message, [Waiting], [Deferred(1), Deferred(2), Deferred(3) with { Reply = "something else" }]));

        TimelineFold.Of(steps).Select(fold => fold.More.Count).ShouldBe([0, 1, 0, 0]);
    }

    [Fact]
    public void One_delivery_alone_is_not_named_in_each_line()
    {
        var steps = MessageTimeline.Of(new MessageDetails(Message, [Taken, Waiting], [Deferred(1)]), 12);

        steps.Select(step => step.Text).ShouldBe(["Accepted by default for 2 recipients", "Attempt 1 did not succeed", "Attempt 3"]);
    }

    [Fact]
    public void An_operator_is_named_with_what_they_did()
    {
        var held = new DeliveryHappening(12, Start.AddMinutes(1), "held", 2, "", "", "dock closed", "", "m.keller", null);

        var step = MessageTimeline.Of(new MessageDetails(Message, [Waiting], [held]))[1];

        (step.Text, step.Detail).ShouldBe(("Held by m.keller", "dock closed"));
    }

    private static DeliveryHappening Deferred(int attempt) =>
        new(12, Start.AddMinutes(attempt * 15), "deferred", attempt, "4.3.2", "in use", "SALES is locked.", "IMPORT.EXE", "", null);
}
