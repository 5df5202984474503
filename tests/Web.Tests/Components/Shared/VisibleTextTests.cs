using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain ä 漢 😀", "plain ä 漢 😀")]
    [InlineData("a\0b", "a␀b")]
    [InlineData("a\u001bb", "a␛b")]
    [InlineData("a\u007fb", "a␡b")]
    [InlineData("a\r\n\tb", "a   b")]
    [InlineData("invoice\u202efdp.exe", "invoice⟨U+202E⟩fdp.exe")]
    [InlineData("a\u2066b\u200bc", "a⟨U+2066⟩b⟨U+200B⟩c")]
    [InlineData("a\u0085b\u2028c", "a⟨U+0085⟩b⟨U+2028⟩c")]
    [InlineData("a\U000e0041b", "a⟨U+E0041⟩b")]
    [InlineData("می\u200cخواهم", "می\u200cخواهم")]
    [InlineData(null, "")]
    public void What_would_act_on_the_screen_becomes_a_mark(string? text, string expected) => VisibleText.Of(text).ShouldBe(expected);

    [Fact]
    public void A_long_text_is_cut_and_says_so()
    {
        var shown = VisibleText.Of(new string('x', 5000));

        shown.Length.ShouldBe(201);
        shown.ShouldEndWith("…");
    }

    [Fact]
    public void A_cut_never_halves_a_character()
    {
        var shown = VisibleText.Of(new string('x', 199) + "😀😀", 200);

        shown.ShouldBe(new string('x', 199) + "…");
    }

    [Fact]
    public void Right_to_left_words_stay_as_they_are() => VisibleText.Of("שלום עולם").ShouldBe("שלום עולם");
}
