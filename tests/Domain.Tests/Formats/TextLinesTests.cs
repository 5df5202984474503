using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Formats;

namespace Postern.Domain.Tests.Formats;

[Trait("source", "Q125246")]
public sealed class TextLinesTests
{
    [Theory]
    [InlineData(78)]
    [InlineData(79)]
    [InlineData(80)]
    [InlineData(81)]
    public void No_character_is_lost_around_the_limit(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));

        var broken = TextLines.Break(text, 79, Encoding.ASCII);

        broken.Replace("\r\n", "", StringComparison.Ordinal).ShouldBe(text);
        broken.Split("\r\n").ShouldAllBe(l => l.Length <= 79);
    }

    [Fact]
    public void Breaks_after_the_last_blank_that_fits() =>
        TextLines.Break("one two three four", 8, Encoding.ASCII).ShouldBe("one two \r\nthree \r\nfour\r\n");

    [Fact]
    [Trait("source", "Q186796")]
    public void Blanks_at_both_ends_and_empty_lines_stay() =>
        TextLines.Break("  a  \n\n\r\rb\r\n", 79, Encoding.ASCII).ShouldBe("  a  \r\n\r\n\r\n\r\nb\r\n");

    [Fact]
    public void A_text_of_nothing_stays_nothing() => TextLines.Break("", 79, Encoding.ASCII).ShouldBe("");

    [Fact]
    public void Taking_the_added_line_ends_out_gives_the_text_back()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<PositiveInt>(), (text, limit) =>
        {
            var line = string.Concat(text.Get.Where(c => c is not ('\r' or '\n') && !char.IsSurrogate(c)));

            var broken = TextLines.Break(line, limit.Get, Encoding.UTF8);

            broken.Replace("\r\n", "", StringComparison.Ordinal).ShouldBe(line);
            broken.Split("\r\n").ShouldAllBe(l => Encoding.UTF8.GetByteCount(l) <= Math.Max(8, limit.Get));
        }).QuickCheckThrowOnFailure();
    }
}
