using Postern.Domain.Queue;

namespace Postern.Domain.Tests.Queue;

public sealed class DeliveryExplanationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    private static readonly DeliverySnapshot Locked = new(
        12, 11, DeliveryState.Queued, "ccmail-sales", "SALES", "CCMAIL:Brandt, Uwe at SALES", "a.lindqvist@site2.example", "Crane 4")
    {
        Attempts = 9,
        AcceptedAt = Now.AddHours(-3),
        FirstAttemptAt = Now.AddHours(-3).AddSeconds(2),
        LastAttemptAt = Now.AddMinutes(-13),
        DueAt = Now.AddMinutes(2),
        ExpiresAt = Now.AddDays(5).AddHours(-3),
        Status = "4.3.2",
        Reply = "Post office is in use",
        Reason = "The post office SALES is locked by another program",
    };

    [Fact]
    public void A_deferred_delivery_says_why_what_was_tried_what_comes_next_and_what_would_help()
    {
        var explained = DeliveryExplanation.Of(Locked, ConnectorSituation.Running, Now);

        explained.Title.ShouldBe("Waiting for SALES; attempt 10 is in 2 min");
        explained.Weight.ShouldBe(ExplanationWeight.Warn);
        explained.Answers.Select(answer => answer.Question).ShouldBe(["Why it waits", "What was tried", "What comes next", "What would help"]);
        Answer(explained, "Why it waits").ShouldBe("The post office SALES is locked by another program.");
        Answer(explained, "What was tried").ShouldBe("9 attempts since 06:41:02, the last at 09:28:00. Status 4.3.2.");
        explained.Answers[1].Said.ShouldBe("Post office is in use");
        Answer(explained, "What comes next").ShouldBe("Attempt 10 at 09:43:00, in 2 min. If nothing changes, the message is returned to the sender on Sat 28 Nov 06:41.");
    }

    [Fact]
    public void What_is_due_says_so_and_promises_no_time()
    {
        var explained = DeliveryExplanation.Of(Locked with { DueAt = Now.AddSeconds(-1) }, ConnectorSituation.Running, Now);

        explained.Title.ShouldBe("Waiting for SALES; attempt 10 is due");
        Answer(explained, "What comes next").ShouldStartWith("Attempt 10 is due and starts as soon as SALES has room for it.");
    }

    [Theory]
    [InlineData("", Notify.Unspecified, "it is set aside, because it has no sender to return it to")]
    [InlineData("a@b.example", Notify.Never, "Postern gives up, without a report because the sender asked for none")]
    [InlineData("a@b.example", Notify.Failure, "the message is returned to the sender")]
    public void The_end_names_what_the_sender_will_get(string sender, Notify notify, string end)
    {
        var explained = DeliveryExplanation.Of(Locked with { Sender = sender, Notify = notify }, ConnectorSituation.Running, Now);

        Answer(explained, "What comes next").ShouldContain(end);
    }

    [Fact]
    public void A_stopped_connector_is_the_reason_whatever_the_last_attempt_said()
    {
        var explained = DeliveryExplanation.Of(Locked, new ConnectorSituation(false, "stopped", ""), Now);

        explained.Title.ShouldBe("Waiting because the connector ccmail-sales is stopped");
        Answer(explained, "What would help").ShouldStartWith("Start ccmail-sales");
    }

    [Fact]
    public void A_connector_that_is_gone_is_not_said_to_be_stopped() =>
        DeliveryExplanation.Of(Locked, ConnectorSituation.Deleted, Now).Title.ShouldBe("Waiting for a connector that is no longer configured");

    [Fact]
    public void A_failed_connector_is_the_reason_and_says_its_own_words()
    {
        var explained = DeliveryExplanation.Of(Locked with { Attempts = 0 }, new ConnectorSituation(true, "failed", "The folder /srv/sales cannot be read"), Now);

        explained.Weight.ShouldBe(ExplanationWeight.Bad);
        Answer(explained, "Why it waits").ShouldBe("The folder /srv/sales cannot be read.");
    }

    [Fact]
    public void A_fresh_delivery_is_calm_until_it_has_waited_too_long_for_its_turn()
    {
        var fresh = Locked with { Attempts = 0, Reason = "", DueAt = Now, AcceptedAt = Now.AddSeconds(-4) };

        DeliveryExplanation.Of(fresh, ConnectorSituation.Running, Now).Weight.ShouldBe(ExplanationWeight.Calm);
        DeliveryExplanation.Of(fresh with { AcceptedAt = Now.AddHours(-1) }, ConnectorSituation.Running, Now).Weight.ShouldBe(ExplanationWeight.Warn);
    }

    [Fact]
    public void A_held_delivery_says_who_holds_it_and_that_it_stays()
    {
        var held = Locked with { State = DeliveryState.Held, Reason = "Held by m.keller: dock closed until Tuesday" };

        var explained = DeliveryExplanation.Of(held, ConnectorSituation.Running, Now);

        explained.Title.ShouldBe("Held by m.keller: dock closed until Tuesday");
        Answer(explained, "What comes next").ShouldBe("Nothing. Release it, or it stays; held mail does not expire.");
    }

    [Fact]
    public void Poison_names_its_crashes_and_the_ways_out()
    {
        var poison = Locked with { State = DeliveryState.Quarantined, Crashes = 3, MayRepeat = true, Reason = "IMPORT hung on this message." };

        var explained = DeliveryExplanation.Of(poison, ConnectorSituation.Running, Now);

        Answer(explained, "What was tried").ShouldContain("3 attempts ended with the process, so it runs alone.");
        Answer(explained, "What was tried").ShouldContain("the next one may repeat it");
        Answer(explained, "What would help").ShouldContain("return it to the sender");
    }

    [Fact]
    public void Poison_without_a_sender_is_not_offered_a_return()
    {
        var poison = Locked with { State = DeliveryState.Quarantined, Sender = "" };

        Answer(DeliveryExplanation.Of(poison, ConnectorSituation.Running, Now), "What would help").ShouldContain("no sender to return it to");
    }

    [Theory]
    [InlineData("sent", "A report went to a.lindqvist@site2.example at 09:40:00.")]
    [InlineData("not asked", "Nothing: the sender asked for no report of failures.")]
    [InlineData("no sender", "Nothing: it has no sender, and a report is never answered by a report.")]
    public void A_bounce_says_what_the_sender_knows(string report, string sentence)
    {
        var bounced = Locked with { State = DeliveryState.Bounced, Report = report, FinishedAt = Now.AddMinutes(-1), Status = "5.1.1", Reason = "No such mailbox." };

        var explained = DeliveryExplanation.Of(bounced, ConnectorSituation.Running, Now);

        Answer(explained, "What happened").ShouldBe("No such mailbox. Status 5.1.1.");
        Answer(explained, "What the sender knows").ShouldBe(sentence);
    }

    [Fact]
    public void Every_state_has_a_title_without_a_full_stop()
    {
        foreach (var state in Enum.GetValues<DeliveryState>())
        {
            foreach (var delivery in new[] { Locked with { State = state }, new DeliverySnapshot(1, 1, state, "", "", "a@b.example", "", "") })
            {
                var explained = DeliveryExplanation.Of(delivery, ConnectorSituation.Running, Now);

                explained.Title.ShouldNotBeNullOrWhiteSpace();
                explained.Title.ShouldNotEndWith(".");
                explained.Answers.ShouldAllBe(answer => answer.Answer.EndsWith('.') && answer.Answer.Length > 5);
            }
        }
    }

    private static string Answer(DeliveryExplanation explained, string question) => explained.Answers.Single(answer => answer.Question == question).Answer;

    [Fact]
    public void A_delivery_behind_a_pause_says_who_paused_until_when_and_why()
    {
        var pause = new ConnectorPause("m.keller", "The dock is closed.", Now - TimeSpan.FromMinutes(5), Now + TimeSpan.FromMinutes(55));

        var explained = DeliveryExplanation.Of(Locked, ConnectorSituation.Running with { DeliveryPause = pause }, Now);
        var open = DeliveryExplanation.Of(Locked, ConnectorSituation.Running with { DeliveryPause = pause with { Until = null, Reason = "" } }, Now);

        explained.Title.ShouldStartWith($"Waiting because m.keller paused delivery by {Locked.Connector} until ");
        explained.Answers[0].Answer.ShouldBe("m.keller paused it 5 min ago: “The dock is closed”. What comes in is accepted and waits.");
        explained.Answers.Single(answer => answer.Question == "What comes next").Answer.ShouldContain("goes on by itself at ");
        open.Title.ShouldBe($"Waiting because m.keller paused delivery by {Locked.Connector}");
        open.Answers.Single(answer => answer.Question == "What comes next").Answer.ShouldContain("until delivery is resumed");
    }

    [Fact]
    public void A_delivery_that_came_after_a_drain_began_says_so_and_one_from_before_goes_its_way()
    {
        var drain = new ConnectorPause("m.keller", "Moves house.", Now - TimeSpan.FromMinutes(5), null);
        var situation = ConnectorSituation.Running with { Drain = drain };

        var later = DeliveryExplanation.Of(Locked with { AcceptedAt = Now - TimeSpan.FromMinutes(4) }, situation, Now);
        var before = DeliveryExplanation.Of(Locked with { AcceptedAt = Now - TimeSpan.FromMinutes(6) }, situation, Now);

        later.Title.ShouldBe($"Waiting because m.keller drains {Locked.Connector}, and it came after that");
        later.Answers[0].Answer.ShouldBe("m.keller began to drain it 5 min ago: “Moves house”. It lets go what was there then, and stops.");
        before.Title.ShouldStartWith("Waiting for ");
    }
}
