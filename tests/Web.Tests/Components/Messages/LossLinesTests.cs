using Postern.Web.Components.Messages;
using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Messages;

public sealed class LossLinesTests
{
    [Fact]
    public void Losses_are_read_with_what_was_and_what_became_of_it() =>
        LossLines.Read("""[{"what":"The name was shortened","before":"a long name.pdf","after":"ALONGNAM.PDF"},{"What":"Dropped","Before":"x","After":""}]""")
            .ShouldBe([new LossLine("The name was shortened", "a long name.pdf", "ALONGNAM.PDF"), new LossLine("Dropped", "x", "")]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"what\":1}")]
    [InlineData("[1,\"x\",{},{\"what\":5}]")]
    [InlineData("[{\"what\"")]
    public void What_has_another_form_is_no_loss(string? json) => LossLines.Read(json).ShouldBeEmpty();
}
