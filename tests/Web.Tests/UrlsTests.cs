namespace Postern.Web.Tests;

public sealed class UrlsTests
{
    [Theory]
    [InlineData("/queue?state=held", "/queue?state=held")]
    [InlineData("/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("queue", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Nobody_is_sent_to_a_foreign_host(string? asked, string expected) => Urls.Local(asked).ShouldBe(expected);

    [Fact]
    public void A_trace_keeps_every_character_of_the_text() =>
        Urls.Trace("a&b=c#d <x@y>").ShouldBe("/messages?q=a%26b%3Dc%23d%20%3Cx%40y%3E");
}
