using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

public sealed class KnowledgeTests
{
    [Fact]
    public void A_definition_is_required_then_issued_then_confirmed_then_stale()
    {
        var state = KnowledgeState.Required;
        foreach (var (what, next) in new[] { (KnowledgeEvent.Issue, KnowledgeState.Issued), (KnowledgeEvent.Confirm, KnowledgeState.Confirmed), (KnowledgeEvent.Lapse, KnowledgeState.Stale) })
        {
            KnowledgeTransitions.TryNext(state, what, out state).ShouldBeTrue();
            state.ShouldBe(next);
        }
    }

    [Theory]
    [InlineData(KnowledgeEvent.Issue, "Required>Issued Issued>Issued Stale>Issued")]
    [InlineData(KnowledgeEvent.Confirm, "Required>Confirmed Issued>Confirmed Confirmed>Confirmed Stale>Confirmed")]
    [InlineData(KnowledgeEvent.Lapse, "Confirmed>Stale")]
    [InlineData(KnowledgeEvent.FindMissing, "Required>Required Issued>Required Confirmed>Required Stale>Required")]
    public void Every_other_move_is_refused(KnowledgeEvent what, string moves) =>
        string.Join(' ', Enum.GetValues<KnowledgeState>().Where(from => KnowledgeTransitions.TryNext(from, what, out _)).Select(from => KnowledgeTransitions.TryNext(from, what, out var next) ? $"{from}>{next}" : ""))
            .ShouldBe(moves);

    [Fact]
    public void One_row_in_other_letters_is_the_same_row()
    {
        var row = new Definition("MS", "Net/Po1", "NET/po2", "net/hub");

        row.SaysTheSame(new Definition("MS", "NET/PO1", "NET/PO2", "NET/HUB")).ShouldBeTrue();
        row.SaysTheSame(new Definition("MS", "NET/PO1", "NET/PO2", "")).ShouldBeFalse();
        row.SaysTheSame(new Definition("MS", "NET/PO1", "NET/PO20", "NET/HUB")).ShouldBeFalse();
    }
}
