using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class RawLinesTests
{
    [Fact]
    public void Lines_have_their_places_their_ends_and_hex_where_they_are_no_text()
    {
        var lines = RawLines.Read("one\r\n\u0000\u0001\ntwo"u8, 10, Encoding.Latin1);

        lines.Select(line => (line.Number, line.Offset, line.Text, line.LineEnd)).ShouldBe([(1, 0, "one", "CRLF"), (2, 5, "00 01", "LF"), (3, 8, "two", "")]);
    }

    [Fact]
    public void Bytes_are_rows_of_sixteen()
    {
        var rows = RawLines.Bytes("0123456789abcdefg\u0007"u8, 10);

        rows[0].Text.ShouldEndWith("0123456789abcdef");
        rows[1].Text.ShouldStartWith("67 07");
        rows[1].Offset.ShouldBe(16);
    }

    [Fact]
    public void However_much_there_is_no_more_is_read_than_asked_for() =>
        RawLines.Read(Encoding.Latin1.GetBytes(new string('\n', 100_000)), 20, Encoding.Latin1).Count.ShouldBe(20);
}
