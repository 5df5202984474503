using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Plans are carried out: exactly what was approved, in the order in which names are free.</summary>
public sealed class PlanApplyTests
{
    [Fact]
    public async Task Exactly_the_approved_rows_are_carried_out()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark"));
        var plan = await house.ProposeAsync([house.Row("1", "Adams", ("phone", "1")), house.Row("2", "Brown", ("phone", "2")), house.Row("4", "Davis"), house.Row("5", "Evans")]);
        var rows = await house.RowsAsync(plan.Id);

        await house.ApproveAsync(plan, null, OrdinalOf(rows, "Brown"), OrdinalOf(rows, "Evans"));
        await house.RejectAsync(plan, OrdinalOf(rows, "Clark"));
        var undecided = await house.Apply().ContinueAsync(plan.Id, default);
        var pressed = await house.Decisions.ApplyAsync(plan.Id, PlanHouse.Kim, default);
        var late = await house.ApproveAsync(plan, null, OrdinalOf(rows, "Davis"));
        var isOver = await house.Apply().ContinueAsync(plan.Id, default);

        (undecided, isOver, late.IsRefused).ShouldBe((false, true, true));
        pressed.Sentence.ShouldBe("2 rows are carried out now; 2 rows are left undecided and proposed again.");
        house.Directory.Rows.Select(row => $"{row.Entry.Name} {row.Entry.Values["phone"]}".Trim()).ShouldBe(["Adams", "Brown 2", "Clark", "Evans"]);
        var after = await house.FindAsync(plan.Id);
        (after.State, after.Done, after.Failed, after.Open, after.Rejected, after.AppliedAt is null).ShouldBe(("applied", 2, 0, 2, 1, false));
        (await house.RowsAsync(plan.Id)).Where(row => row.Outcome != 0).Select(row => row.Change.After!.Name).ShouldBe(["Brown", "Evans"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q166581")]
    [Trait("source", "Q192514")]
    public async Task Deletes_come_before_changes_and_adds_over_the_whole_plan_so_that_names_are_free()
    {
        await using var house = await PlanHouse.CreateAsync();
        house.Directory.Ability = TargetAbility.CcMail;
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark"), house.Row("4", "Davis"));
        var kinds = new List<StepKind>();
        house.Directory.Written = step => kinds.Add(step.Step.Kind);
        var plan = await house.ProposeAsync([house.Row("1", "Brown"), house.Row("2", "Adams"), house.Row("4", "Davis", ("phone", "4")), house.Row("5", "Clark")]);

        await house.ApproveAsync(plan);
        await house.Apply(batch: 2).ContinueAsync(plan.Id, default);

        kinds.ShouldBe([StepKind.Delete, StepKind.Delete, StepKind.Delete, StepKind.Change, StepKind.Add, StepKind.Add, StepKind.Add]);
        house.Directory.Listing.ShouldBe(["Adams (p2@site1.example)", "Brown (p1@site1.example)", "Clark (p5@site1.example)", "Davis (p4@site1.example)"]);
        (await house.ProposeAsync([house.Row("1", "Brown"), house.Row("2", "Adams"), house.Row("4", "Davis", ("phone", "4")), house.Row("5", "Clark")])).Counts.IsEmpty.ShouldBeTrue("what was written is believed");
    }

    [Fact]
    public async Task A_row_whose_name_is_not_given_up_is_left_to_the_next_cycle_and_so_is_whoever_waits_for_it()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark"));
        var plan = await house.ProposeAsync([house.Row("1", "Brown"), house.Row("2", "Clark"), house.Row("9", "Young")]);
        var rows = await house.RowsAsync(plan.Id);

        await house.RejectAsync(plan, rows.Single(row => row.Change.Class == ChangeClass.Delete).Ordinal);
        await house.ApproveAsync(await house.FindAsync(plan.Id));
        var isOver = await house.Apply().ContinueAsync(plan.Id, default);

        isOver.ShouldBeTrue();
        house.Directory.Listing.ShouldBe(["Adams (p1@site1.example)", "Brown (p2@site1.example)", "Clark (p3@site1.example)", "Young (p9@site1.example)"]);
        (await house.RowsAsync(plan.Id)).Where(row => row.Outcome == 4).Select(row => row.OutcomeText)
            .ShouldBe(["The name Brown is still held there; the next cycle proposes this again.", "The name Clark is still held there; the next cycle proposes this again."]);
        (await house.FindAsync(plan.Id)).Fault.ShouldBe("2 approved rows were left to the next cycle.");
    }

    [Fact]
    [Trait("source", "Q148364")]
    [Trait("source", "Q156063")]
    public async Task A_row_that_the_directory_refuses_keeps_none_of_the_others_from_being_carried_out_and_says_why()
    {
        await using var house = await PlanHouse.CreateAsync();
        house.Directory.Refuses = row => row.Name == "Brown" ? "The name is too long." : "";
        var plan = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown"), house.Row("3", "Clark")]);

        await house.ApproveAsync(plan);
        await house.Apply().ContinueAsync(plan.Id, default);

        house.Directory.Listing.ShouldBe(["Adams (p1@site1.example)", "Clark (p3@site1.example)"]);
        (await house.RowsAsync(plan.Id)).Single(row => row.Outcome == 3).OutcomeText.ShouldBe("The name is too long.");
        var after = await house.FindAsync(plan.Id);
        (after.State, after.Done, after.Failed, after.Fault).ShouldBe(("applied", 2, 1, "1 of 3 rows were refused, the first one: The name is too long."));
        (await house.ScalarAsync("select string_agg(text, '|' order by id) from event where code in (6051, 6052)")).ShouldBe(
            $"Plan {plan.Id} of aurora was carried out: 2 rows.|aurora refused 1 row of plan {plan.Id}; the first one: The name is too long.");
    }

    [Fact]
    [Trait("source", "Q148705")]
    public async Task A_partner_that_breaks_off_is_said_once_and_the_plan_goes_on_where_it_was()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync(Enumerable.Range(1, 5).Select(n => house.Row($"{n}", $"Person {n}")));
        await house.ApproveAsync(plan);

        house.Directory.FailsAfter = 2;
        var first = await house.Apply().ContinueAsync(plan.Id, default);
        var half = await house.FindAsync(plan.Id);
        house.Directory.Unreachable = "The server aurora does not answer.";
        var second = await house.Apply().ContinueAsync(plan.Id, default);
        var waiting = await house.FindAsync(plan.Id);
        house.Directory.Unreachable = "";
        var third = await house.Apply().ContinueAsync(plan.Id, default);

        (first, second, third).ShouldBe((false, false, true));
        (half.State, half.Done, half.Fault).ShouldBe(("applying", 2, "The directory in memory fails, as it was told."));
        waiting.Fault.ShouldBe("The server aurora does not answer.");
        house.Directory.Steps.ShouldBe(5, "nothing is done twice that was answered");
        (await house.FindAsync(plan.Id)).ShouldSatisfyAllConditions(after => after.State.ShouldBe("applied"), after => after.Fault.ShouldBeEmpty());
        (await house.ScalarAsync("select count(*) from event where code = $1", EventCodes.PlanStuck)).ShouldBe(1L);
    }

