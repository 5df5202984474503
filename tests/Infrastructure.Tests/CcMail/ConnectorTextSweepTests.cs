using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>Whatever stands in a page, a file name or a file of the connector's own, it is read or taken for none.</summary>
public sealed class ConnectorTextSweepTests
{
    [Fact]
    public void A_page_becomes_text() => Text(
        ["<p>One<p>Two<br>three <a href=\"https://a.example/x\">here</a>", "<ul><li>x<li>y</ul><style>p{}</style><pre>  a\n b</pre>", "<table><tr><td>&auml;&#0;<td><img alt=z></table>"],
        ["<", ">", "</", "<!--", "-->", "<![CDATA[", "&", "&#x110000;", "&#0;", "<svg>", "<template>", "<select>", "</table>", "<script>", "\"", "'", "\0", "\ud83d", "\u00a0"],
        text => Demand(HtmlText.Of(text).EndsWith('\n'), "a text ends with its line"));

    [Fact]
    public void The_name_of_a_file_is_read() => Text(
        [FileId.From(1), FileId.From(78_364_164_095, 35), "1234567890AB"], ["0", "Z", "zzzzzzzz", ".", "-", "ß"], text =>
            Demand(!FileId.TryParse(text, out var number) || number >= 0, "a number is not negative"));
}
