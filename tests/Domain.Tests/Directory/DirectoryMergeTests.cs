using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using static Postern.Domain.Tests.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

public sealed class DirectoryMergeTests
{
    [Fact]
    [Trait("source", "Q237588")]
    public void Of_three_names_that_differ_in_case_one_is_exported_two_are_listed_and_the_next_cycle_proposes_nothing()
    {
        DirectoryRow[] wanted =
        [
            Row(CcMail, "Smith, Jimmy", "CCMAIL:Smith, Jimmy at Site 1", "e1"),
            Row(CcMail, "SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at Site 2", "e2"),
            Row(CcMail, "Smith, jimmy", "CCMAIL:Smith, jimmy at Site 3", "e3"),
        ];

        var first = Compare(CcMail, wanted);
        var second = Compare(CcMail, wanted.Reverse(), [.. Applied([], first, TargetAbility.CcMail)]);

        PlanCounts.Of(first).ToString().ShouldBe("1 add; 2 collisions");
        first.Proposals().Single().After!.Address.ShouldBe("CCMAIL:Smith, Jimmy at Site 1");
        PlanCounts.Of(second).ToString().ShouldBe("no changes; 2 collisions");
        var collision = second.First(change => change.Identity == "e3");
        collision.Sides.Select(side => $"{side.Name} {side.Holds}").ShouldBe(["Smith, Jimmy True", "SMITH, Jimmy False", "Smith, jimmy False"]);
        collision.Sentence.ShouldBe("Smith, jimmy (CCMAIL:Smith, jimmy at Site 3) has the name of CCMAIL:Smith, Jimmy at Site 1, and names may stand there only once; it is not listed.");
    }

    [Fact]
    [Trait("source", "Q237588")]
    public void Whoever_holds_a_name_keeps_it_when_one_comes_that_would_have_been_first()
    {
        var present = Row(CcMail, "SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at Site 2", "e2").Ours();

        var changes = Compare(CcMail, [Row(CcMail, "Smith, Jimmy", "CCMAIL:Smith, Jimmy at Site 1", "e1"), present.Row], present);

        changes.Single().Class.ShouldBe(ChangeClass.Collision);
        changes[0].Identity.ShouldBe("e1");
    }

    [Fact]
    [Trait("source", "Q253306")]
    public void A_row_of_the_directorys_own_is_never_touched_and_keeps_its_name()
    {
        var own = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SALES").Foreign();

        var changes = Compare(CcMail, [Row(CcMail, "DOE, JANE", "CCMAIL:Doe, Jane at SITE1", "e1")], own);

        changes.Single().Class.ShouldBe(ChangeClass.Collision);
        changes[0].Sides[0].ShouldBe(new CollisionSide("CCMAIL:DOE, JANE AT SALES", "Doe, Jane", "CCMAIL:Doe, Jane at SALES", Holds: true, IsOurs: false));
        Compare(CcMail, [], own).ShouldBeEmpty();
    }

    [Fact]
    public void A_collision_is_resolved_by_hand_for_one_of_those_who_want_the_name()
    {
        var (one, two) = (Row(CcMail, "Smith, Jimmy", "CCMAIL:a at S1", "e1"), Row(CcMail, "Smith, Jimmy", "CCMAIL:b at S2", "e2"));
        var rules = Rules(CcMail) with { GivenNames = new Dictionary<SortKey, string> { [one.Key] = "e2" } };

        var changes = DirectoryComparison.Of([one, two], [one.Ours()], rules);
        var next = DirectoryComparison.Of([one, two], Applied([one.Ours()], changes, TargetAbility.CcMail), rules);

        changes.Select(change => $"{change.Class} {change.Identity} {change.Gone}").Order().ShouldBe(["Add e2 Source", "Collision e1 Source", "Delete e1 NameGiven"]);
        changes.Single(change => change.Class == ChangeClass.Add).TakesHeldName.ShouldBeTrue();
        next.Proposals().ShouldBeEmpty();
    }

