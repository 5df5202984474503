using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "' =1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("|calc", "'|calc")]
    [InlineData("%0A=1", "'%0A=1")]
    [InlineData("a; =1", "a;' =1")]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("He said \"no\", twice", "He said \"\"no\"\", twice")]
    [InlineData("one\r\n=two", "one  =two")]
    [InlineData("\u001b[31mred\u0000", "␛[31mred␀")]
    [InlineData("\u202Egnp.exe", "⟨U+202E⟩gnp.exe")]
    [InlineData(null, "")]
    public void A_cell_is_text_and_nothing_else(string? cell, string expected) => CsvText.Cell(cell).ShouldBe($"\"{expected}\"");
}