    [Fact]
    public async Task A_postponed_plan_rests_and_a_stopped_one_leaves_the_rest_to_the_next_cycle()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.ProposeAsync(Enumerable.Range(1, 4).Select(n => house.Row($"{n}", $"Person {n}")));
        await house.ApproveAsync(plan);
        var later = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var put = await house.Decisions.PostponeAsync(plan.Id, later, PlanHouse.Kim, default);
        var rests = await house.Apply().ContinueAsync(plan.Id, default);
        var steps = house.Directory.Steps;
        var ended = await house.Decisions.PostponeAsync(plan.Id, DateTimeOffset.MinValue, PlanHouse.Kim, default);
        house.Directory.Written = _ => house.Directory.FailsAfter ??= 1;
        await house.Apply().ContinueAsync(plan.Id, default);
        var stopped = await house.Decisions.StopAsync(plan.Id, PlanHouse.Kim, default);

        (put.Sentence, rests, steps, ended.Sentence).ShouldBe(($"Plan {plan.Id} rests until 2099-01-01 00:00 UTC.", false, 0, $"Plan {plan.Id} rests no more."));
        stopped.Sentence.ShouldBe($"Plan {plan.Id} is stopped; 2 rows are not carried out.");
        (await house.Apply().ContinueAsync(plan.Id, default)).ShouldBeTrue();
        (await house.FindAsync(plan.Id)).ShouldSatisfyAllConditions(after => after.State.ShouldBe("failed"), after => after.Done.ShouldBe(2));
        house.Directory.Rows.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_entry_has_a_history_of_who_changed_it_by_which_rule_and_on_whose_word()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("7", "Adams"));
        var plan = await house.ProposeAsync([house.Row("7", "Adams", ("phone", "7"))], (ChangeClass.Modify, ApprovalMode.TwoApprovers));
        await house.ApproveAsync(plan);
        await house.ApproveAsync(plan, PlanHouse.Lee);
        await house.Apply().ContinueAsync(plan.Id, default);

        var history = await house.Plans.HistoryAsync(7, 10, default);

        history.Select(change => change.Class).ShouldBe([ChangeClass.Modify, ChangeClass.Add]);
        history[0].ShouldSatisfyAllConditions(
            change => (change.Partner, change.PlanId, change.Source, change.Why).ShouldBe(("aurora", plan.Id, "line 7", "as the source says")),
            change => (change.BeforeValues, change.AfterValues).ShouldBe(("", "phone=7\n")),
            change => change.ApprovedBy.ShouldBe(["kim", "lee"]));
        (await house.Plans.HistoryAsync("aurora", "7", 10, default)).Count.ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q237588")]
    public async Task An_entry_that_three_cycles_in_a_row_change_is_said_to_flap_and_a_gap_begins_anew()
    {
        await using var house = await PlanHouse.CreateAsync();
        for (var cycle = 1; cycle <= 4; cycle++)
        {
            await house.HoldAsync(house.Row("1", "Adams", ("phone", $"{cycle % 2}")), house.Row("2", "Brown", ("phone", $"{cycle / 3}")));
        }

        var flapping = await house.Plans.FlappingAsync("aurora", default);

        flapping.Select(row => (row.Name, row.Streak)).ShouldBe([("Adams", 4)]);
        flapping[0].Sentence.ShouldStartWith("Adams was changed in 4 cycles one after the other: two sides disagree about it.");
        (await house.ScalarAsync("select string_agg(text, '|') from event where code = $1", EventCodes.EntryFlaps)).ShouldBe(
            "aurora: Adams was changed in 3 cycles one after the other: two sides disagree about it. Compare the changes, and reject them or decide its values by hand.");
    }

    [Fact]
    public async Task How_far_a_partner_is_behind_is_the_age_of_the_oldest_change_it_lacks()
    {
        await using var house = await PlanHouse.CreateAsync();
        var none = (await house.Plans.LagAsync(default)).Single();
        var plan = await house.ProposeAsync([house.Row("1", "Adams")]);
        await house.ScalarAsync("update plan set proposed_since = now() - interval '3 hours'");
        var waits = (await house.Plans.LagAsync(default)).Single();
        await house.ApproveAsync(plan);
        await house.Apply().ContinueAsync(plan.Id, default);
        await house.ScalarAsync("update partner set last_complete_at = now()");
        var over = (await house.Plans.LagAsync(default)).Single();

        none.Lag.Sentence.ShouldBe("aurora has not been synchronised yet.");
        waits.Lag.For.ShouldBeInRange(TimeSpan.FromHours(3), TimeSpan.FromHours(4));
        waits.IsWaiting.ShouldBeTrue();
        waits.Lag.Sentence.ShouldContain("it waits for approval");
        (over.Lag.For, over.Lag.Sentence).ShouldSatisfyAllConditions(lag => lag.For.ShouldBe(TimeSpan.Zero), lag => lag.Sentence.ShouldStartWith("aurora has everything as of"));
    }

    [Fact]
    public async Task Changes_of_our_own_directory_are_carried_out_with_their_outcome_in_one_transaction()
    {
        await using var house = await PlanHouse.CreateAsync();
        Domain.Directory.Rows.DirectoryRow Own(string id, string name, string address) =>
            DirectoryRow.TryCreate(new OwnNames(), id, name, Domain.Addresses.MailAddress.Parse(address), RowKind.Person, RowValues.None, out var row, out _) ? row : throw new InvalidOperationException();
        var plan = await house.AddAsync(
            [new Change(ChangeClass.Add, null, Own("u1", "Adams", "adams@p.example")), new Change(ChangeClass.Add, null, Own("u2", "Brown", "brown@p.example"))], "in");

        await house.ApproveAsync(plan);
        var isOver = await house.Apply().ContinueAsync(plan.Id, default);

        isOver.ShouldBeTrue();
        (await house.ScalarAsync("select string_agg(e.display_name || ' ' || e.source_identity || ' ' || (c.entry_id = e.id), ', ' order by e.display_name) from entry e join entry_change c on c.identity = e.source_identity"))
            .ShouldBe("Adams u1 true, Brown u2 true");
    }

    private static int OrdinalOf(IReadOnlyList<PlanRow> rows, string name) => rows.Single(row => (row.Change.After ?? row.Change.Before)!.Name == name).Ordinal;
}
