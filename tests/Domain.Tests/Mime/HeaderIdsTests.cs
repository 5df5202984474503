using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class HeaderIdsTests
{
    [Theory]
    [InlineData("<a@b>", "a@b", "a@b")]
    [InlineData("Your message of today <a@b> \"x\" <c@d>", "a@b", "c@d")]
    [InlineData("no id", "", "")]
    [InlineData("<>", "", "")]
    [InlineData("<a@b", "", "")]
    public void The_first_and_the_last_id_of_a_field_are_found(string text, string first, string last) =>
        (HeaderIds.First(text), HeaderIds.Last(text)).ShouldBe((first, last));
}
