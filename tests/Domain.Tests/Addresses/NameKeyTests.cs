using Postern.Domain.Addresses;

namespace Postern.Domain.Tests.Addresses;

[Trait("source", "Q237588")]
public sealed class NameKeyTests
{
    [Theory]
    [InlineData("Doe, Jane", "DOE, JANE")]
    [InlineData("  Doe,   Jane ", "DOE, JANE")]
    [InlineData("Doe,\u00a0\u2003Jane\u3000", "DOE, JANE")]
    [InlineData("straße", "STRASSE")]
    [InlineData("STRAẞE", "STRASSE")]
    [InlineData("İıIi", "IIII")]
    [InlineData("ÀÉÎÕÜ", "ÀÉÎÕÜ")]
    [InlineData("àéîõü", "ÀÉÎÕÜ")]
    [InlineData("A\u0300e\u0301i\u0302o\u0303u\u0308", "ÀÉÎÕÜ")]
    [InlineData("a\u030ac\u0327s\u030co\u030b", "ÅÇŠŐ")]
    [InlineData("ＡＢＣ　ａｂｃ１２３", "ABC ABC123")]
    [InlineData("（＃）", "(#)")]
    [InlineData("ｱｲｳ", "アイウ")]
    [InlineData("ｶﾞﾊﾟｳﾞ", "ガパヴ")]
    [InlineData("ﬁnﬂ", "FINFL")]
    [InlineData("жЖ", "ЖЖ")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    public void Folds_case_width_and_blanks(string text, string expected) => NameKey.Fold(text).ShouldBe(expected);

    [Fact]
    public void Folding_twice_is_folding_once()
    {
        var strange = new StrangeText();
        for (var round = 0; round < 100_000; round++)
        {
            var text = strange.Next(10);
            var folded = NameKey.Fold(text);

            NameKey.Fold(folded).ShouldBe(folded, $"seed {strange.Seed}, round {round}: {string.Join(' ', text.Select(c => $"{(int)c:x4}"))}");
        }
    }

    [Fact]
    public void Upper_and_lower_case_of_a_text_have_one_key()
    {
        var strange = new StrangeText();
        for (var round = 0; round < 100_000; round++)
        {
            var text = strange.Next(10);

            NameKey.Fold(text.ToUpperInvariant()).ShouldBe(NameKey.Fold(text), $"seed {strange.Seed}, round {round}");
            NameKey.Fold(text.ToLowerInvariant()).ShouldBe(NameKey.Fold(text), $"seed {strange.Seed}, round {round}");
        }
    }
}