    [Fact]
    public void A_collision_is_resolved_by_another_name_for_one_of_them()
    {
        var (one, two) = (Row(CcMail, "Smith, Jimmy", "CCMAIL:a at S1", "e1"), Row(CcMail, "Smith, Jimmy", "CCMAIL:b at S2", "e2"));

        new RowDecision("e2", "Smith, Jimmy (Hull)").TryApply(two, CcMail, out var decided, out _).ShouldBeTrue();

        Compare(CcMail, [one, decided], one.Ours()).Single().Sentence.ShouldBe("Smith, Jimmy (Hull) (CCMAIL:b at S2) is added.");
    }

    [Fact]
    [Trait("source", "Q140961")]
    [Trait("source", "Q237588")]
    public void A_change_of_name_is_one_rename_and_no_delete_and_add()
    {
        var before = Row(MsMail, "Doe, Jane", "MS:NET/PO/JDOE", "", ("phone", "1"));

        var changes = Compare(MsMail, [Row(MsMail, "Doe-Roth, Jane", "MS:NET/PO/JDOE", "", ("phone", "2"))], before.Ours());

        changes.Single().Sentence.ShouldBe("Doe, Jane (MS:NET/PO/JDOE) is renamed to Doe-Roth, Jane.");
        changes[0].Class.ShouldBe(ChangeClass.Rename);
    }

