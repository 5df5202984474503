namespace Postern.Web.Tests;

public sealed class MessageDownloadsTests
{
    [Theory]
    [InlineData("plan (rev C).pdf", "plan (rev C).pdf")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("a\u202Egnp.exe", "a_gnp.exe")]
    [InlineData("x\r\nSet-Cookie: a=b", "x__Set-Cookie_ a=b")]
    [InlineData("\"<script>\"", "__script__")]
    [InlineData("Größe.txt", "Größe.txt")]
    [InlineData("...", "part.bin")]
    [InlineData("", "part.bin")]
    public void A_file_name_keeps_its_letters_and_loses_what_acts(string given, string expected) => MessageDownloads.SafeName(given).ShouldBe(expected);
}
