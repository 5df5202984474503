using System.Text;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Formats;

public sealed class OemTextTests
{
    [Theory]
    [InlineData(437)]
    [InlineData(850)]
    [InlineData(852)]
    [InlineData(866)]
    [Trait("source", "Q174725")]
    public void Every_byte_of_a_page_goes_there_and_back(int codePage)
    {
        var page = OemText.Page(codePage);
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        var text = page.GetString(all);

        text.ShouldNotContain('\uFFFD');
        page.GetBytes(text).ShouldBe(all);
        text.Distinct().Count().ShouldBe(256);
    }

    [Theory]
    [InlineData(437, "a ≠ b ∞ Ωαβ ⁿ", "a <> b ∞ Ωα? ⁿ")]
    [InlineData(850, "≥ ≤ — “quoted” ‘x’ €5 … ™", ">= <= - \"quoted\" 'x' EUR5 ... (TM)")]
    [InlineData(437, "Łódź, Košice, Ørsted", "Lódz, Kosice, Orsted")]
    [InlineData(850, "日本", "??")]
    [InlineData(932, "日本 ≠", "日本 ≠")]
    [InlineData(850, "Ångström", "Ångström")]
    [InlineData(850, "A\u030angstro\u0308m", "Ångström")]
    [InlineData(850, "x\u200by\u00a0z", "xy\u00a0z")]
    [InlineData(850, "ＡＢ１ ﬁ ǆẞ ệ", "AB1 fi ?SS e")]
    [InlineData(932, "か\u3099", "が")]
    [InlineData(949, "\u1112\u1161\u11ab", "한")]
    [Trait("source", "Q174725")]
    public void Characters_without_a_place_are_spelled_out(int codePage, string text, string expected)
    {
        var fitted = OemText.Fit(text, codePage, out _);

        fitted.ShouldBe(expected);
        OemText.Page(codePage).GetString(OemText.Page(codePage).GetBytes(fitted)).ShouldBe(fitted);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_a_question_mark() => OemText.Fit("\ud800x", 850, out _).ShouldBe("?x");

    [Fact]
    public void What_was_replaced_is_named_once()
    {
        OemText.Fit("€ 5 — € 6 日", 850, out var replaced);

        replaced.ShouldBe("€—日");
    }

    [Fact]
    [Trait("source", "Q228534")]
    public void A_cut_never_halves_a_character()
    {
        var page = OemText.Page(932);

        OemText.Cut("日本語", 5, page).ShouldBe("日本");
        OemText.Cut("日本語", 6, page).ShouldBe("日本語");
        OemText.Cut("a𠀀b", 1, Encoding.UTF8).ShouldBe("a");
    }

    [Fact]
    [Trait("source", "Q280071")]
    public void A_highlight_code_at_a_line_end_takes_no_line_end_with_it() =>
        Highlight.Strip([(byte)'a', 0x1F, 0x0D, 0x0A, (byte)'b', 0x1E]).ShouldBe([(byte)'a', 0x0D, 0x0A, (byte)'b']);

    [Fact]
    public void Unknown_code_pages_are_told()
    {
        OemText.IsKnown(437).ShouldBeTrue();
        OemText.IsKnown(4711).ShouldBeFalse();
        OemText.IsKnown(-1).ShouldBeFalse();
    }
}
