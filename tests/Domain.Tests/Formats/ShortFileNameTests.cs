using Postern.Domain.Formats;

namespace Postern.Domain.Tests.Formats;

public sealed class ShortFileNameTests
{
    [Theory]
    [InlineData("REPORT.DOC", "REPORT.DOC")]
    [InlineData("Longfilename.txt", "Longfi~1.txt")]
    [InlineData("a b.txt", "ab~1.txt")]
    [InlineData("page.html", "page~1.htm")]
    [InlineData("archive.tar.gz", "archiv~1.gz")]
    [InlineData(".profile", "profil~1")]
    [InlineData("noext", "noext")]
    [InlineData("C:\\temp\\x.txt", "x~1.txt")]
    [InlineData("../../etc/passwd", "passwd~1")]
    [InlineData("con", "con~1")]
    [InlineData("a[1].txt", "a_1_~1.txt")]
    [InlineData("???", "___~1")]
    [InlineData("", "Unname~1")]
    [InlineData("..", "Unname~1")]
    [Trait("source", "Q190297")]
    public void Names_become_8_and_3(string name, string expected)
    {
        var shortened = ShortFileName.Shorten(name, OemText.Page(850), new HashSet<string>(StringComparer.OrdinalIgnoreCase));

        shortened.ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q190297")]
    public void A_hundred_alike_stay_distinct_and_short()
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        var names = Enumerable.Range(0, 120).Select(_ => ShortFileName.Shorten("A very long name.text", OemText.Page(850), taken)).ToList();

        names.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(120);
        names.ShouldAllBe(n => n.Length <= 12);
        names[0].ShouldBe("Averyl~1.tex");
        names[119].ShouldBe("Aver~120.tex");
    }

    [Fact]
    [Trait("source", "Q228534")]
    public void Double_byte_names_are_never_cut_inside_a_character()
    {
        var page = OemText.Page(932);

        var name = ShortFileName.Shorten("a日本語表示.テキスト", page, new HashSet<string>());

        name.ShouldBe("a日本~1.テ");
        page.GetString(page.GetBytes(name)).ShouldBe(name);
    }

    [Fact]
    [Trait("source", "Q192593")]
    public void Long_names_are_bounded_by_the_title_and_keep_their_extension()
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var page = OemText.Page(850);

        ShortFileName.Bound("Quarterly report.doc", 30, page, taken).ShouldBe("Quarterly report.doc");
        ShortFileName.Bound("quarterly REPORT.doc", 30, page, taken).ShouldBe("quarterly REPORT~1.doc");
        var cut = ShortFileName.Bound("A name that is much longer than thirty bytes.document", 30, page, taken);
        cut.ShouldEndWith(".document");
        page.GetByteCount(cut).ShouldBe(30);
    }
}
