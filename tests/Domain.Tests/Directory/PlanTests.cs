using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using static Postern.Domain.Tests.Directory.Rows;

namespace Postern.Domain.Tests.Directory;

/// <summary>What a plan is known by, who must agree to it, and what becomes of it when its source moves.</summary>
public sealed class PlanTests
{
    private static readonly Change Add = new(ChangeClass.Add, null, Person("New, Nina", "n"));
    private static readonly Change Delete = new(ChangeClass.Delete, Person("Old, Otto", "o"), null);
    private static readonly Change Modify = new(ChangeClass.Modify, Person("Doe, Jane", "j", "1"), Person("Doe, Jane", "j", "2"));
    private static readonly Change Rename = new(ChangeClass.Rename, Person("Doe, Rita", "r"), Person("Roe, Rita", "r"));
    private static readonly Change Collision = new(ChangeClass.Collision, null, Person("DOE, JANE", "z"));

    [Fact]
    public void A_plan_has_one_hash_whatever_the_order_of_its_rows_and_another_when_a_row_is_another()
    {
        var hash = PlanHash.Of([Add, Delete, Modify, Rename]);

        hash.Length.ShouldBe(64);
        PlanHash.Of([Rename, Modify, Delete, Add]).ShouldBe(hash);
        PlanHash.Of([Add, Delete, Modify, Rename, Collision]).ShouldBe(hash);
        string[] others =
        [
            PlanHash.Of([Add, Delete, Modify]), PlanHash.Of([Add, Delete with { Gone = GoneReason.Hidden }, Modify, Rename]),
            PlanHash.Of([Add, Delete, Modify with { After = Person("Doe, Jane", "j", "3") }, Rename]), PlanHash.Of([Add, Delete, Modify with { Before = Person("Doe, Jane", "j", "9") }, Rename]), PlanHash.Of([]),
        ];
        others.Append(hash).Distinct().Count().ShouldBe(others.Length + 1);
    }

    [Fact]
    public void The_hash_is_the_documented_one_and_stays_so() =>
        Convert.ToHexStringLower(ChangeHash.Of(Delete)).ShouldBe(Reference(Delete));

    [Fact]
    public void Rows_are_hashed_in_the_order_of_the_plan_only()
    {
        using var hash = new PlanHash();
        hash.Add(Add);

        Should.Throw<InvalidOperationException>(() => hash.Add(Delete));
    }

    [Fact]
    public void Counts_are_said_in_words()
    {
        PlanCounts.Of([Delete, Delete, Add, Modify, Modify, Collision]).ToString().ShouldBe("2 deletes, 2 modifies, 1 add; 1 collision");
        PlanCounts.Of([Collision]).IsEmpty.ShouldBeTrue();
        PlanCounts.Of([]).ToString().ShouldBe("no changes");
    }

    [Theory]
    [Trait("source", "Q222186")]
    [InlineData(ChangeClass.Delete, 50, 10_000, false)]
    [InlineData(ChangeClass.Delete, 51, 10_000, true)]
    [InlineData(ChangeClass.Delete, 3, 40, true)]
    [InlineData(ChangeClass.Delete, 2, 40, false)]
    [InlineData(ChangeClass.Rename, 101, 100_000, true)]
    [InlineData(ChangeClass.Move, 11, 100, true)]
    [InlineData(ChangeClass.Modify, 26, 100, true)]
    [InlineData(ChangeClass.Add, 1_000_000, 0, false)]
    public void Too_many_changes_of_any_class_stop_for_a_person_even_where_nobody_would_look(ChangeClass kind, int count, int held, bool isStopped)
    {
        var policy = new ApprovalPolicy(Enum.GetValues<ChangeClass>().Select(any => KeyValuePair.Create(any, ApprovalMode.Automatic)), Threshold.Defaults);

        var verdict = policy.Judge(new PlanCounts { [kind] = count }, held);

        verdict.IsAutomatic.ShouldBe(!isStopped);
        verdict.Waiting.ShouldBe(isStopped ? [kind] : []);
    }

