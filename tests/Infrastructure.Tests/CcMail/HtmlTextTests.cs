using Postern.Infrastructure.CcMail;

namespace Postern.Infrastructure.Tests.CcMail;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("<p>One<p>Two", "One\n\nTwo\n")]
    [InlineData("a<br>b", "a\nb\n")]
    [InlineData("<ul><li>x<li>y</ul>", "* x\n* y\n")]
    [InlineData("<a href=\"https://a.example/x\">here</a>", "here <https://a.example/x>\n")]
    [InlineData("<a href=\"mailto:j@a.example\">j@a.example</a>", "j@a.example\n")]
    [InlineData("<style>p{}</style><script>alert(1)</script>shown", "shown\n")]
    [InlineData("<table><tr><td>a<td>b</table>", "a b\n")]
    [InlineData("<pre>  keep\n   this</pre>", "  keep\n   this\n")]
    [InlineData("many   \n\n  blanks", "many blanks\n")]
    [InlineData("", "\n")]
    public void Words_and_lines_stay(string html, string text)
    {
        HtmlText.Of(html).ShouldBe(text);
    }

    [Fact]
    public void Deep_nesting_ends()
    {
        HtmlText.Of(string.Concat(Enumerable.Repeat("<div>", 5_000)) + "deep").Trim().ShouldBe("deep");
    }
}
