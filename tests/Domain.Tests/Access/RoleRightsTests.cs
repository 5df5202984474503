using Postern.Domain.Access;

namespace Postern.Domain.Tests.Access;

public sealed class RoleRightsTests
{
    [Fact]
    public void Every_role_may_look_and_only_the_administrator_may_everything()
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            role.Grants(Right.View).ShouldBeTrue();
            Enum.GetValues<Right>().All(right => role.Grants(right)).ShouldBe(role == Role.Administrator);
        }
    }

    [Fact]
    public void Roles_add_up()
    {
        Role[] both = [Role.Operator, Role.RoutingEditor];

        both.Grant(Right.ActOnQueue).ShouldBeTrue();
        both.Grant(Right.EditRouting).ShouldBeTrue();
        both.Grant(Right.Configure).ShouldBeFalse();
    }

    [Fact]
    public void What_a_refusal_recommends_would_help()
    {
        foreach (var right in Enum.GetValues<Right>())
        {
            right.LeastRole().Grants(right).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("directory approver", Role.DirectoryApprover)]
    [InlineData("Directory-Approver", Role.DirectoryApprover)]
    [InlineData(" viewer ", Role.Viewer)]
    public void A_role_is_read_as_it_is_written(string text, Role expected)
    {
        RoleRights.TryParse(text, out var role).ShouldBeTrue();
        role.ShouldBe(expected);
    }

    [Fact]
    public void A_word_that_is_no_role_is_none() => RoleRights.TryParse("root", out _).ShouldBeFalse();
}