    [Fact]
    public void A_verdict_says_how_many_of_how_many_and_what_the_limit_is()
    {
        var deletes = new Threshold(ChangeClass.Delete, 50, 5);

        deletes.Judge(new PlanCounts { [ChangeClass.Delete] = 3 }, 40).Sentence.ShouldBe("3 deletes (7.5 % of 40 entries): more than 5 %, so a person looks at this plan first.");
        deletes.Judge(new PlanCounts { [ChangeClass.Delete] = 60 }, 10_000).Sentence.ShouldBe("60 deletes (0.6 % of 10,000 entries): more than 50, so a person looks at this plan first.");
        new Threshold(null, 10, null).Judge(new PlanCounts { [ChangeClass.Add] = 1 }, 0).Sentence.ShouldBe("1 change: not more than 10.");
    }

    [Fact]
    public void A_threshold_over_all_classes_makes_a_person_look_at_all_of_them()
    {
        var policy = new ApprovalPolicy([new(ChangeClass.Add, ApprovalMode.Automatic), new(ChangeClass.Move, ApprovalMode.Never)], [new Threshold(null, 1, null)]);

        var verdict = policy.Judge(new PlanCounts { [ChangeClass.Add] = 1, [ChangeClass.Move] = 1, [ChangeClass.Delete] = 1 }, 100);

        verdict.Needed[ChangeClass.Add].ShouldBe(ApprovalMode.Approve);
        verdict.Needed[ChangeClass.Move].ShouldBe(ApprovalMode.Never);
        verdict.Waiting.ShouldBe([ChangeClass.Delete, ChangeClass.Add]);
    }

