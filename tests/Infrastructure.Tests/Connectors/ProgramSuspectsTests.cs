using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ProgramSuspectsTests
{
    private readonly ProgramSuspects suspects = new();

    [Fact]
    public void One_stop_condemns_nobody()
    {
        suspects.NotePassed([1, 2, 3]);
        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);

        suspects.IsGuilty(4, isCode: false).ShouldBeFalse();
        suspects.Has(4).ShouldBeTrue();
    }

    [Fact]
    public void The_second_stop_alone_condemns_when_others_passed()
    {
        suspects.NotePassed([1, 2, 3]);
        suspects.NoteStopped(4, wasAlone: false, othersPassed: 3);
        suspects.IsGuilty(4, isCode: true).ShouldBeFalse();
        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);

        suspects.IsGuilty(4, isCode: true).ShouldBeTrue();
        suspects.Has(4).ShouldBeFalse();
    }

    [Fact]
    public void Passing_clears_a_suspect()
    {
        suspects.NoteStopped(4, wasAlone: false, othersPassed: 0);
        suspects.NotePassed([4]);

        suspects.Has(4).ShouldBeFalse();
    }

    [Fact]
    public void While_different_messages_stop_and_none_passes_the_program_is_at_fault()
    {
        for (var i = 0; i < 20; i++)
        {
            suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
            suspects.NoteStopped(5, wasAlone: true, othersPassed: 0);

            suspects.IsGuilty(4, isCode: false).ShouldBeFalse();
            suspects.IsGuilty(5, isCode: true).ShouldBeFalse();
        }

        suspects.NotePassed([6]);
        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
        suspects.IsGuilty(4, isCode: false).ShouldBeTrue();
    }

    [Fact]
    public void Without_anyone_passing_only_one_is_condemned()
    {
        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
        suspects.IsGuilty(4, isCode: false).ShouldBeTrue();

        suspects.NoteStopped(5, wasAlone: true, othersPassed: 0);
        suspects.NoteStopped(5, wasAlone: true, othersPassed: 0);
        suspects.IsGuilty(5, isCode: false).ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q223772")]
    public void A_code_that_comes_again_and_again_for_the_only_message_is_bounded()
    {
        for (var i = 1; i <= 4; i++)
        {
            suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
            suspects.IsGuilty(4, isCode: true).ShouldBeFalse();
        }

        suspects.NoteStopped(4, wasAlone: true, othersPassed: 0);
        suspects.IsGuilty(4, isCode: true).ShouldBeTrue();
    }
}
