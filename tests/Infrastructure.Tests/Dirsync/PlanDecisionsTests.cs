using Postern.Domain.Access;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>What people decide about plans.</summary>
public sealed class PlanDecisionsTests
{
    [Fact]
    public async Task A_plan_is_approved_when_the_last_of_its_rows_is_decided()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark")]);

        var two = await house.ApproveAsync(plan, null, 1, 2);
        var between = await house.FindAsync(plan.Id);
        var refused = await house.RejectAsync(plan, 3);
        var after = await house.FindAsync(plan.Id);

        (two.Changed, two.Sentence, two.IsRefused).ShouldBe((2, "2 rows are approved.", false));
        (between.State, between.Open, between.Approved).ShouldBe(("waiting", 1, 2));
        refused.Sentence.ShouldBe("1 row is refused. They are not proposed again until their source changes.");
        (after.State, after.Open, after.Approved, after.Rejected).ShouldBe(("approved", 0, 2, 1));
        (await house.RowsAsync(plan.Id))[0].ApprovedBy.ShouldBe(["kim"]);
        (await house.ScalarAsync("select string_agg(actor || ' ' || verb || ' ' || (details ->> 'rows'), ', ' order by id) from audit")).ShouldBe("kim approve plan 2, kim reject plan 1");
    }

    [Fact]
    public async Task A_decision_about_a_plan_that_has_moved_changes_nothing_and_says_what_moved()
    {
        await using var house = await PlanHouse.CreateAsync();
        var seen = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark")]);
        var now = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown", ("phone", "12")), house.Row("4", "Davis")]);

        var old = await house.ApproveAsync(seen);
        var wrong = await house.Decisions.ApproveAsync(now.Id, seen.Hash, PlanHouse.All, null, PlanHouse.Kim, default);
        var none = await house.Decisions.ApproveAsync(now.Id, "", PlanHouse.All, null, PlanHouse.Kim, default);

        (old.IsRefused, wrong.IsRefused, none.IsRefused).ShouldBe((true, true, true));
        old.Sentence.ShouldStartWith($"Plan {seen.Id} was superseded by plan {now.Id}");
        old.Moved.ShouldBe(["Clark is not to be changed any more.", "Brown changes in another way.", "Davis is new."]);
        wrong.Sentence.ShouldStartWith($"Plan {now.Id} is no longer as you saw it");
        none.Sentence.ShouldContain("Say which plan you saw");
        (await house.FindAsync(now.Id)).Open.ShouldBe(3);
        (await house.Decisions.ApproveAsync(now.Id, now.Hash[..8], PlanHouse.All, null, PlanHouse.Kim, default)).Changed.ShouldBe(3);
    }

    [Fact]
    public async Task Two_approvers_are_two_people_and_a_terminal_is_nobodys_second()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown")], (ChangeClass.Add, ApprovalMode.TwoApprovers));

        var preview = await house.Decisions.PreviewAsync(plan.Id, PlanHouse.All, null, PlanHouse.Kim, default);
        var first = await house.ApproveAsync(plan);
        var again = await house.ApproveAsync(plan);
        var local = await house.ApproveAsync(plan, PlanHouse.Local);
        var state = (await house.FindAsync(plan.Id)).State;
        var second = await house.ApproveAsync(plan, PlanHouse.Lee);

        (preview.NeedSecond, preview.Enough, preview.Sentence).ShouldBe((2, 0, "2 rows are waiting for a second person."));
        first.Sentence.ShouldBe("2 rows are waiting for a second person.");
        again.IsRefused.ShouldBeTrue();
        local.Sentence.ShouldContain("a terminal is nobody's second");
        (state, second.Changed, (await house.FindAsync(plan.Id)).State).ShouldBe(("waiting", 2, "approved"));
        (await house.RowsAsync(plan.Id)).ShouldAllBe(row => row.ApprovedBy.SequenceEqual(new[] { "kim", "lee" }));
    }

    [Fact]
    public async Task Of_two_people_who_approve_at_the_same_moment_neither_is_forgotten()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync(Enumerable.Range(1, 200).Select(n => house.Row($"{n}", $"Person {n}")), (ChangeClass.Add, ApprovalMode.TwoApprovers));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => house.ApproveAsync(plan, n % 2 == 0 ? PlanHouse.Kim : PlanHouse.Lee)));

        var after = await house.FindAsync(plan.Id);
        (after.State, after.Approved).ShouldBe(("approved", 200));
        (await house.RowsAsync(plan.Id)).ShouldAllBe(row => row.ApprovedBy.Order().SequenceEqual(new[] { "kim", "lee" }));
    }

    [Fact]
    public async Task Who_edits_a_row_is_nobodys_second_for_it_and_the_next_cycle_agrees_with_the_edit()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown")], (ChangeClass.Add, ApprovalMode.TwoApprovers));

        var edited = await house.Decisions.EditAsync(plan.Id, 1, "Adams, Ann", RowValues.Of(("phone", "77")), PlanHouse.Kim, default);
        var stale = await house.ApproveAsync(plan);
        var now = await house.FindAsync(plan.Id);
        await house.ApproveAsync(now, PlanHouse.Lee, 1);
        var author = await house.ApproveAsync(now, PlanHouse.Kim, 1);

        edited.Sentence.ShouldBe("Adams, Ann (p1@site1.example) is added.");
        stale.Moved.ShouldBe(["Adams, Ann was edited by kim."]);
        now.Hash.ShouldBe(PlanHash.Of((await house.RowsAsync(plan.Id)).Select(row => row.Change)), "the hash is that of the rows");
        author.Sentence.ShouldContain("made by kim");
        (await house.ApproveAsync(now, new Operator("sam", [Role.DirectoryApprover], ""), 1)).Changed.ShouldBe(1);
        (await house.Plans.DecisionsAsync("aurora", default)).Single().ShouldSatisfyAllConditions(
            decision => decision.Name.ShouldBe("Adams, Ann"), decision => decision.Values.ShouldBe("phone=77\n"), decision => decision.Actor.ShouldBe("kim"));
    }

    [Fact]
    public async Task A_name_that_somebody_has_there_cannot_be_given_by_an_edit()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"));
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown")]);

        var taken = await house.Decisions.EditAsync(plan.Id, 1, "adams", null, PlanHouse.Kim, default);
        var empty = await house.Decisions.EditAsync(plan.Id, 1, "\u200b", null, PlanHouse.Kim, default);

        taken.Sentence.ShouldBe("“adams” is the name of p1@site1.example there, and names may stand there only once.");
        empty.IsRefused.ShouldBeTrue();
        (await house.RowsAsync(plan.Id)).Single().Author.ShouldBeNull();
    }

    [Fact]
    [Trait("source", "Q237588")]
    public async Task A_collision_is_settled_by_giving_the_name_by_a_number_or_by_leaving_out()
    {
        await using var house = await PlanHouse.CreateAsync();
        var rows = new[] { house.Row("1", "Smith, Jimmy"), house.Row("2", "SMITH, Jimmy"), house.Row("3", "Smith, jimmy") };
        var plan = await house.ProposeAsync(rows);
        var collisions = await house.Plans.CollisionsAsync(plan.Id, 0, 10, default);

        var given = await house.Decisions.GiveNameAsync(plan.Id, collisions[0].Ordinal, "2", PlanHouse.Kim, default);
        var stranger = await house.Decisions.GiveNameAsync(plan.Id, collisions[0].Ordinal, "9", PlanHouse.Kim, default);
        var numbered = await house.Decisions.ListNumberedAsync(plan.Id, collisions[0].Ordinal, PlanHouse.Kim, default);
        var named = await house.Decisions.EditAsync(plan.Id, collisions[1].Ordinal, "Smith, J.", null, PlanHouse.Kim, default);
        var left = await house.Decisions.LeaveOutAsync(plan.Id, collisions[1].Ordinal, "3", PlanHouse.Kim, default);

        collisions.Select(row => row.Change.Identity).ShouldBe(["2", "3"]);
        (given.Sentence, stranger.IsRefused).ShouldBe(("SMITH, Jimmy is the name of p2@site1.example from the next cycle on.", true));
        numbered.Sentence.ShouldBe("Listed from the next cycle on: p2@site1.example as SMITH, Jimmy 2, p3@site1.example as Smith, jimmy 3.");
        named.IsRefused.ShouldBeFalse();
        left.Sentence.ShouldBe("Not listed from the next cycle on: p3@site1.example.");
        var kept = await house.Plans.DecisionsAsync("aurora", default);
        kept.Count(decision => decision.IsNameGiven && decision.Identity == "2").ShouldBe(1);
        kept.Count(decision => decision.IsLeftOut && decision.Identity == "3").ShouldBe(1);
        (await house.Decisions.ForgetDecisionAsync("aurora", "out", "3", PlanHouse.Kim, default)).Changed.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_remembered_by_what_would_have_been_done_and_can_be_taken_back()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"));
        var plan = await house.ProposeAsync([house.Row("1", "Adams")]);

        await house.RejectAsync(plan);
        var refused = (await house.Plans.RefusedAsync("aurora", default)).Single();
        var state = (await house.FindAsync(plan.Id)).State;
        var next = await house.ProposeAsync([house.Row("1", "Adams")]);
        var still = new Rejections([refused.Hash]).LeaveOut((await house.RowsAsync(next.Id)).Select(row => row.Change)).Count();
        await house.Decisions.RejectAsync(next.Id, next.Hash, PlanHouse.All, [1], PlanHouse.Kim, default);
        var over = await house.Decisions.UndecideAsync(next.Id, next.Hash, PlanHouse.All, [1], PlanHouse.Lee, default);

        (refused.Name, refused.Class, refused.Actor, refused.Reason, state, still).ShouldBe(("Brown", ChangeClass.Delete, "kim", "checked", "rejected", 0));
        over.Sentence.ShouldBe($"Plan {next.Id} was rejected; nothing can be decided about it any more.");
        (await house.Decisions.ForgetRefusalAsync("aurora", "out", refused.Hash, PlanHouse.Kim, default)).Changed.ShouldBe(1);
        (await house.Plans.RefusedAsync("", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_filter_decides_only_about_what_is_open_and_rows_that_are_never_applied_stay_out()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark"));
        var plan = await house.ProposeAsync(
            [house.Row("1", "Adams", ("phone", "1")), house.Row("2", "Brown", ("phone", "2"), ("title", "Dr")), house.Row("4", "Davis")], (ChangeClass.Delete, ApprovalMode.Never));

        var values = await house.Plans.ValuesAsync(plan.Id, default);
        var phones = await house.Decisions.ApproveAsync(plan.Id, plan.Hash, new PlanRowFilter(Value: "phone"), null, PlanHouse.Kim, default);
        var deletes = await house.Decisions.ApproveAsync(plan.Id, plan.Hash, new PlanRowFilter(ChangeClass.Delete), null, PlanHouse.Kim, default);
        var rest = await house.Decisions.RejectAsync(plan.Id, plan.Hash, new PlanRowFilter(Text: "n"), null, PlanHouse.Kim, default);
        var added = await house.Decisions.ApproveAsync(plan.Id, plan.Hash, new PlanRowFilter(ChangeClass.Add), null, PlanHouse.Kim, default);

        values.ShouldBe([new ValueCount("phone", 1)]);
        (phones.Changed, rest.Changed, added.Changed).ShouldBe((1, 1, 1));
        deletes.Sentence.ShouldBe("1 row is of a class that is never applied.");
        (await house.FindAsync(plan.Id)).ShouldSatisfyAllConditions(now => now.State.ShouldBe("approved"), now => (now.Open, now.Approved, now.Rejected).ShouldBe((1, 2, 1)));
    }

    [Fact]
    public async Task Only_an_approver_of_the_directory_decides()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync([house.Row("1", "Adams")]);
        var who = new Operator("olaf", [Role.Operator], "");

        Func<Task>[] acts =
        [
            () => house.ApproveAsync(plan, who), () => house.Decisions.RejectAsync(plan.Id, plan.Hash, PlanHouse.All, null, who, default),
            () => house.Decisions.UndecideAsync(plan.Id, plan.Hash, PlanHouse.All, null, who, default), () => house.Decisions.EditAsync(plan.Id, 1, "X", null, who, default),
            () => house.Decisions.PostponeAsync(plan.Id, DateTimeOffset.MaxValue, who, default), () => house.Decisions.ApplyAsync(plan.Id, who, default),
            () => house.Decisions.StopAsync(plan.Id, who, default), () => house.Decisions.LeaveOutAsync(plan.Id, 1, "", who, default), () => house.Revert.RevertAsync(plan.Id, null, who, default),
        ];

        foreach (var act in acts)
        {
            (await act.ShouldThrowAsync<RightMissingException>()).Right.ShouldBe(Right.ApproveDirectory);
        }

        (await house.ScalarAsync("select count(*) from audit")).ShouldBe(0L);
    }
}