    [Theory]
    [InlineData(ApprovalMode.Automatic, "", true)]
    [InlineData(ApprovalMode.Approve, "", false)]
    [InlineData(ApprovalMode.Approve, "ann", true)]
    [InlineData(ApprovalMode.Approve, "local:root", true)]
    [InlineData(ApprovalMode.TwoApprovers, "ann", false)]
    [InlineData(ApprovalMode.TwoApprovers, "ann,ANN", false)]
    [InlineData(ApprovalMode.TwoApprovers, "ann,bob", true)]
    [InlineData(ApprovalMode.TwoApprovers, "ann,local:root", false)]
    [InlineData(ApprovalMode.TwoApprovers, "local:root,ann", true)]
    [InlineData(ApprovalMode.TwoApprovers, "local:root,local:ann", false)]
    [InlineData(ApprovalMode.TwoApprovers, "carla,ann", false)]
    [InlineData(ApprovalMode.TwoApprovers, "carla,ann,bob", true)]
    [InlineData(ApprovalMode.Never, "ann,bob", false)]
    public void Two_approvers_are_two_people_and_neither_is_a_terminal_after_the_first_nor_the_author(ApprovalMode mode, string names, bool expected) =>
        ApprovalPolicy.IsMet(mode, [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new Approver(name))], author: "carla").ShouldBe(expected);

    [Fact]
    public void A_refused_change_stays_away_until_its_source_changes()
    {
        var rejections = new Rejections([Rejections.NameOf(Modify), Rejections.NameOf(Delete)]);
        var moved = Modify with { After = Person("Doe, Jane", "j", "3") };

        rejections.LeaveOut([Add, Modify, Collision]).ShouldBe([Add, Collision]);
        rejections.LeaveOut([moved]).ShouldBe([moved]);
        rejections.Unmet.ShouldBe([Rejections.NameOf(Delete)]);
    }

    [Fact]
    public void Who_wants_the_name_of_a_row_whose_delete_was_refused_collides_with_it()
    {
        var old = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SALES", "old");
        var comes = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SITE1", "new");
        var delete = Compare(CcMail, [comes], old.Ours()).Single(change => change.Class == ChangeClass.Delete);

        var changes = DirectoryComparison.Of([comes], [old.Ours()], Rules(CcMail), rejections: new Rejections([Rejections.NameOf(delete)]));

        changes.Single().Sentence.ShouldBe("Doe, Jane (CCMAIL:Doe, Jane at SITE1) has the name of CCMAIL:Doe, Jane at SALES, and names may stand there only once; it is not listed.");
    }

    [Fact]
    public void Where_nothing_is_ever_deleted_what_should_leave_keeps_its_name()
    {
        var old = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SALES", "old");
        var comes = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SITE1", "new");

        var changes = DirectoryComparison.Of([comes], [old.Ours()], Rules(CcMail) with { CanDelete = false });

        changes.Select(change => $"{change.Class} {change.Identity}").ShouldBe(["Delete old", "Collision new"]);
    }

    [Fact]
    public void Where_nothing_is_ever_renamed_or_moved_who_should_leave_a_name_keeps_it()
    {
        var held = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SALES", "old");
        var comes = Row(CcMail, "Doe, Jane", "CCMAIL:Doe, Jane at SITE1", "new");
        var renamed = Row(CcMail, "Roe, Jane", "CCMAIL:Doe, Jane at SALES", "old");
        var moved = Row(CcMail, "Roe, Jane", "CCMAIL:Roe, Jane at SALES", "old");
        string[] With(DirectoryRow wanted, bool canRename, bool canMove) =>
            [.. DirectoryComparison.Of([wanted, comes], [held.Ours()], Rules(CcMail) with { CanRename = canRename, CanMove = canMove }).Select(change => $"{change.Class} {change.Identity} {change.TakesHeldName}").Order(StringComparer.Ordinal)];

        With(renamed, canRename: true, canMove: false).ShouldBe(["Add new True", "Rename old False"]);
        With(renamed, canRename: false, canMove: true).ShouldBe(["Collision new False", "Rename old False"]);
        With(moved, canRename: false, canMove: true).ShouldBe(["Add new True", "Move old False"]);
        With(moved, canRename: true, canMove: false).ShouldBe(["Collision new False", "Move old False"]);
    }

    [Fact]
    public void Whatever_is_refused_the_rest_can_be_carried_out_and_comes_to_rest()
    {
        string[] names = ["Doe, Jane", "DOE, jane", "Roe, Rick", "Poe, Paul", "Smith, Jimmy", "SMITH, Jimmy"];
        var refusedRows = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var held = new List<HeldRow>();
            var source = Some();
            foreach (var row in Some().Where(row => held.TrueForAll(other => other.Row.Key != row.Key)))
            {
                held.Add(random.Next(6) == 0 ? row.Foreign() : row.Ours());
            }

            var plan = DirectoryComparison.Of(source, held, Rules(CcMail));
            var refused = plan.Proposals().Where(_ => random.Next(3) == 0).ToList();
            refusedRows += refused.Count;
            var rejections = refused.Select(Rejections.NameOf).ToList();
            for (var round = 0; round < 2; round++)
            {
                held = Applied(held, DirectoryComparison.Of(source, held, Rules(CcMail), rejections: new Rejections(rejections)), TargetAbility.CcMail);
            }

            DirectoryComparison.Of(source, held, Rules(CcMail), rejections: new Rejections(rejections)).Proposals().ShouldBeEmpty($"seed {seed}");

            List<DirectoryRow> Some() =>
                [.. Enumerable.Range(0, 8).Where(_ => random.Next(2) == 0).Select(id => Row(CcMail, names[random.Next(names.Length)], $"CCMAIL:P{id} at SITE{random.Next(2)}", $"e{id}"))];
        }

        refusedRows.ShouldBeGreaterThan(3_000);
    }

    [Fact]
    public void When_the_source_moves_only_what_moved_asks_again()
    {
        var moved = Modify with { After = Person("Doe, Jane", "j", "3") };
        var another = new Change(ChangeClass.Add, null, Person("Else, Eva", "e"));

        var rows = StalePlan.Of([Add, Delete, Modify, Collision], [moved, another, Delete]);

        rows.Select(row => $"{row.Standing} {(row.Current ?? row.Planned)!.Identity}").ShouldBe(["New e", "Moved j", "Over n", "Same o"]);
    }

    [Fact]
    public void A_row_is_edited_and_the_next_cycle_agrees_with_it()
    {
        var decision = new RowDecision("n", "New, Nina (Hull)", RowValues.Of(("phone", "5")));

        decision.TryEdit(Add, CcMail, out var edited, out var fault).ShouldBeTrue(fault);
        decision.TryApply(Add.After!, CcMail, out var next, out _).ShouldBeTrue();

        edited!.After!.Name.ShouldBe("New, Nina (Hull)");
        edited.After.Values["phone"].ShouldBe("5");
        PlanHash.Of([edited]).ShouldNotBe(PlanHash.Of([Add]));
        Compare(CcMail, [next], [.. Applied([], [edited], TargetAbility.CcMail)]).ShouldBeEmpty();
        decision.TryEdit(Delete, CcMail, out _, out fault).ShouldBeFalse();
        fault.ShouldBe("A row that leaves the directory has nothing to edit; reject it instead.");
    }

    [Fact]
    public void Editing_a_row_to_what_is_held_proposes_nothing()
    {
        new RowDecision("r", "Doe, Rita").TryEdit(Rename, CcMail, out var edited, out _).ShouldBeTrue();

        edited.ShouldBeNull();
    }

    [Fact]
    public void An_applied_plan_is_taken_back_by_another_one_and_does_not_come_again()
    {
        Change[] plan = [Add, Delete, Modify, Rename];
        List<HeldRow> before = [Delete.Before!.Ours(), Modify.Before!.Ours(), Rename.Before!.Ours()];
        DirectoryRow[] source = [Add.After!, Modify.After!, Rename.After!];
        var after = Applied(before, plan, TargetAbility.CcMail);

        var revert = RevertOf(plan, after);
        var back = Applied(after, revert.Changes, TargetAbility.CcMail);

        revert.Left.ShouldBeEmpty();
        back.Select(row => row.Row).ShouldBe(before.Select(row => row.Row), ignoreOrder: true);
        new Rejections(revert.Rejected).LeaveOut(Compare(CcMail, source, [.. back])).Proposals().ShouldBeEmpty();
    }

    [Fact]
    public void What_has_changed_since_or_lost_its_name_is_not_taken_back_and_is_said()
    {
        var after = new List<HeldRow> { Person("Doe, Jane", "j", "7").Ours(), Person("Old, Otto", "x").Foreign() };

        var revert = RevertOf([Modify, Delete], after);

        revert.Changes.ShouldBeEmpty();
        revert.Left.Select(row => row.Sentence).ShouldBe(["Doe, Jane has changed since.", "Old, Otto cannot have its name back: Old, Otto (CCMAIL:x at SITE1) has it now."]);
    }

    [Fact]
    public void Swapped_names_are_swapped_back()
    {
        var (one, two) = (Row(Ldap, "A", "1@x.example", "1"), Row(Ldap, "B", "2@x.example", "2"));
        var plan = Compare(Ldap, [Row(Ldap, "B", "1@x.example", "1"), Row(Ldap, "A", "2@x.example", "2")], one.Ours(), two.Ours());
        var after = Applied([one.Ours(), two.Ours()], plan, TargetAbility.Ldap);

        var back = Applied(after, RevertOf(plan, after).Changes, TargetAbility.Ldap);

        back.Select(row => row.Row).ShouldBe([one, two], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q166581")]
    [Trait("source", "Q192514")]
    [Trait("source", "Q295753")]
    public void Deletes_come_before_adds() =>
        ApplySteps.Of([Add, Rename, Modify, Delete], TargetAbility.CcMail).Select(step => $"{step.Kind} {(step.After ?? step.Before)!.Name}")
            .ShouldBe(["Delete Old, Otto", "Delete Doe, Rita", "Change Doe, Jane", "Add Roe, Rita", "Add New, Nina"]);

    [Fact]
    [Trait("source", "Q237588")]
    public void An_entry_that_changes_in_three_cycles_one_after_the_other_is_flapping()
    {
        var twice = default(Flapping).Changed(7).Changed(8).Changed(8);

        twice.IsFlapping.ShouldBeFalse();
        twice.Changed(9).IsFlapping.ShouldBeTrue();
        twice.Changed(10).IsFlapping.ShouldBeFalse();
        twice.IsOver(9).ShouldBeTrue();
        twice.Changed(9).Sentence("Doe, Jane").ShouldStartWith("Doe, Jane was changed in 3 cycles one after the other");
    }

    [Fact]
    public void The_lag_of_a_partner_is_the_age_of_the_oldest_change_that_it_lacks()
    {
        var now = new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

        PartnerLag.Of("SALES", now.AddHours(-5), now.AddDays(-1), isWaiting: true, now).ShouldBe(new PartnerLag(TimeSpan.FromHours(5), "SALES lacks a change that is 5 hours old: it waits for approval."));
        PartnerLag.Of("SALES", null, now.AddMinutes(-30), isWaiting: false, now).ShouldBe(new PartnerLag(TimeSpan.Zero, "SALES has everything as of 30 minutes ago."));
        PartnerLag.Of("SALES", null, null, isWaiting: false, now).Sentence.ShouldBe("SALES has not been synchronised yet.");
    }

    [Fact]
    public void Values_are_equal_in_whatever_order_they_were_said_and_come_back_from_their_text()
    {
        var values = RowValues.Of(("b", "2"), ("a", "1\r\n=\\ x"), ("c", "  "));

        values.ShouldBe(RowValues.Of(("a", "1\r\n=\\ x"), ("b", "2")));
        RowValues.Of(RowValues.OfText(values.Text).All()).ShouldBe(values);
        values["a"].ShouldBe("1\r\n=\\ x");
        RowValues.Differences(values, values.With("b", "").With("d", "4")).ShouldBe([("b", "2", ""), ("d", "", "4")]);
    }

    private static Revert RevertOf(IEnumerable<Change> plan, List<HeldRow> now) => Revert.Of(
        plan, identity => now.Find(row => row.Row.Identity == identity)?.Row, key => now.Find(row => row.Row.Key == key)?.Row);

    private static DirectoryRow Person(string name, string id, string phone = "") => Row(CcMail, name, $"CCMAIL:{id} at SITE1", id, ("phone", phone));

    // Written out from the description, so that nobody changes the form by accident.
    private static string Reference(Change change)
    {
        var bytes = new List<byte> { 1, (byte)change.Class, (byte)change.Gone };
        void Bytes(byte[] value)
        {
            bytes.AddRange([(byte)(value.Length >> 24), (byte)(value.Length >> 16), (byte)(value.Length >> 8), (byte)value.Length]);
            bytes.AddRange(value);
        }

        void Text(string text) => Bytes(System.Text.Encoding.UTF8.GetBytes(text));
        Text(change.Identity);
        foreach (var row in (DirectoryRow?[])[change.Before, change.After])
        {
            bytes.Add((byte)(row is null ? 0 : 1));
            if (row is not null)
            {
                Bytes(row.Key.Stored);
                Text(row.Name);
                Text(row.AddressKey);
                Text(row.Address);
                bytes.Add((byte)row.Kind);
                Text(row.Values.Text);
            }
        }

        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. bytes]));
    }
}