    [Fact]
    [Trait("source", "Q166581")]
    public void A_user_who_moved_to_another_post_office_is_one_move_in_place()
    {
        var before = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at PO1").Ours();
        DirectoryRow[] after = [Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at PO2")];

        var paired = DirectoryComparison.Of(after, [before], Rules(CcMail) with { PairsByName = true });
        var apart = DirectoryComparison.Of(after, [before], Rules(CcMail));

        paired.Single().Class.ShouldBe(ChangeClass.Move);
        paired[0].Sentence.ShouldBe("Doe, Jane moves from CCMAIL:Doe, Jane at PO1 to CCMAIL:Doe, Jane at PO2.");
        apart.Select(change => change.Class).Order().ShouldBe([ChangeClass.Delete, ChangeClass.Add]);
    }

    [Fact]
    public void An_entry_that_is_called_like_one_that_left_is_another_one_where_the_source_has_ids()
    {
        var changes = Compare(Ldap, [Row(Ldap, "Jane Doe", "jane2@site1.example", "entryUUID:2")], Row(Ldap, "Jane Doe", "jane@site1.example", "entryUUID:1").Ours());

        changes.Select(change => change.Class).Order().ShouldBe([ChangeClass.Delete, ChangeClass.Add]);
        changes.Single(change => change.Class == ChangeClass.Add).TakesHeldName.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q166581")]
    public void Two_who_swap_their_names_are_two_renames_that_can_be_carried_out()
    {
        var (one, two) = (Row(Ldap, "A", "1@x.example", "1"), Row(Ldap, "B", "2@x.example", "2"));
        DirectoryRow[] wanted = [Row(Ldap, "B", "1@x.example", "1"), Row(Ldap, "A", "2@x.example", "2")];

        var changes = Compare(Ldap, wanted, one.Ours(), two.Ours());
        var after = Applied([one.Ours(), two.Ours()], changes, TargetAbility.Ldap);

        changes.ShouldAllBe(change => change.Class == ChangeClass.Rename && change.TakesHeldName);
        Compare(Ldap, wanted, [.. after]).ShouldBeEmpty();
    }

    [Fact]
    public void A_rename_that_is_refused_keeps_the_old_name_and_with_it_whoever_waited_for_that()
    {
        var taken = Row(Ldap, "C", "c@other.example").Foreign();
        var (one, two) = (Row(Ldap, "B", "1@x.example", "1"), Row(Ldap, "A", "2@x.example", "2"));

        var changes = Compare(Ldap, [Row(Ldap, "C", "1@x.example", "1", ("phone", "7")), Row(Ldap, "B", "2@x.example", "2")], taken, one.Ours(), two.Ours());

        changes.Proposals().Single().Sentence.ShouldBe("B (1@x.example) is changed: phone becomes 7.");
        changes.Where(change => !change.IsProposal).Select(change => change.Sentence).ShouldBe(
            [
                "B (2@x.example) has the name of 1@x.example, and names may stand there only once; it stays A.",
                "C (1@x.example) has the name of c@other.example, and names may stand there only once; it stays B.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_refused_row_that_leaves_its_list_is_left_as_it_is_until_its_name_is_free()
    {
        var before = Row(MsMail, "Doe, Jane", "MS:NET/PO1/JDOE", "1");
        var taken = Row(MsMail, "Doe, Jane", "MS:NET/PO2/OTHER").Foreign();

        var changes = Compare(MsMail, [Row(MsMail, "Doe, Jane", "MS:NET/PO2/JDOE", "1")], before.Ours(), taken);

        changes.Single().Class.ShouldBe(ChangeClass.Collision);
    }

    [Fact]
    [Trait("source", "Q222186")]
    [Trait("source", "Q247182")]
    public void A_source_that_was_not_read_to_its_end_deletes_nothing_and_frees_no_name()
    {
        var rules = Rules(Ldap) with { IsComplete = false };
        var held = Row(Ldap, "A", "1@x.example", "1").Ours();

        var changes = DirectoryComparison.Of([Row(Ldap, "A", "2@x.example", "2"), Row(Ldap, "B", "3@x.example", "3")], [held], rules);

        changes.Proposals().Single().Identity.ShouldBe("3");
        DirectoryComparison.Of([], [held], rules).ShouldBeEmpty();
        DirectoryComparison.Of([], [held], Rules(Ldap)).Single().Class.ShouldBe(ChangeClass.Delete);
    }

    [Fact]
    [Trait("source", "Q247182")]
    public void Only_rows_that_came_from_us_are_deleted() =>
        Compare(Ldap, [], Row(Ldap, "A", "1@x.example").Ours(), Row(Ldap, "B", "2@x.example").Foreign()).Single().Before!.Name.ShouldBe("A");

    [Fact]
    [Trait("source", "Q200062")]
    [Trait("source", "Q131151")]
    public void Hiding_somebody_is_a_delete_with_its_reason_once()
    {
        var held = Row(MsMail, "Doe, Jane", "MS:NET/PO/JDOE").Ours();
        var withheld = new Dictionary<string, GoneReason> { [held.Row.Identity] = GoneReason.Hidden };

        var changes = DirectoryComparison.Of([], [held], Rules(MsMail), withheld);

        changes.Single().Sentence.ShouldBe("Doe, Jane (MS:NET/PO/JDOE) is deleted: it was hidden.");
        DirectoryComparison.Of([], Applied([held], changes, TargetAbility.MsMail), Rules(MsMail), withheld).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q241086")]
    [Trait("source", "Q118447")]
    [Trait("source", "Q174697")]
    public void What_is_lacking_is_added_and_what_is_there_already_is_taken_over_whatever_the_source_calls_it()
    {
        var wanted = Row(MsMail, "Doe, Jane", "MS:NET/PO/JDOE", "e1");

        Compare(MsMail, [wanted]).Single().Class.ShouldBe(ChangeClass.Add);
        Compare(MsMail, [wanted], Row(MsMail, "DOE, JANE", "MS:net/po/jdoe").Foreign()).Single().Class.ShouldBe(ChangeClass.Modify);
        Compare(MsMail, [wanted], Row(MsMail, "Doe, Jane", "MS:NET/PO/JDOE").Foreign()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q246833")]
    [Trait("source", "Q192514")]
    [Trait("source", "Q166581")]
    public void A_change_of_post_office_is_carried_out_as_delete_and_then_add()
    {
        var changes = Compare(MsMail, [Row(MsMail, "Doe, Jane", "MS:NET/PO2/JDOE", "1")], Row(MsMail, "Doe, Jane", "MS:NET/PO1/JDOE", "1").Ours());

        changes.Single().Class.ShouldBe(ChangeClass.Move);
        ApplySteps.Of(changes, TargetAbility.MsMail).Select(step => $"{step.Kind} {(step.After ?? step.Before)!.Address}").ShouldBe(["Delete MS:NET/PO1/JDOE", "Add MS:NET/PO2/JDOE"]);
    }

    [Fact]
    [Trait("source", "Q264286")]
    public void Everybody_of_a_post_office_that_was_converted_moves_in_every_directory_and_nobody_is_lacking()
    {
        string[] names = ["Brady, Sally", "Doe, Jane", "Quist, Tor"];
        var before = names.Select((name, i) => Row(CcMail, name, $"CCMAIL:{name} at OLD", $"{i}").Ours()).ToArray();
        var converted = names.Select((name, i) => Row(CcMail, name, $"CCMAIL:{name} at SITE1", $"{i}")).ToList();

        var changes = Compare(CcMail, converted, before);

        changes.Select(change => (change.Class, change.After!.Name)).ShouldBe(names.Select(name => (ChangeClass.Move, name)), ignoreOrder: true);
        Applied(before, changes, TargetAbility.CcMail).Select(row => row.Row).ShouldBe(converted, ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q154053")]
    public void Another_spelling_is_a_change_only_where_the_directory_keeps_it()
    {
        Compare(CcMail, [Row(CcMail, "John Smith", "CCMAIL:x at S1", "1")], Row(CcMail, "Smith, John", "CCMAIL:x at S1", "1").Ours()).ShouldBeEmpty();
        Compare(CcMail, [Row(CcMail, "SMITH, JOHN", "CCMAIL:x at S1", "1")], Row(CcMail, "Smith, John", "CCMAIL:x at S1", "1").Ours()).ShouldBeEmpty();
        Compare(Ldap, [Row(Ldap, "JOHN SMITH", "j@x.example", "1")], Row(Ldap, "John Smith", "j@x.example", "1").Ours()).Single()
            .Sentence.ShouldBe("JOHN SMITH (j@x.example) is changed: its name is written JOHN SMITH.");
    }

    [Fact]
    [Trait("source", "Q165396")]
    public void Of_two_rows_with_one_address_the_one_that_has_it_counts_and_the_other_is_listed()
    {
        var held = Row(Ldap, "B", "x@x.example", "2").Ours();
        DirectoryRow[] wanted = [Row(Ldap, "A", "x@x.example", "1"), held.Row];

        Compare(Ldap, wanted, held).Single().Identity.ShouldBe("1");
        Compare(Ldap, wanted.Reverse(), held).Single().Class.ShouldBe(ChangeClass.Collision);
    }

    [Fact]
    public void Changes_leave_while_rows_still_come()
    {
        var read = 0;
        var wanted = Enumerable.Range(0, 1_000).Select(i => Row(Ldap, $"Name {i:0000}", $"a{i}@x.example")).OrderBy(row => row.Key)
            .Select(row => { read++; return new WantedRow(row, null); });

        new DirectoryMerge(Rules(Ldap)).Compare(wanted, []).Take(10).Count().ShouldBe(10);

        read.ShouldBeLessThan(15);
    }

    [Fact]
    public void Rows_that_are_not_in_the_order_of_their_keys_are_refused()
    {
        WantedRow[] wanted = [new(Row(Ldap, "B", "b@x.example"), null), new(Row(Ldap, "A", "a@x.example"), null)];

        Should.Throw<InvalidOperationException>(() => new DirectoryMerge(Rules(Ldap)).Compare(wanted, []).Count());
    }
}
