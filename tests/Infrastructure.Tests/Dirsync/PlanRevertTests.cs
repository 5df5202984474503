using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>What was carried out is taken back by another plan.</summary>
public sealed class PlanRevertTests
{
    [Fact]
    public async Task A_plan_is_taken_back_by_a_plan_that_waits_like_any_other_and_stays_taken_back()
    {
        await using var house = await PlanHouse.CreateAsync();
        DirectoryRow[] before = [house.Row("1", "Adams"), house.Row("2", "Brown", ("phone", "2")), house.Row("3", "Clark")];
        DirectoryRow[] wanted = [house.Row("1", "Adamson"), house.Row("2", "Brown"), house.Row("4", "Davis")];
        await house.HoldAsync(before);
        await house.HoldAsync(wanted);
        var applied = (await house.Plans.ListAsync(new PlanListFilter(), default))[0];

        var (made, left) = await house.Revert.RevertAsync(applied.Id, null, PlanHouse.Kim, default);
        var twice = await house.Revert.RevertAsync(applied.Id, null, PlanHouse.Lee, default);
        var plan = await house.FindAsync(made!.Value);
        await house.ApproveAsync(plan, PlanHouse.Lee);
        await house.Apply().ContinueAsync(plan.Id, default);

        (plan.State, plan.Author, plan.RevertsId, left.Count).ShouldBe(("waiting", "kim", applied.Id, 0));
        plan.Counts.ToString().ShouldBe("1 delete, 1 rename, 1 modify, 1 add");
        twice.Left.ShouldBe([$"Plan {made} takes plan {applied.Id} back already; decide about that one."]);
        house.Directory.Rows.Select(row => $"{row.Entry.Name} {row.Entry.Values["phone"]}".Trim()).ShouldBe(["Adams", "Brown 2", "Clark"]);
        // The source still wants what was taken back; it is not proposed again.
        var again = DirectoryComparison.Of(wanted, await house.HeldAsync(), new MergeRules { Names = house.Directory.Names });
        var refused = (await house.Plans.RefusedAsync("aurora", default)).Select(row => row.Hash).ToList();
        again.Count.ShouldBe(4);
        new Rejections(refused).LeaveOut(again).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_changed_since_stays_and_is_named_and_a_single_row_can_be_taken_back()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"), house.Row("2", "Brown"));
        await house.HoldAsync(house.Row("1", "Adams", ("phone", "1")), house.Row("2", "Brown", ("phone", "1")));
        var applied = (await house.Plans.ListAsync(new PlanListFilter(), default))[0];
        await house.HoldAsync(house.Row("1", "Adams", ("phone", "2")), house.Row("2", "Brown", ("phone", "1")));

        var row = await house.Revert.RevertAsync(applied.Id, 1, PlanHouse.Kim, default);
        var (made, left) = await house.Revert.RevertAsync(applied.Id, null, PlanHouse.Kim, default);

        (row.PlanId, row.Left).ShouldSatisfyAllConditions(one => one.PlanId.ShouldBeNull(), one => one.Left.ShouldBe(["Adams has changed since."]));
        left.ShouldBe(["Adams has changed since."]);
        (await house.RowsAsync(made!.Value)).Single().ShouldSatisfyAllConditions(
            one => one.Change.Sentence.ShouldBe("Brown (p2@site1.example) is changed: phone is emptied."), one => one.Author.ShouldBe("kim"), one => one.Why.ShouldBe($"kim takes plan {applied.Id} back"));
        (await house.FindAsync(made.Value)).Notes.ShouldContain("Adams has changed since.");
    }

    [Fact]
    public async Task A_revert_stands_beside_the_plan_of_the_cycle_and_a_row_that_it_has_changed_is_left_by_that_one()
    {
        await using var house = await PlanHouse.CreateAsync();
        await house.HoldAsync(house.Row("1", "Adams"));
        await house.HoldAsync(house.Row("1", "Adams", ("phone", "1")));
        var applied = (await house.Plans.ListAsync(new PlanListFilter(), default))[0];
        var cycle = await house.ProposeAsync([house.Row("1", "Adams", ("phone", "2")), house.Row("2", "Brown")]);

        var (made, _) = await house.Revert.RevertAsync(applied.Id, null, PlanHouse.Kim, default);
        await house.ApproveAsync(await house.FindAsync(made!.Value), PlanHouse.Lee);
        await house.Apply().ContinueAsync(made.Value, default);
        await house.ApproveAsync(cycle);
        await house.Apply().ContinueAsync(cycle.Id, default);

        house.Directory.Rows.Select(row => $"{row.Entry.Name} {row.Entry.Values["phone"]}".Trim()).ShouldBe(["Adams", "Brown"]);
        (await house.RowsAsync(cycle.Id)).Single(row => row.Outcome == 4).OutcomeText.ShouldBe("It has changed since the plan was made; the next cycle proposes what is due then.");
    }

    [Fact]
    public async Task What_came_into_our_own_directory_is_taken_back_where_nobody_has_changed_it_since()
    {
        await using var house = await PlanHouse.CreateAsync();
        var plan = await house.AddAsync([Add("u1", "Adams", "adams@p.example"), Add("u2", "Brown", "brown@p.example")], "in");
        await house.ApproveAsync(plan);
        await house.Apply().ContinueAsync(plan.Id, default);
        await house.ScalarAsync("update entry set display_name = 'Browne' where display_name = 'Brown'");

        var (made, left) = await house.Revert.RevertAsync(plan.Id, null, PlanHouse.Kim, default);
        await house.ApproveAsync(await house.FindAsync(made!.Value));
        await house.Apply().ContinueAsync(made.Value, default);

        left.ShouldBe(["Brown has changed since."]);
        (await house.ScalarAsync("select string_agg(display_name, ',') from entry")).ShouldBe("Browne");
    }

    private static Change Add(string id, string name, string address) =>
        DirectoryRow.TryCreate(new OwnNames(), id, name, MailAddress.Parse(address), RowKind.Person, RowValues.None, out var row, out var fault)
            ? new Change(ChangeClass.Add, null, row)
            : throw new InvalidOperationException(fault);
}
