using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Tests.Directory;

/// <summary>Postern as a foreign requestor of an MS Mail synchronisation server: each documented way in which the two got out of step.</summary>
public sealed class ForeignRequestorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 2, 0, 0, TimeSpan.Zero);

    private static readonly RequestorState InStep = new() { LastNumber = 20, Confirmed = 20, Sent = 20, ServerSequence = 644, ImportSequence = 2 };

    [Fact]
    [Trait("source", "Q96060")]
    [Trait("source", "Q133428")]
    [Trait("source", "Q152231")]
    public void What_waits_is_sent_until_it_is_confirmed_and_nothing_after_that()
    {
        var (sent, mail) = ForeignRequestor.Send(ForeignRequestor.Queue(InStep, 3), Now);
        var (_, again) = ForeignRequestor.Send(sent, Now.AddHours(4));
        var confirmed = ForeignRequestor.Receive(sent, new ServerAnswer { RequestorSequence = 23, ServerSequence = 650, First = 645, Last = 650, ImportSequence = 2 }, Now);

        mail.ShouldBe(new RequestorMail(ExportsAll: false, First: 21, Last: 23, AskFrom: 644));
        again.ShouldBe(mail);
        (confirmed.IsTaken, confirmed.AppliesAfter, confirmed.State.Pending, confirmed.State.ServerSequence).ShouldBe((true, 644L, 0L, 650L));
        ForeignRequestor.Send(confirmed.State, Now).Mail.ShouldBe(new RequestorMail(false, null, null, 650));
        RequestorFinding.Of(confirmed.State, "HUB", Now, TimeSpan.FromHours(8)).ShouldBeEmpty();
        RequestorFinding.IsHealthy(confirmed.State).ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q156714")]
    public void An_answer_without_records_confirms_all_the_same()
    {
        var (sent, _) = ForeignRequestor.Send(ForeignRequestor.Queue(InStep, 3), Now);

        var verdict = ForeignRequestor.Receive(sent, new ServerAnswer { RequestorSequence = 23 }, Now);

        (verdict.State.Pending, verdict.State.ServerSequence, verdict.State.AskedAt).ShouldBe((0L, 644L, null));
    }

    [Fact]
    [Trait("source", "Q127752")]
    public void A_mail_that_comes_twice_does_nothing_twice()
    {
        var answer = new ServerAnswer { RequestorSequence = 20, ServerSequence = 650, First = 645, Last = 650, ImportSequence = 2 };

        var first = ForeignRequestor.Receive(InStep, answer, Now);
        var second = ForeignRequestor.Receive(first.State, answer, Now);

        second.AppliesAfter.ShouldBe(650);
        second.State.ShouldBe(first.State);
    }

    [Fact]
    public void Part_of_what_was_sent_is_confirmed_and_the_rest_goes_again()
    {
        var (sent, _) = ForeignRequestor.Send(ForeignRequestor.Queue(InStep, 5), Now);

        var verdict = ForeignRequestor.Receive(sent, new ServerAnswer { RequestorSequence = 22, ServerSequence = 644 }, Now);

        ForeignRequestor.Send(verdict.State, Now).Mail.First.ShouldBe(23);
        RequestorFinding.Of(verdict.State, "HUB", Now, TimeSpan.FromHours(8)).Single().Sentence
            .ShouldBe("HUB lacks 3 records of ours, 23 to 25: they were sent and not confirmed yet.");
    }

    [Fact]
    [Trait("source", "Q113453")]
    [Trait("source", "Q103421")]
    [Trait("source", "Q243187")]
    public void A_server_that_was_restored_is_found_by_its_numbers_and_everything_is_exchanged()
    {
        var restored = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 12, ServerSequence = 600 }, Now);
        var renumbered = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 20, ServerSequence = 1 }, Now);

        restored.IsTaken.ShouldBeFalse();
        foreach (var state in (RequestorState[])[restored.State, renumbered.State])
        {
            (state.Trouble, state.WantsExport, state.WantsImport).ShouldBe((RequestorTrouble.ServerWentBack, true, true));
        }

        var finding = RequestorFinding.Of(renumbered.State, "HUB", Now, TimeSpan.FromHours(8))[0];
        (finding.WhoIsBehind, finding.Behind, finding.Press).ShouldBe(("HUB", 643L, RequestorButton.ExportAndImport));
    }

    [Fact]
    [Trait("source", "Q119014")]
    [Trait("source", "Q119017")]
    public void Our_own_numbers_never_go_below_what_the_server_has_seen()
    {
        var verdict = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 90, ServerSequence = 644 }, Now);

        (verdict.State.Trouble, verdict.State.LastNumber, verdict.State.WantsExport).ShouldBe((RequestorTrouble.WeWentBack, 90L, true));
        ForeignRequestor.Exported(verdict.State, 7).LastNumber.ShouldBe(97);
    }

    [Fact]
    [Trait("source", "Q99961")]
    public void An_answer_with_an_older_count_of_full_lists_is_not_taken_and_that_is_said()
    {
        var verdict = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 20, ServerSequence = 645, First = 645, Last = 645, ImportSequence = 1 }, Now);

        (verdict.IsTaken, verdict.State.ServerSequence, verdict.State.WantsImport).ShouldBe((false, 644L, true));
        RequestorFinding.Of(verdict.State, "HUB", Now, TimeSpan.FromHours(8))[0].Sentence.ShouldContain("registered us anew");
    }

    [Fact]
    [Trait("source", "Q142841")]
    public void The_wish_for_a_full_list_stays_until_the_list_is_here()
    {
        var wishes = ForeignRequestor.Press(InStep, export: false, import: true);
        var (asked, mail) = ForeignRequestor.Send(wishes, Now);

        var small = ForeignRequestor.Receive(asked, new ServerAnswer { RequestorSequence = 20, ServerSequence = 646, First = 645, Last = 646, ImportSequence = 2 }, Now);
        var full = ForeignRequestor.Receive(small.State, new ServerAnswer { RequestorSequence = 20, ServerSequence = 650, First = 1, Last = 650, ImportSequence = 3, IsFull = true }, Now);

        mail.AskFrom.ShouldBe(0);
        ForeignRequestor.Send(small.State, Now).Mail.AskFrom.ShouldBe(0);
        (full.ReplacesLists, full.AppliesAfter, full.State.WantsImport, full.State.ImportSequence).ShouldBe((true, 0L, false, 3L));
    }

    [Theory]
    [Trait("source", "Q257740")]
    [Trait("source", "Q108067")]
    [Trait("source", "Q119450")]
    [Trait("source", "Q99268")]
    [InlineData(138, RequestorTrouble.Purged, true, RequestorButton.ExportAndImport)]
    [InlineData(129, RequestorTrouble.Purged, true, RequestorButton.ExportAndImport)]
    [InlineData(118, RequestorTrouble.TooLarge, false, RequestorButton.Import)]
    [InlineData(158, RequestorTrouble.NotRegistered, false, RequestorButton.ExportAndImport)]
    [InlineData(156, RequestorTrouble.Password, false, RequestorButton.RunNow)]
    public void What_the_server_refuses_is_explained_with_what_to_press(int error, RequestorTrouble expected, bool mendsItself, RequestorButton button)
    {
        var verdict = ForeignRequestor.Receive(InStep, new ServerAnswer { Errors = [error] }, Now);

        (verdict.IsTaken, verdict.State.Trouble, verdict.State.WantsExport, verdict.State.WantsImport).ShouldBe((false, expected, mendsItself, mendsItself));
        var finding = RequestorFinding.Of(verdict.State, "HUB", Now, TimeSpan.FromHours(8))[0];
        finding.Press.ShouldBe(button);
        finding.Sentence.ShouldContain("HUB");
    }

    [Fact]
    [Trait("source", "Q103421")]
    public void Of_a_damaged_mail_what_stood_before_the_damage_counts_and_of_a_damaged_full_list_nothing()
    {
        var cut = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 20, ServerSequence = 660, First = 645, Last = 648, IsDamaged = true }, Now);
        var full = ForeignRequestor.Receive(InStep, new ServerAnswer { RequestorSequence = 20, ServerSequence = 660, First = 1, Last = 48, IsDamaged = true, IsFull = true }, Now);

        (cut.IsTaken, cut.State.ServerSequence, cut.State.Trouble).ShouldBe((true, 648L, RequestorTrouble.Damaged));
        (full.IsTaken, full.State.ServerSequence, full.State.WantsImport).ShouldBe((false, 644L, true));
    }

    [Fact]
    [Trait("source", "Q131509")]
    public void An_answer_that_does_not_come_is_late_by_so_much()
    {
        var (asked, _) = ForeignRequestor.Send(InStep, Now);

        RequestorFinding.Of(asked, "HUB", Now.AddHours(8), TimeSpan.FromHours(8)).ShouldBeEmpty();
        RequestorFinding.Of(asked, "HUB", Now.AddHours(9.5), TimeSpan.FromHours(8)).Single().Sentence.ShouldStartWith("HUB has not answered for 9:30 hours; its answer is 1:30 hours late.");
    }

    [Fact]
    [Trait("source", "Q175588")]
    public void A_new_requestor_sends_and_asks_for_everything_once()
    {
        var (asked, mail) = ForeignRequestor.Send(RequestorState.New, Now);

        mail.ShouldBe(new RequestorMail(ExportsAll: true, null, null, 0));
        var exported = ForeignRequestor.Exported(asked, 12);
        ForeignRequestor.Send(exported, Now).Mail.ShouldBe(new RequestorMail(ExportsAll: false, 1, 12, 0));
    }

    [Fact]
    [Trait("source", "Q156729")]
    public void A_record_that_cannot_be_used_counts_as_read_and_one_that_is_cut_does_not()
    {
        var staged = new List<ImportRecord>();
        var message = new DirsyncMessage { RequestorSequence = 20 };

        var answer = ServerAnswer.Of(message, Records("[DIRSYNC-TRANSACTIONS]\r\n0000000645 A Broken\r\n0000000646 A Doe, Jane\tPCM:NET/PO/JDOE\r\n0000000647 A Roe, Rick\tPCM:NET/P"), staged.Add);

        (answer.First, answer.Last, answer.IsDamaged, answer.IsFull).ShouldBe((645L, 646L, true, false));
        staged.Select(record => record.IsUsable).ShouldBe([false, true]);
    }

    [Fact]
    public void Whatever_a_server_says_our_numbers_never_go_back_and_nothing_is_given_up_before_it_is_confirmed()
    {
        var random = new Random(4711);
        for (var round = 0; round < 5_000; round++)
        {
            var state = RequestorState.New;
            for (var step = 0; step < 12; step++)
            {
                var before = state;
                switch (random.Next(4))
                {
                    case 0:
                        state = ForeignRequestor.Queue(state, random.Next(5));
                        break;
                    case 1:
                        state = ForeignRequestor.Send(state, Now).State;
                        break;
                    case 2 when state.WantsExport:
                        state = ForeignRequestor.Exported(state, random.Next(5));
                        break;
                    default:
                        state = ForeignRequestor.Receive(state, Any(random), Now).State;
                        break;
                }

                var isSound = state.LastNumber >= before.LastNumber && state.Confirmed >= before.Confirmed
                    // A server that registered us anew counts from the start, and is believed when everything was asked for.
                    && (state.ImportSequence >= before.ImportSequence || before.WantsImport)
                    && state.Confirmed <= state.LastNumber && state.Sent <= state.LastNumber;
                if (!isSound)
                {
                    Assert.Fail($"round {round}: {before} became {state}");
                }
            }
        }
    }

    private static ServerAnswer Any(Random random) => new()
    {
        RequestorSequence = random.Next(3) == 0 ? null : random.Next(12),
        ServerSequence = random.Next(3) == 0 ? null : random.Next(12),
        ImportSequence = random.Next(3) == 0 ? null : random.Next(4),
        First = random.Next(12),
        Last = random.Next(12),
        IsFull = random.Next(4) == 0,
        IsDamaged = random.Next(4) == 0,
        Errors = random.Next(6) == 0 ? [138] : [],
    };

    private static IEnumerable<ImportRecord> Records(string text) => DirsyncReader.AttachedRecords(new(System.Text.Encoding.Latin1.GetBytes(text)), new MsMailProfile());

    [Fact]
    [Trait("source", "Q112285")]
    public void One_list_that_is_replaced_among_other_records_is_no_full_list_and_the_same_mail_again_is_nothing()
    {
        var answer = new ServerAnswer { RequestorSequence = 20, ServerSequence = 660, First = 645, Last = 660, ImportSequence = 2, IsFull = true };

        var first = ForeignRequestor.Receive(InStep, answer, Now);
        var second = ForeignRequestor.Receive(first.State, answer, Now);

        (first.IsTaken, first.ReplacesLists, first.AppliesAfter, first.State.ServerSequence).ShouldBe((true, false, 644L, 660L));
        (second.IsTaken, second.State).ShouldBe((false, first.State));
    }

    [Fact]
    [Trait("source", "Q99961")]
    public void A_server_that_registered_us_anew_is_believed_when_we_asked_for_everything()
    {
        var answer = new ServerAnswer { RequestorSequence = 20, ServerSequence = 650, First = 3, Last = 650, ImportSequence = 1, IsFull = true };

        ForeignRequestor.Receive(InStep, answer, Now).IsTaken.ShouldBeFalse();
        var asked = ForeignRequestor.Receive(ForeignRequestor.Press(InStep, export: false, import: true), answer, Now);

        (asked.IsTaken, asked.ReplacesLists, asked.State.ImportSequence, asked.State.WantsImport).ShouldBe((true, true, 1L, false));
    }
}
