using Postern.Infrastructure.Queue;
using Postern.Web.Components.Messages;

namespace Postern.Web.Tests.Components.Messages;

public sealed class TraceStepsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    [Fact]
    public void Related_messages_runs_and_copies_are_steps_with_links()
    {
        var trace = new TraceSeen(
            new TraceFound([Traced(TraceRelation.Original, 5, isCertain: false), Traced(TraceRelation.Answer, 9, isCertain: true)], [], []),
            [new RunSeen(Run("0000A1.ccm", ["CCMAIL.UND"]), null), new RunSeen(Run("", []), "sales keeps no copies of exported files.")],
            [new(77, 7, Now, "m.keller", "", 10, "[]", [8])]);

        var steps = TraceSteps.Of(trace, 7).ToList();

        steps.Select(step => step.Text).ShouldBe(
        [
            "The message it most likely reports on came in", "An answer to it came in", "Given to IMPORT of sales as 0000A1.ccm, run 3", "Brought by IMPORT of sales, run 3",
            "A changed copy was made by m.keller",
        ]);
        steps.SelectMany(step => step.Links).Select(link => link.Href).ShouldBe(
            ["/messages/5", "/messages/9", "/messages/7/runs/3?name=0000A1.ccm", "/messages/7/refusals/3?name=CCMAIL.UND", "/messages/7/versions/77"]);
        steps[3].Detail.ShouldBe("The run ended with code 5. sales keeps no copies of exported files.");
        trace.Original!.Message.Id.ShouldBe(5);
    }

    private static TracedMessage Traced(TraceRelation relation, long id, bool isCertain) =>
        new(relation, new MessageRow(id, id + 1, Now, "default", "", "a@b.example", "", "crane", 1, false, null, "", 0, null), isCertain);

    private static TracedRun Run(string file, IReadOnlyList<string> refusals) => new(3, "import", file, Now, Now, 5, "exited", "sales", refusals, []);
}
